"""The processor of one part, with messages in any order and number."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from sightline.adapters.memory import MemoryImageTable, MemoryTopic
from sightline.consumer.messages import ReprocessCommand, Upload
from sightline.consumer.part_processor import PartProcessor, Superseded
from sightline.consumer.upload_messages import RETRIES_EXHAUSTED
from sightline.domain.events import Event
from sightline.domain.failures import Failure, Gone, Rejected
from sightline.domain.images import Image
from sightline.domain.labels import ImageLabel
from sightline.domain.object_keys import ImageKey, original_key
from sightline.domain.recognition import Recognition
from sightline.domain.states import State, Status
from sightline.event_publisher import EventPublisher
from sightline.optimistic import Conflict
from sightline.ports.object_store import StoredObject
from sightline_testing.backend import REGION, MemoryBackend
from sightline_testing.builders import count_labels, make_image, make_recognition, new_owner

Interleaving = Callable[[], Awaitable[None]]


class ScriptedWork:
    """Detects a dog in every image; `meanwhile` is called during the work."""

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


class ProcessorHarness(MemoryBackend):
    """A backend with one uploaded image, and processors of its recognition part."""

    image: Image
    message: Upload

    async def prepare(self) -> "ProcessorHarness":
        self.image = await self.upload(b"hello")
        self.message = Upload(self.image.key)
        return self

    def recognizer(self, work: ScriptedWork) -> PartProcessor[Recognition]:
        return self.processor("recognition", work)

    async def stored(self) -> Image:
        return await self.read(self.image)


@pytest.fixture
async def harness() -> ProcessorHarness:
    return await ProcessorHarness().prepare()


async def test_handle_stores_the_result_of_an_upload(harness: ProcessorHarness) -> None:
    await harness.recognizer(ScriptedWork()).handle(harness.message)
    part = (await harness.stored()).recognition
    assert part.state is State.SUCCEEDED
    assert part.result == make_recognition("Dog")
    assert part.started_at is not None
    assert part.finished_at is not None
    assert await count_labels(harness.tables, harness.image.owner) == {"Dog": 1}


async def test_a_redelivered_message_changes_nothing(harness: ProcessorHarness) -> None:
    work = ScriptedWork()
    processor = harness.recognizer(work)
    await processor.handle(harness.message)
    before = await harness.stored()
    await processor.handle(harness.message)
    assert await harness.stored() == before
    assert work.performed == 1


async def test_an_object_without_a_row_creates_none(harness: ProcessorHarness) -> None:
    """Its key names an owner who never created an upload."""
    foreign = make_image(new_owner())
    await harness.originals.write(original_key(foreign.key), b"hello", "image/jpeg")
    work = ScriptedWork()
    with pytest.raises(Gone):
        await harness.recognizer(work).handle(Upload(foreign.key))
    assert work.performed == 0
    assert (await harness.tables.images.page(foreign.owner, 10)).images == []


async def test_an_object_of_another_owner_does_not_change_the_row(
    harness: ProcessorHarness,
) -> None:
    with pytest.raises(Gone):
        await harness.recognizer(ScriptedWork()).handle(
            Upload(ImageKey(new_owner(), harness.image.image_id))
        )
    assert await harness.stored() == harness.image


async def test_a_missing_original_is_rejected(harness: ProcessorHarness) -> None:
    await harness.originals.delete(original_key(harness.image.key))
    with pytest.raises(Rejected) as caught:
        await harness.recognizer(ScriptedWork()).handle(harness.message)
    assert caught.value.failure.code == "original_missing"


@pytest.mark.parametrize(
    ("body", "code"), [(b"hello!", "size_mismatch"), (b"HELLO", "checksum_mismatch")]
)
async def test_bytes_other_than_declared_are_rejected(
    harness: ProcessorHarness, body: bytes, code: str
) -> None:
    await harness.replace_original(harness.image, body)
    work = ScriptedWork()
    await harness.recognizer(work).handle(harness.message)
    rejected = await harness.stored()
    assert rejected.recognition.failure is not None
    assert (rejected.recognition.failure.code, work.performed) == (code, 0)
    # Settled: a redelivered message changes nothing.
    await harness.recognizer(work).handle(harness.message)
    assert await harness.stored() == rejected


async def test_rejecting_a_replaced_original_does_not_fail_the_new_one(
    harness: ProcessorHarness,
) -> None:
    """An upload used twice: the first bytes are rejected after work on the second has begun."""

    async def replace_and_reject() -> None:
        image = await harness.stored()
        part = image.recognition.begin("another etag")
        await harness.tables.images.store(image, image.with_part("recognition", part))
        raise Rejected("broken_image", "It is broken.")

    with pytest.raises(Superseded):
        await harness.recognizer(ScriptedWork(replace_and_reject)).handle(harness.message)
    assert (await harness.stored()).recognition.state is State.RUNNING


async def test_deletion_during_the_work_discards_the_result(harness: ProcessorHarness) -> None:
    async def delete() -> None:
        await harness.tables.images.remove(
            await harness.tables.images.begin_deletion(harness.image.key)
        )

    work = ScriptedWork(delete)
    processor = harness.recognizer(work)
    with pytest.raises(Gone):
        await processor.handle(harness.message)
    await processor.clear(harness.message)
    assert work.discarded == [harness.image.key]
    assert await count_labels(harness.tables, harness.image.owner) == {}


async def test_a_deletion_that_has_only_begun_discards_the_result(
    harness: ProcessorHarness,
) -> None:
    async def begin() -> None:
        await harness.tables.images.begin_deletion(harness.image.key)

    with pytest.raises(Gone):
        await harness.recognizer(ScriptedWork(begin)).handle(harness.message)


async def test_two_concurrent_deliveries_count_once(harness: ProcessorHarness) -> None:
    """The delivery that finishes second finds the part settled, and changes nothing."""
    second = harness.recognizer(ScriptedWork())

    async def overtake() -> None:
        await second.handle(harness.message)

    await harness.recognizer(ScriptedWork(overtake)).handle(harness.message)
    assert await count_labels(harness.tables, harness.image.owner) == {"Dog": 1}
    part = (await harness.stored()).recognition
    assert part.state is State.SUCCEEDED


async def test_many_concurrent_deliveries_count_once(harness: ProcessorHarness) -> None:
    processors = [harness.recognizer(ScriptedWork(lambda: asyncio.sleep(0))) for _ in range(5)]
    outcomes = await asyncio.gather(
        *(processor.handle(harness.message) for processor in processors), return_exceptions=True
    )
    assert all(outcome is None or isinstance(outcome, Superseded) for outcome in outcomes)
    assert await count_labels(harness.tables, harness.image.owner) == {"Dog": 1}


async def test_the_result_of_a_replaced_original_is_discarded(harness: ProcessorHarness) -> None:
    """An upload used twice: the work on the first bytes ends after work on the second began."""

    async def replace() -> None:
        # The same bytes with another ETag, as in a bucket with KMS encryption.
        await harness.replace_original(harness.image, b"hello")
        image = await harness.stored()
        part = image.recognition.begin("another etag").succeed(make_recognition("Cat"))
        await harness.tables.images.store(image, image.with_part("recognition", part))

    with pytest.raises(Superseded):
        await harness.recognizer(ScriptedWork(replace)).handle(harness.message)
    assert (await harness.stored()).labels == {"cat": ImageLabel("Cat", 91.25)}


async def test_a_reprocess_command_is_executed_once(harness: ProcessorHarness) -> None:
    work = ScriptedWork()
    processor = harness.recognizer(work)
    await processor.handle(harness.message)
    command = harness.message._replace(request=ReprocessCommand("first", ("recognition",)))
    await processor.handle(command)
    await processor.handle(command)
    await processor.handle(harness.message)
    assert work.performed == 2
    assert await count_labels(harness.tables, harness.image.owner) == {"Dog": 1}


async def test_a_command_for_the_other_part_is_ignored(harness: ProcessorHarness) -> None:
    work = ScriptedWork()
    await harness.recognizer(work).handle(
        harness.message._replace(request=ReprocessCommand("first", ("renditions",)))
    )
    assert work.performed == 0


async def test_a_command_supersedes_work_that_began_before_it(harness: ProcessorHarness) -> None:
    """The result of the command counts: the earlier work may have had other features."""
    second = harness.recognizer(ScriptedWork())

    async def reprocess() -> None:
        await second.handle(
            harness.message._replace(request=ReprocessCommand("first", ("recognition",)))
        )

    with pytest.raises(Superseded):
        await harness.recognizer(ScriptedWork(reprocess)).handle(harness.message)
    assert (await harness.stored()).recognition.request == "first"


async def test_a_final_failure_can_be_reprocessed(harness: ProcessorHarness) -> None:
    processor = harness.recognizer(ScriptedWork())
    await processor.fail(harness.message, Failure(code="budget_exceeded", message="No."))
    await processor.handle(
        harness.message._replace(request=ReprocessCommand("first", ("recognition",)))
    )
    assert (await harness.stored()).recognition.state is State.SUCCEEDED


async def test_the_other_part_is_not_changed(harness: ProcessorHarness) -> None:
    async def begin_renditions() -> None:
        image = await harness.stored()
        await harness.tables.images.store(
            image, image.with_part("renditions", image.renditions.begin("e"))
        )

    await harness.recognizer(ScriptedWork(begin_renditions)).handle(harness.message)
    stored = await harness.stored()
    assert stored.renditions.state is State.RUNNING
    assert stored.recognition.state is State.SUCCEEDED
    assert stored.status is Status.PROCESSING


async def test_fail_stores_the_failure(harness: ProcessorHarness) -> None:
    processor = harness.recognizer(ScriptedWork())
    failure = Failure(code="broken_image", message="It is broken.")
    await processor.fail(harness.message, failure)
    part = (await harness.stored()).recognition
    assert (part.state, part.failure) == (State.FAILED, failure)


async def test_fail_does_not_replace_a_success(harness: ProcessorHarness) -> None:
    processor = harness.recognizer(ScriptedWork())
    await processor.handle(harness.message)
    await processor.fail(harness.message, RETRIES_EXHAUSTED)
    assert (await harness.stored()).recognition.state is State.SUCCEEDED


async def test_repeating_a_failure_writes_nothing(harness: ProcessorHarness) -> None:
    processor = harness.recognizer(ScriptedWork())
    await processor.fail(harness.message, RETRIES_EXHAUSTED)
    before = await harness.stored()
    await processor.fail(harness.message, RETRIES_EXHAUSTED)
    assert await harness.stored() == before


async def test_an_exhausted_message_can_be_processed_later(harness: ProcessorHarness) -> None:
    """A message that is redriven from the dead-letter queue is processed."""
    processor = harness.recognizer(ScriptedWork())
    await processor.fail(harness.message, RETRIES_EXHAUSTED)
    await processor.handle(harness.message)
    assert (await harness.stored()).recognition.state is State.SUCCEEDED


async def test_failing_a_deleted_image_discards_what_attempts_have_stored(
    harness: ProcessorHarness,
) -> None:
    await harness.tables.images.begin_deletion(harness.image.key)
    work = ScriptedWork()
    await harness.recognizer(work).fail(harness.message, RETRIES_EXHAUSTED)
    assert work.discarded == [harness.image.key]


async def test_endless_contention_is_left_to_a_redelivery(harness: ProcessorHarness) -> None:
    class ContendedTable(MemoryImageTable):
        async def store(self, before: Image, after: Image) -> None:
            raise Conflict

    images = ContendedTable()
    await images.create(harness.image)
    processor = PartProcessor(
        "recognition", images, harness.originals, ScriptedWork(), harness.publisher, REGION
    )
    with pytest.raises(Superseded):
        await processor.handle(harness.message)
    with pytest.raises(Superseded):
        await processor.fail(harness.message, RETRIES_EXHAUSTED)


# Corrections that need no work on the object.

CORRECTION = ReprocessCommand("corrected", ("recognition",), only_corrections=True)


class ScriptedCorrector:
    """Corrects the label; None without a label. `meanwhile` is called once, after the read."""

    def __init__(self, label: str | None, meanwhile: Interleaving | None = None) -> None:
        self.label = label
        self.meanwhile = meanwhile

    async def correct(self, image: Image) -> Recognition | None:
        meanwhile, self.meanwhile = self.meanwhile, None
        if meanwhile is not None:
            await meanwhile()
        return make_recognition(self.label) if self.label else None


def correct_with(
    harness: ProcessorHarness, work: ScriptedWork, corrector: ScriptedCorrector
) -> PartProcessor[Recognition]:
    return PartProcessor(
        "recognition",
        harness.tables.images,
        harness.originals,
        work,
        harness.publisher,
        REGION,
        corrector,
    )


async def test_a_correction_without_work_keeps_the_part_as_it_was(
    harness: ProcessorHarness,
) -> None:
    await harness.recognizer(ScriptedWork()).handle(harness.message)
    before = (await harness.stored()).recognition
    published = len(harness.published_events())
    work = ScriptedWork()
    processor = correct_with(harness, work, ScriptedCorrector("Cat"))
    for _ in range(2):
        await processor.handle(harness.message._replace(request=CORRECTION))
    part = (await harness.stored()).recognition
    expected = {"result": make_recognition("Cat"), "revision": before.revision + 1}
    assert part == before.model_copy(update=expected)
    assert await count_labels(harness.tables, harness.image.owner) == {"Cat": 1}
    # A redelivery writes nothing, but publishes: the process may have stopped in between.
    assert len(harness.published_events()) == published + 2
    assert work.performed == 0


async def test_a_correction_is_derived_again_after_a_conflict(harness: ProcessorHarness) -> None:
    await harness.recognizer(ScriptedWork()).handle(harness.message)
    again = harness.message._replace(request=ReprocessCommand("again", ("recognition",)))
    corrector = ScriptedCorrector("Cat", lambda: harness.recognizer(ScriptedWork()).handle(again))
    processor = correct_with(harness, ScriptedWork(), corrector)
    await processor.handle(harness.message._replace(request=CORRECTION))
    part = (await harness.stored()).recognition
    assert (part.request, part.state, part.result) == (
        "again",
        State.SUCCEEDED,
        make_recognition("Cat"),
    )


async def test_a_correction_that_requires_work_is_processed(harness: ProcessorHarness) -> None:
    work = ScriptedWork()
    processor = correct_with(harness, work, ScriptedCorrector(None))
    await processor.handle(harness.message._replace(request=CORRECTION))
    assert (work.performed, (await harness.stored()).recognition.request) == (1, "corrected")
    without = harness.recognizer(work)
    await without.handle(harness.message._replace(request=CORRECTION._replace(request_id="next")))
    assert work.performed == 2


async def test_a_correction_of_a_deleted_image_is_gone(harness: ProcessorHarness) -> None:
    await harness.tables.images.begin_deletion(harness.image.key)
    processor = correct_with(harness, ScriptedWork(), ScriptedCorrector("Cat"))
    with pytest.raises(Gone):
        await processor.handle(harness.message._replace(request=CORRECTION))


# Images whose home is another region.

OTHER_REGION = "eu-west-1"


async def make_replica(harness: ProcessorHarness) -> Image:
    """Replicate an image from the other region: its row and its object."""
    image = await harness.upload(b"other", home=OTHER_REGION)
    harness.originals.replicas.add(original_key(image.key))
    return image


async def test_an_image_of_another_region_is_left_alone(harness: ProcessorHarness) -> None:
    replica, work = await make_replica(harness), ScriptedWork()
    processor = harness.recognizer(work)
    await processor.handle(Upload(replica.key))
    await processor.fail(Upload(replica.key), RETRIES_EXHAUSTED)
    assert await harness.read(replica) == replica
    assert (work.performed, work.discarded, harness.published_events()) == (0, [], [])


async def test_an_image_of_this_region_is_processed(harness: ProcessorHarness) -> None:
    image = await harness.upload(b"home", home=REGION)
    await harness.recognizer(ScriptedWork()).handle(Upload(image.key))
    processed = await harness.read(image)
    assert (processed.recognition.state, processed.home) == (State.SUCCEEDED, REGION)


async def test_a_replica_before_its_row_is_not_removed(harness: ProcessorHarness) -> None:
    """Replication of the bucket may be ahead of that of the table."""
    replica = make_image(home=OTHER_REGION)
    await harness.originals.write(original_key(replica.key), b"hello", "image/jpeg")
    harness.originals.replicas.add(original_key(replica.key))
    work = ScriptedWork()
    processor = harness.recognizer(work)
    await processor.handle(Upload(replica.key))
    await processor.fail(Upload(replica.key), RETRIES_EXHAUSTED)
    assert (work.performed, work.discarded) == (0, [])


async def test_an_adopted_replica_is_processed_once_in_its_new_home(
    harness: ProcessorHarness,
) -> None:
    replica, work = await make_replica(harness), ScriptedWork()
    await harness.tables.images.store(replica, replica.with_home(REGION))
    processor = harness.recognizer(work)
    for _ in range(2):
        await processor.handle(Upload(replica.key))
    assert (await harness.read(replica)).recognition.state is State.SUCCEEDED
    assert work.performed == 1


async def test_work_on_an_image_that_another_region_adopts_is_not_stored(
    harness: ProcessorHarness,
) -> None:
    async def lose() -> None:
        current = await harness.stored()
        await harness.tables.images.store(current, current.with_home(OTHER_REGION))

    work = ScriptedWork(lose)
    await harness.recognizer(work).handle(harness.message)
    stored = await harness.stored()
    assert (stored.recognition.state, stored.home) == (State.RUNNING, OTHER_REGION)
    assert work.discarded == []


async def test_a_reprocess_command_takes_the_image_over(harness: ProcessorHarness) -> None:
    replica = await make_replica(harness)
    command = ReprocessCommand("request", ("recognition",))
    await harness.recognizer(ScriptedWork()).handle(Upload(replica.key, command))
    processed = await harness.read(replica)
    assert (processed.recognition.state, processed.home) == (State.SUCCEEDED, REGION)


async def test_an_adopted_image_that_is_deleted_during_the_work_leaves_nothing(
    harness: ProcessorHarness,
) -> None:
    """The original is a replica, but what the work has stored is this region's."""
    replica = await make_replica(harness)
    await harness.tables.images.store(replica, replica.with_home(REGION))

    async def delete() -> None:
        await harness.tables.images.begin_deletion(replica.key)

    with pytest.raises(Gone):
        await harness.recognizer(ScriptedWork(delete)).handle(Upload(replica.key))


# Published change events.


async def test_start_and_end_of_processing_are_published(harness: ProcessorHarness) -> None:
    published_meanwhile: list[Event] = []

    async def record() -> None:
        published_meanwhile.extend(harness.published_events())

    await harness.recognizer(ScriptedWork(record)).handle(harness.message)
    assert len(published_meanwhile) == 1
    assert len(harness.published_events()) == 2
    for event in harness.published_events():
        assert (event.owner, event.subject_id) == harness.image.key
        assert (event.kind, event.change) == ("image", "updated")


async def test_a_start_that_does_not_change_the_status_is_not_published(
    harness: ProcessorHarness,
) -> None:
    """The other part has begun, so the image is being processed already."""
    image = await harness.stored()
    await harness.tables.images.store(
        image, image.with_part("renditions", image.renditions.begin("e"))
    )
    await harness.recognizer(ScriptedWork()).handle(harness.message)
    assert len(harness.published_events()) == 1


async def test_a_failure_is_published(harness: ProcessorHarness) -> None:
    await harness.recognizer(ScriptedWork()).fail(harness.message, RETRIES_EXHAUSTED)
    assert len(harness.published_events()) == 1


async def test_a_failure_of_a_deleted_image_is_not_published(harness: ProcessorHarness) -> None:
    await harness.tables.images.begin_deletion(harness.image.key)
    await harness.recognizer(ScriptedWork()).fail(harness.message, RETRIES_EXHAUSTED)
    assert harness.published_events() == []


async def test_a_command_for_the_other_part_publishes_nothing(harness: ProcessorHarness) -> None:
    command = harness.message._replace(request=ReprocessCommand("first", ("renditions",)))
    await harness.recognizer(ScriptedWork()).handle(command)
    assert harness.published_events() == []


class FailingTopic(MemoryTopic):
    """Accepts `accepted` messages, then fails."""

    def __init__(self, accepted: int) -> None:
        super().__init__()
        self.accepted = accepted

    async def publish(self, body: str) -> None:
        if len(self.published) >= self.accepted:
            raise ConnectionError
        await super().publish(body)


async def test_an_unpublished_result_is_published_on_redelivery(harness: ProcessorHarness) -> None:
    """The result is durable but the message is not settled, as after a crash in between."""
    topic, work = FailingTopic(1), ScriptedWork()
    harness.publisher = EventPublisher(topic)
    with pytest.raises(ConnectionError):
        await harness.recognizer(work).handle(harness.message)
    assert (await harness.stored()).recognition.state is State.SUCCEEDED
    topic.accepted = 2
    await harness.recognizer(work).handle(harness.message)
    assert work.performed == 1
    assert len(topic.published) == 2


async def test_an_unpublished_failure_is_published_on_redelivery(harness: ProcessorHarness) -> None:
    topic = FailingTopic(0)
    harness.publisher = EventPublisher(topic)
    with pytest.raises(ConnectionError):
        await harness.recognizer(ScriptedWork()).fail(harness.message, RETRIES_EXHAUSTED)
    assert (await harness.stored()).recognition.failure == RETRIES_EXHAUSTED
    topic.accepted = 1
    await harness.recognizer(ScriptedWork()).fail(harness.message, RETRIES_EXHAUSTED)
    assert len(topic.published) == 1


async def test_the_delivery_that_finishes_second_publishes_as_well(
    harness: ProcessorHarness,
) -> None:
    """The first may have crashed after its write, and this delivery is the only one left."""

    async def overtake() -> None:
        image = await harness.stored()
        part = image.recognition.succeed(make_recognition("Dog"))
        await harness.tables.images.store(image, image.with_part("recognition", part))

    await harness.recognizer(ScriptedWork(overtake)).handle(harness.message)
    assert len(harness.published_events()) == 2


async def test_work_continues_if_its_start_cannot_be_published(harness: ProcessorHarness) -> None:
    """The message is retried because of the end, which cannot be published either."""
    harness.publisher = EventPublisher(FailingTopic(0))
    with pytest.raises(ConnectionError):
        await harness.recognizer(ScriptedWork()).handle(harness.message)
    assert (await harness.stored()).recognition.state is State.SUCCEEDED
