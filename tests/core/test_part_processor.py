"""One part of an image, whatever order its deliveries come in."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from sightline.adapters.memory import (
    MemoryImageTable,
    MemoryObjectStore,
    MemoryTopic,
    memory_tables,
)
from sightline.consumer.loop import RETRIES_EXHAUSTED
from sightline.consumer.messages import ReprocessCommand, Upload
from sightline.consumer.part_processor import PartProcessor, Superseded
from sightline.domain.events import Event, parse_events
from sightline.domain.failures import Failure, Gone, Rejected
from sightline.domain.images import Image
from sightline.domain.labels import ImageLabel
from sightline.domain.object_keys import ImageKey, original_key
from sightline.domain.recognition import Recognition
from sightline.domain.states import State, Status
from sightline.event_publisher import EventPublisher
from sightline.optimistic import Conflict
from sightline.ports.object_store import StoredObject
from sightline_testing.builders import count_labels, make_image, make_recognition, new_owner

Interleaving = Callable[[], Awaitable[None]]


class ScriptedWork:
    """Sees a dog in everything; `meanwhile` is what happens while it looks."""

    def __init__(self, meanwhile: Interleaving | None = None) -> None:
        self.meanwhile = meanwhile
        self.performed = 0
        self.discarded: list[ImageKey] = []

    async def perform(
        self, image: Image, original: StoredObject, request: ReprocessCommand | None
    ) -> Recognition:
        self.performed += 1
        if self.meanwhile is not None:
            await self.meanwhile()
        return make_recognition("Dog")

    async def discard(self, key: ImageKey) -> None:
        self.discarded.append(key)


class Rig:
    """One uploaded image in memory, and processors of its recognition part."""

    def __init__(self) -> None:
        self.tables = memory_tables()
        self.originals = MemoryObjectStore()
        self.topic = MemoryTopic()
        self.events = EventPublisher(self.topic)
        self.image = make_image()
        self.upload = Upload(self.image.key)

    async def prepare(self) -> "Rig":
        await self.tables.images.create(self.image)
        await self.put(b"hello")
        return self

    async def put(self, body: bytes) -> None:
        await self.originals.write(original_key(self.image.key), body, "image/jpeg")

    def processor(self, work: ScriptedWork) -> PartProcessor[Recognition]:
        return PartProcessor("recognition", self.tables.images, self.originals, work, self.events)

    def told(self) -> list[Event]:
        return [event for body in self.topic.published for event in parse_events(body)]

    async def stored(self) -> Image:
        return await self.tables.images.get(self.image.key)


@pytest.fixture
async def rig() -> Rig:
    return await Rig().prepare()


async def test_an_upload_ends_as_a_result(rig: Rig) -> None:
    await rig.processor(ScriptedWork()).handle(rig.upload)
    part = (await rig.stored()).recognition
    assert part.state is State.SUCCEEDED
    assert part.result == make_recognition("Dog")
    assert part.started_at is not None
    assert part.finished_at is not None
    assert await count_labels(rig.tables, rig.image.owner) == {"Dog": 1}


async def test_a_repeated_delivery_does_nothing(rig: Rig) -> None:
    work = ScriptedWork()
    processor = rig.processor(work)
    await processor.handle(rig.upload)
    before = await rig.stored()
    await processor.handle(rig.upload)
    assert await rig.stored() == before
    assert work.performed == 1


async def test_a_key_without_a_row_makes_none(rig: Rig) -> None:
    """A stranger's object is refused, whoever it claims to belong to."""
    foreign = make_image(new_owner())
    await rig.originals.write(original_key(foreign.key), b"hello", "image/jpeg")
    work = ScriptedWork()
    with pytest.raises(Gone):
        await rig.processor(work).handle(Upload(foreign.key))
    assert work.performed == 0
    assert (await rig.tables.images.page(foreign.owner, 10)).images == []


async def test_another_owners_row_is_not_touched(rig: Rig) -> None:
    with pytest.raises(Gone):
        await rig.processor(ScriptedWork()).handle(
            Upload(ImageKey(new_owner(), rig.image.image_id))
        )
    assert await rig.stored() == rig.image


async def test_an_object_that_is_missing_is_rejected(rig: Rig) -> None:
    await rig.originals.delete(original_key(rig.image.key))
    with pytest.raises(Rejected) as caught:
        await rig.processor(ScriptedWork()).handle(rig.upload)
    assert caught.value.failure.code == "original_missing"


@pytest.mark.parametrize(
    ("body", "code"), [(b"hello!", "size_mismatch"), (b"HELLO", "checksum_mismatch")]
)
async def test_bytes_other_than_announced_are_rejected(rig: Rig, body: bytes, code: str) -> None:
    await rig.put(body)
    work = ScriptedWork()
    await rig.processor(work).handle(rig.upload)
    rejected = await rig.stored()
    assert rejected.recognition.failure is not None
    assert (rejected.recognition.failure.code, work.performed) == (code, 0)
    # Settled: the next delivery changes nothing.
    await rig.processor(work).handle(rig.upload)
    assert await rig.stored() == rejected


async def test_what_is_wrong_with_replaced_bytes_is_not_held_against_the_new(rig: Rig) -> None:
    """A ticket used twice: the first bytes are refused after the second have been found good."""

    async def replace_and_refuse() -> None:
        image = await rig.stored()
        part = image.recognition.begin("another etag")
        await rig.tables.images.store(image, image.with_part("recognition", part))
        raise Rejected("broken_image", "It cannot be shown.")

    with pytest.raises(Superseded):
        await rig.processor(ScriptedWork(replace_and_refuse)).handle(rig.upload)
    assert (await rig.stored()).recognition.state is State.RUNNING


async def test_deletion_during_the_work_wins(rig: Rig) -> None:
    async def delete() -> None:
        await rig.tables.images.remove(await rig.tables.images.begin_deletion(rig.image.key))

    work = ScriptedWork(delete)
    processor = rig.processor(work)
    with pytest.raises(Gone):
        await processor.handle(rig.upload)
    await processor.clear(rig.upload)
    assert work.discarded == [rig.image.key]
    assert await count_labels(rig.tables, rig.image.owner) == {}


async def test_a_deletion_that_has_only_begun_wins_too(rig: Rig) -> None:
    async def begin() -> None:
        await rig.tables.images.begin_deletion(rig.image.key)

    with pytest.raises(Gone):
        await rig.processor(ScriptedWork(begin)).handle(rig.upload)


async def test_two_deliveries_at_once_count_once(rig: Rig) -> None:
    """Whoever finishes second finds the part settled and changes nothing."""
    second = rig.processor(ScriptedWork())

    async def overtake() -> None:
        await second.handle(rig.upload)

    await rig.processor(ScriptedWork(overtake)).handle(rig.upload)
    assert await count_labels(rig.tables, rig.image.owner) == {"Dog": 1}
    part = (await rig.stored()).recognition
    assert part.state is State.SUCCEEDED


async def test_many_deliveries_at_once_count_once(rig: Rig) -> None:
    processors = [rig.processor(ScriptedWork(lambda: asyncio.sleep(0))) for _ in range(5)]
    outcomes = await asyncio.gather(
        *(processor.handle(rig.upload) for processor in processors), return_exceptions=True
    )
    assert all(outcome is None or isinstance(outcome, Superseded) for outcome in outcomes)
    assert await count_labels(rig.tables, rig.image.owner) == {"Dog": 1}


async def test_work_on_replaced_bytes_is_not_kept(rig: Rig) -> None:
    """A ticket used twice: the work on the first bytes ends after that on the second began."""

    async def replace() -> None:
        # The same bytes as announced, under another ETag, as S3 with KMS gives them.
        await rig.put(b"hello")
        image = await rig.stored()
        part = image.recognition.begin("another etag").succeed(make_recognition("Cat"))
        await rig.tables.images.store(image, image.with_part("recognition", part))

    with pytest.raises(Superseded):
        await rig.processor(ScriptedWork(replace)).handle(rig.upload)
    assert (await rig.stored()).labels == {"cat": ImageLabel("Cat", 91.25)}


async def test_a_demand_is_met_once(rig: Rig) -> None:
    work = ScriptedWork()
    processor = rig.processor(work)
    await processor.handle(rig.upload)
    demand = rig.upload._replace(request=ReprocessCommand("first", ("recognition",)))
    await processor.handle(demand)
    await processor.handle(demand)
    await processor.handle(rig.upload)
    assert work.performed == 2
    assert await count_labels(rig.tables, rig.image.owner) == {"Dog": 1}


async def test_a_demand_for_the_other_part_is_not_ours(rig: Rig) -> None:
    work = ScriptedWork()
    await rig.processor(work).handle(
        rig.upload._replace(request=ReprocessCommand("first", ("renditions",)))
    )
    assert work.performed == 0


async def test_a_demand_overtakes_work_that_began_before_it(rig: Rig) -> None:
    """Its answer counts: the earlier work may have been asked something else."""
    second = rig.processor(ScriptedWork())

    async def demand() -> None:
        await second.handle(
            rig.upload._replace(request=ReprocessCommand("first", ("recognition",)))
        )

    with pytest.raises(Superseded):
        await rig.processor(ScriptedWork(demand)).handle(rig.upload)
    assert (await rig.stored()).recognition.request == "first"


async def test_a_final_failure_can_be_reprocessed(rig: Rig) -> None:
    processor = rig.processor(ScriptedWork())
    await processor.fail(rig.upload, Failure(code="budget_exceeded", message="No."))
    await processor.handle(rig.upload._replace(request=ReprocessCommand("first", ("recognition",))))
    assert (await rig.stored()).recognition.state is State.SUCCEEDED


async def test_the_other_part_is_left_alone(rig: Rig) -> None:
    async def develop() -> None:
        image = await rig.stored()
        await rig.tables.images.store(
            image, image.with_part("renditions", image.renditions.begin("e"))
        )

    await rig.processor(ScriptedWork(develop)).handle(rig.upload)
    stored = await rig.stored()
    assert stored.renditions.state is State.RUNNING
    assert stored.recognition.state is State.SUCCEEDED
    assert stored.status is Status.PROCESSING


async def test_a_written_failure_ends_the_image(rig: Rig) -> None:
    processor = rig.processor(ScriptedWork())
    failure = Failure(code="broken_image", message="It is broken.")
    await processor.fail(rig.upload, failure)
    part = (await rig.stored()).recognition
    assert (part.state, part.failure) == (State.FAILED, failure)


async def test_giving_up_does_not_undo_a_success(rig: Rig) -> None:
    processor = rig.processor(ScriptedWork())
    await processor.handle(rig.upload)
    await processor.fail(rig.upload, RETRIES_EXHAUSTED)
    assert (await rig.stored()).recognition.state is State.SUCCEEDED


async def test_giving_up_again_writes_nothing(rig: Rig) -> None:
    processor = rig.processor(ScriptedWork())
    await processor.fail(rig.upload, RETRIES_EXHAUSTED)
    before = await rig.stored()
    await processor.fail(rig.upload, RETRIES_EXHAUSTED)
    assert await rig.stored() == before


async def test_what_was_given_up_can_be_taken_up_again(rig: Rig) -> None:
    """A message moved back from the dead-letter queue is worked on."""
    processor = rig.processor(ScriptedWork())
    await processor.fail(rig.upload, RETRIES_EXHAUSTED)
    await processor.handle(rig.upload)
    assert (await rig.stored()).recognition.state is State.SUCCEEDED


async def test_a_failure_of_a_gone_image_only_clears_what_attempts_left(rig: Rig) -> None:
    await rig.tables.images.begin_deletion(rig.image.key)
    work = ScriptedWork()
    await rig.processor(work).fail(rig.upload, RETRIES_EXHAUSTED)
    assert work.discarded == [rig.image.key]


async def test_contention_without_end_is_left_for_later(rig: Rig) -> None:
    class Contended(MemoryImageTable):
        async def store(self, before: Image, after: Image) -> None:
            raise Conflict

    images = Contended()
    await images.create(rig.image)
    processor = PartProcessor("recognition", images, rig.originals, ScriptedWork(), rig.events)
    with pytest.raises(Superseded):
        await processor.handle(rig.upload)
    with pytest.raises(Superseded):
        await processor.fail(rig.upload, RETRIES_EXHAUSTED)


# What open screens are told.


async def test_the_beginning_and_the_end_are_told(rig: Rig) -> None:
    told_meanwhile: list[Event] = []

    async def look() -> None:
        told_meanwhile.extend(rig.told())

    await rig.processor(ScriptedWork(look)).handle(rig.upload)
    assert len(told_meanwhile) == 1
    assert len(rig.told()) == 2
    for event in rig.told():
        assert (event.owner, event.subject_id) == rig.image.key
        assert (event.kind, event.change) == ("image", "updated")


async def test_a_beginning_that_changes_no_status_is_not_told(rig: Rig) -> None:
    """The other part has begun, so its owner knows that the image is in work."""
    image = await rig.stored()
    await rig.tables.images.store(image, image.with_part("renditions", image.renditions.begin("e")))
    await rig.processor(ScriptedWork()).handle(rig.upload)
    assert len(rig.told()) == 1


async def test_a_failure_is_told(rig: Rig) -> None:
    await rig.processor(ScriptedWork()).fail(rig.upload, RETRIES_EXHAUSTED)
    assert len(rig.told()) == 1


async def test_a_failure_of_a_gone_image_is_not_told(rig: Rig) -> None:
    await rig.tables.images.begin_deletion(rig.image.key)
    await rig.processor(ScriptedWork()).fail(rig.upload, RETRIES_EXHAUSTED)
    assert rig.told() == []


async def test_a_demand_for_the_other_part_is_not_told(rig: Rig) -> None:
    demand = rig.upload._replace(request=ReprocessCommand("first", ("renditions",)))
    await rig.processor(ScriptedWork()).handle(demand)
    assert rig.told() == []


class DeafTopic(MemoryTopic):
    """Takes so many messages, then none."""

    def __init__(self, takes: int) -> None:
        super().__init__()
        self.takes = takes

    async def publish(self, body: str) -> None:
        if len(self.published) >= self.takes:
            raise ConnectionError
        await super().publish(body)


async def test_what_could_not_be_told_is_told_by_the_next_delivery(rig: Rig) -> None:
    """The result is durable and the message is not settled, as after a crash in between."""
    topic, work = DeafTopic(1), ScriptedWork()
    rig.events = EventPublisher(topic)
    with pytest.raises(ConnectionError):
        await rig.processor(work).handle(rig.upload)
    assert (await rig.stored()).recognition.state is State.SUCCEEDED
    topic.takes = 2
    await rig.processor(work).handle(rig.upload)
    assert work.performed == 1
    assert len(topic.published) == 2


async def test_a_failure_that_could_not_be_told_is_told_by_the_next_delivery(rig: Rig) -> None:
    topic = DeafTopic(0)
    rig.events = EventPublisher(topic)
    with pytest.raises(ConnectionError):
        await rig.processor(ScriptedWork()).fail(rig.upload, RETRIES_EXHAUSTED)
    assert (await rig.stored()).recognition.failure == RETRIES_EXHAUSTED
    topic.takes = 1
    await rig.processor(ScriptedWork()).fail(rig.upload, RETRIES_EXHAUSTED)
    assert len(topic.published) == 1


async def test_whoever_finishes_second_tells_too(rig: Rig) -> None:
    """The first may have died after its write, with this delivery the only one left."""

    async def overtake() -> None:
        image = await rig.stored()
        part = image.recognition.succeed(make_recognition("Dog"))
        await rig.tables.images.store(image, image.with_part("recognition", part))

    await rig.processor(ScriptedWork(overtake)).handle(rig.upload)
    assert len(rig.told()) == 2


async def test_work_goes_on_though_its_beginning_could_not_be_told(rig: Rig) -> None:
    """Where nobody can be told, no picture waits for that."""
    rig.events = EventPublisher(DeafTopic(0))
    with pytest.raises(ConnectionError):
        await rig.processor(ScriptedWork()).handle(rig.upload)
    assert (await rig.stored()).recognition.state is State.SUCCEEDED
