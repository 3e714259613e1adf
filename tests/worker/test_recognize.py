"""The worker's use case."""

import asyncio
import hashlib
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest

from sightline.adapters.memory import MemoryObjectStore, MemoryTopic, memory_tables
from sightline.consumer.messages import ReprocessCommand, Upload
from sightline.consumer.part_processor import PartProcessor, Superseded
from sightline.domain.clock import now
from sightline.domain.failures import Rejected
from sightline.domain.images import Image
from sightline.domain.object_keys import original_key
from sightline.domain.recognition import Feature, Recognition, RecognitionProfile
from sightline.event_publisher import EventPublisher
from sightline.imaging.decoding import Limits
from sightline.imaging.process_pool import DecodePool
from sightline_local.sample_image import draw_sample
from sightline_testing.builders import (
    count_calls,
    count_labels,
    make_image,
    make_recognition,
    new_owner,
)
from sightline_worker.recognize import RecognitionWork
from sightline_worker.sources import Source, Sources

BODY = draw_sample(size=(320, 200))
SHA256 = hashlib.sha256(BODY).hexdigest()
MONTH = now().strftime("%Y-%m")


async def nothing() -> None:
    pass


class ScriptedDetector:
    """Sees a dog, and lets something happen meanwhile."""

    def __init__(self) -> None:
        self.meanwhile: Callable[[], Awaitable[None]] = nothing
        self.asked: list[RecognitionProfile] = []

    async def detect(self, source: Source, profile: RecognitionProfile) -> Recognition:
        self.asked.append(profile)
        await self.meanwhile()
        seen = make_recognition("Dog", profile=profile)
        return seen.model_copy(update={"calls": dict.fromkeys(profile.features, 1)})


class Rig:
    """The worker over memory."""

    def __init__(self, bench: DecodePool) -> None:
        self.tables = memory_tables()
        self.originals = MemoryObjectStore()
        self.detector = ScriptedDetector()
        self.sources = Sources(self.originals, bench, 50 * 2**20, Limits())

    def work(self, monthly_calls: int | None = None) -> RecognitionWork:
        return RecognitionWork(
            self.detector,
            self.sources,
            self.originals,
            self.tables.recognition_cache,
            self.tables.usage,
            RecognitionProfile(),
            monthly_calls,
        )

    async def upload(self, owner: str | None = None, **changes: object) -> Image:
        image = make_image(owner, sha256=SHA256, bytes=len(BODY), **changes)
        await self.tables.images.create(image)
        await self.originals.write(original_key(image.key), BODY, "image/jpeg")
        return image

    async def process(
        self,
        image: Image,
        monthly_calls: int | None = None,
        request: ReprocessCommand | None = None,
    ) -> Recognition:
        work = self.work(monthly_calls)
        events = EventPublisher(MemoryTopic())
        processor = PartProcessor("recognition", self.tables.images, self.originals, work, events)
        await processor.handle(Upload(image.key, request))
        part = (await self.tables.images.get(image.key)).recognition
        if part.failure is not None:
            raise Rejected(part.failure.code, part.failure.message)
        assert part.result is not None
        return part.result


@pytest.fixture
async def rig() -> AsyncIterator[Rig]:
    async with DecodePool(1, seconds=30) as bench:
        yield Rig(bench)


async def test_what_was_seen_is_the_result(rig: Rig) -> None:
    image = await rig.upload()
    assert await rig.process(image) == make_recognition("Dog")
    assert await count_calls(rig.tables, image.owner, MONTH) == {Feature.LABELS: 1}


async def test_a_ticket_chooses_what_is_looked_for(rig: Rig) -> None:
    image = await rig.upload(features=(Feature.TEXT, Feature.FACES))
    await rig.process(image)
    assert [profile.features for profile in rig.detector.asked] == [(Feature.TEXT, Feature.FACES)]
    assert await count_calls(rig.tables, image.owner, MONTH) == {Feature.TEXT: 1, Feature.FACES: 1}


@pytest.mark.parametrize("body", [BODY + b"x", None])
async def test_what_was_replaced_meanwhile_was_not_seen(rig: Rig, body: bytes | None) -> None:
    """Rekognition reads by key: it may have seen the bytes before or after."""
    image = await rig.upload()
    key = original_key(image.key)

    async def change() -> None:
        if body is None:
            await rig.originals.delete(key)
        else:
            await rig.originals.write(key, body, "image/jpeg")

    rig.detector.meanwhile = change
    with pytest.raises(Superseded):
        await rig.process(image)


async def test_the_same_bytes_are_paid_for_once(rig: Rig) -> None:
    first = await rig.upload()
    second = await rig.upload(first.owner)
    await rig.process(first)
    copy = await rig.process(second)
    assert len(rig.detector.asked) == 1
    assert copy.labels == make_recognition("Dog").labels
    assert copy.calls == {}
    assert await count_calls(rig.tables, first.owner, MONTH) == {Feature.LABELS: 1}
    assert await count_labels(rig.tables, first.owner) == {"Dog": 2}


async def test_the_same_bytes_at_the_same_time_are_paid_for_once(rig: Rig) -> None:
    images = [await rig.upload(owner) for owner in [new_owner()] * 4]

    async def look() -> None:
        await asyncio.sleep(0.05)

    rig.detector.meanwhile = look
    await asyncio.gather(*(rig.process(image) for image in images))
    assert len(rig.detector.asked) == 1
    assert await count_labels(rig.tables, images[0].owner) == {"Dog": 4}


async def test_another_owner_pays_for_himself(rig: Rig) -> None:
    for _ in range(2):
        await rig.process(await rig.upload())
    assert len(rig.detector.asked) == 2


async def test_other_questions_are_paid_for_again(rig: Rig) -> None:
    first = await rig.upload()
    await rig.process(first)
    await rig.process(await rig.upload(first.owner, features=(Feature.TEXT,)))
    assert len(rig.detector.asked) == 2


async def test_a_look_that_failed_leaves_the_bytes_to_others(rig: Rig) -> None:
    first = await rig.upload()

    async def fail() -> None:
        raise ConnectionError

    rig.detector.meanwhile = fail
    with pytest.raises(ConnectionError):
        await rig.process(first)
    rig.detector.meanwhile = nothing
    await rig.process(await rig.upload(first.owner))


async def test_a_demand_to_look_again_is_a_new_look(rig: Rig) -> None:
    image = await rig.upload()
    await rig.process(image)
    again = await rig.process(image, request=ReprocessCommand("first", ("recognition",)))
    assert len(rig.detector.asked) == 2
    assert again.calls == {Feature.LABELS: 2}
    assert await count_calls(rig.tables, image.owner, MONTH) == {Feature.LABELS: 2}
    assert await count_labels(rig.tables, image.owner) == {"Dog": 1}


async def test_above_the_budget_a_picture_waits_until_it_is_reprocessed(rig: Rig) -> None:
    first = await rig.upload()
    await rig.process(first, monthly_calls=1)
    second = await rig.upload(first.owner, features=(Feature.LABELS, Feature.TEXT))
    with pytest.raises(Rejected) as caught:
        await rig.process(second, monthly_calls=2)
    assert caught.value.failure.code == "budget_exceeded"
    failure = (await rig.tables.images.get(second.key)).recognition.failure
    assert failure is not None
    assert failure.code == "budget_exceeded"
    request = ReprocessCommand("next month", ("recognition",))
    await rig.process(second, monthly_calls=3, request=request)


async def test_what_is_known_costs_no_budget(rig: Rig) -> None:
    first = await rig.upload()
    await rig.process(first, monthly_calls=1)
    await rig.process(await rig.upload(first.owner), monthly_calls=1)


async def test_other_bytes_than_announced_are_rejected(rig: Rig) -> None:
    image = await rig.upload()
    await rig.originals.write(original_key(image.key), BODY[::-1], "image/jpeg")
    original = await rig.originals.head(original_key(image.key))
    with pytest.raises(Rejected) as caught:
        # As from an emulator, which keeps no checksum.
        await rig.work().perform(image, original._replace(sha256=None), None)
    assert caught.value.failure.code == "checksum_mismatch"
    assert rig.detector.asked == []


def test_a_profile_is_the_same_in_any_order() -> None:
    one = RecognitionProfile(features=(Feature.TEXT, Feature.LABELS))
    other = RecognitionProfile(features=(Feature.LABELS, Feature.TEXT, Feature.LABELS))
    assert one.name == other.name
    assert one.name != RecognitionProfile().name
    assert one.name != one.model_copy(update={"min_confidence": 60}).name
