"""The worker's use case, with a scripted detector and a backend in memory."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest

from sightline.consumer.messages import ReprocessCommand, Upload
from sightline.consumer.part_processor import Superseded
from sightline.domain.clock import now
from sightline.domain.failures import Rejected
from sightline.domain.images import Image
from sightline.domain.object_keys import original_key
from sightline.domain.recognition import Feature, Recognition, RecognitionProfile
from sightline.imaging.decoding import Limits
from sightline.imaging.process_pool import DecodePool
from sightline.ports.recognition_cache import ContentClaimed, RecognitionCache
from sightline_local.sample_image import draw_sample
from sightline_testing.backend import MemoryBackend
from sightline_testing.builders import count_calls, count_labels, make_recognition, new_owner
from sightline_worker.image_sources import ImageSource, ImageSources, InlineJpeg, S3Reference
from sightline_worker.recognize import RecognitionWork

BODY = draw_sample(size=(320, 200))
MONTH = now().strftime("%Y-%m")


async def do_nothing() -> None:
    pass


class ScriptedDetector:
    """A detector that finds a dog in every image; `during_call` runs within each call.

    `sources` are the images that it was called with.
    """

    def __init__(self) -> None:
        self.during_call: Callable[[], Awaitable[None]] = do_nothing
        self.profiles: list[RecognitionProfile] = []
        self.sources: list[ImageSource] = []

    async def detect(self, source: ImageSource, profile: RecognitionProfile) -> Recognition:
        self.profiles.append(profile)
        self.sources.append(source)
        await self.during_call()
        recognition = make_recognition("Dog", profile=profile)
        return recognition.model_copy(update={"calls": dict.fromkeys(profile.features, 1)})


class ObservedCache:
    """A recognition cache that releases `rejected_claims` once for every rejected claim."""

    def __init__(self, cache: RecognitionCache) -> None:
        self._cache = cache
        self.release = cache.release
        self.find_duplicates = cache.find_duplicates
        self.rejected_claims = asyncio.Semaphore(0)

    async def claim(
        self, image: Image, profile: RecognitionProfile, seconds: float
    ) -> Recognition | None:
        try:
            return await self._cache.claim(image, profile, seconds)
        except ContentClaimed:
            self.rejected_claims.release()
            raise


class RecognitionHarness:
    """The worker's use case over a backend in memory."""

    def __init__(self, pool: DecodePool) -> None:
        self.backend = MemoryBackend()
        self.tables = self.backend.tables
        self.originals = self.backend.originals
        self.cache = ObservedCache(self.tables.recognition_cache)
        self.detector = ScriptedDetector()
        self.sources = ImageSources(self.originals, pool, 50 * 2**20, Limits())

    def work(self, monthly_calls: int | None = None) -> RecognitionWork:
        return RecognitionWork(
            self.detector,
            self.sources,
            self.originals,
            self.cache,
            self.tables.usage,
            RecognitionProfile(),
            monthly_calls,
        )

    async def upload(self, owner: str | None = None, **changes: object) -> Image:
        return await self.backend.upload(BODY, owner, **changes)

    async def process(
        self,
        image: Image,
        monthly_calls: int | None = None,
        command: ReprocessCommand | None = None,
    ) -> Recognition:
        """Process one message; return the stored result, or raise the stored failure."""
        processor = self.backend.processor("recognition", self.work(monthly_calls))
        await processor.handle(Upload(image.key, command))
        part = (await self.backend.read(image)).recognition
        if part.failure is not None:
            raise Rejected(part.failure.code, part.failure.message)
        assert part.result is not None
        return part.result


@pytest.fixture
async def harness() -> AsyncIterator[RecognitionHarness]:
    async with DecodePool(1, seconds=30) as pool:
        yield RecognitionHarness(pool)


async def test_the_result_is_stored_and_its_calls_are_counted(
    harness: RecognitionHarness,
) -> None:
    image = await harness.upload()
    assert await harness.process(image) == make_recognition("Dog")
    assert await count_calls(harness.tables, image.owner, MONTH) == {Feature.LABELS: 1}


async def test_the_features_of_the_upload_override_the_default(
    harness: RecognitionHarness,
) -> None:
    image = await harness.upload(features=(Feature.TEXT, Feature.FACES))
    await harness.process(image)
    assert [profile.features for profile in harness.detector.profiles] == [
        (Feature.TEXT, Feature.FACES)
    ]
    assert await count_calls(harness.tables, image.owner, MONTH) == {
        Feature.TEXT: 1,
        Feature.FACES: 1,
    }


@pytest.mark.parametrize("body", [BODY + b"x", None])
async def test_the_result_is_discarded_if_the_original_changes_during_the_call(
    harness: RecognitionHarness, body: bytes | None
) -> None:
    """Rekognition reads by key, so it may have read the bytes before or after the change."""
    image = await harness.upload()

    async def change() -> None:
        if body is None:
            await harness.originals.delete(original_key(image.key))
        else:
            await harness.backend.replace_original(image, body)

    harness.detector.during_call = change
    with pytest.raises(Superseded):
        await harness.process(image)


async def test_an_image_that_only_the_detector_cannot_decode_is_transcoded(
    harness: RecognitionHarness,
) -> None:
    async def reject_a_reference() -> None:
        if isinstance(harness.detector.sources[-1], S3Reference):
            raise Rejected("unsupported_format", "Request has invalid image format")

    harness.detector.during_call = reject_a_reference
    recognition = await harness.process(await harness.upload())
    assert [label.name for label in recognition.labels or ()] == ["Dog"]
    assert [type(source) for source in harness.detector.sources] == [S3Reference, InlineJpeg]


async def test_a_transcoded_image_is_rejected_if_the_detector_cannot_decode_it(
    harness: RecognitionHarness,
) -> None:
    async def reject_all() -> None:
        raise Rejected("unsupported_format", "Request has invalid image format")

    harness.detector.during_call = reject_all
    with pytest.raises(Rejected):
        await harness.process(await harness.upload())
    assert len(harness.detector.sources) == 2


async def test_the_same_bytes_are_paid_for_once(harness: RecognitionHarness) -> None:
    first = await harness.upload()
    second = await harness.upload(first.owner)
    await harness.process(first)
    duplicate = await harness.process(second)
    assert len(harness.detector.profiles) == 1
    assert duplicate.labels == make_recognition("Dog").labels
    assert duplicate.calls == {}
    assert await count_calls(harness.tables, first.owner, MONTH) == {Feature.LABELS: 1}
    assert await count_labels(harness.tables, first.owner) == {"Dog": 2}


async def test_the_same_bytes_processed_concurrently_are_paid_for_once(
    harness: RecognitionHarness,
) -> None:
    images = [await harness.upload(owner) for owner in [new_owner()] * 4]

    async def wait_for_the_others() -> None:
        for _ in images[1:]:
            await harness.cache.rejected_claims.acquire()

    harness.detector.during_call = wait_for_the_others
    await asyncio.gather(*(harness.process(image) for image in images))
    assert len(harness.detector.profiles) == 1
    assert await count_labels(harness.tables, images[0].owner) == {"Dog": 4}


async def test_results_are_not_shared_between_owners(harness: RecognitionHarness) -> None:
    for _ in range(2):
        await harness.process(await harness.upload())
    assert len(harness.detector.profiles) == 2


async def test_results_are_not_shared_between_profiles(harness: RecognitionHarness) -> None:
    first = await harness.upload()
    await harness.process(first)
    await harness.process(await harness.upload(first.owner, features=(Feature.TEXT,)))
    assert len(harness.detector.profiles) == 2


async def test_a_failed_call_releases_the_claim(harness: RecognitionHarness) -> None:
    first = await harness.upload()

    async def fail() -> None:
        raise ConnectionError

    harness.detector.during_call = fail
    with pytest.raises(ConnectionError):
        await harness.process(first)
    harness.detector.during_call = do_nothing
    await harness.process(await harness.upload(first.owner))


async def test_a_reprocess_command_calls_the_detector_again(harness: RecognitionHarness) -> None:
    image = await harness.upload()
    await harness.process(image)
    command = ReprocessCommand("first", ("recognition",))
    reprocessed = await harness.process(image, command=command)
    assert len(harness.detector.profiles) == 2
    assert reprocessed.calls == {Feature.LABELS: 2}
    assert await count_calls(harness.tables, image.owner, MONTH) == {Feature.LABELS: 2}
    assert await count_labels(harness.tables, image.owner) == {"Dog": 1}


async def test_an_image_above_the_budget_fails_until_it_is_reprocessed(
    harness: RecognitionHarness,
) -> None:
    first = await harness.upload()
    await harness.process(first, monthly_calls=1)
    second = await harness.upload(first.owner, features=(Feature.LABELS, Feature.TEXT))
    with pytest.raises(Rejected) as caught:
        await harness.process(second, monthly_calls=2)
    assert caught.value.failure.code == "budget_exceeded"
    failure = (await harness.backend.read(second)).recognition.failure
    assert failure is not None
    assert failure.code == "budget_exceeded"
    command = ReprocessCommand("next month", ("recognition",))
    await harness.process(second, monthly_calls=3, command=command)


async def test_a_cached_result_needs_no_budget(harness: RecognitionHarness) -> None:
    first = await harness.upload()
    await harness.process(first, monthly_calls=1)
    await harness.process(await harness.upload(first.owner), monthly_calls=1)


async def test_an_original_with_another_checksum_is_rejected(harness: RecognitionHarness) -> None:
    image = await harness.upload()
    await harness.backend.replace_original(image, BODY[::-1])
    original = await harness.originals.head(original_key(image.key))
    with pytest.raises(Rejected) as caught:
        # An emulator stores no checksum.
        await harness.work().perform(image, original._replace(sha256=None), None)
    assert caught.value.failure.code == "checksum_mismatch"
    assert harness.detector.profiles == []


def test_the_name_of_a_profile_does_not_depend_on_the_order_of_its_features() -> None:
    one = RecognitionProfile(features=(Feature.TEXT, Feature.LABELS))
    other = RecognitionProfile(features=(Feature.LABELS, Feature.TEXT, Feature.LABELS))
    assert one.name == other.name
    assert one.name != RecognitionProfile().name
    assert one.name != one.model_copy(update={"min_confidence": 60}).name
