"""The consumer, with a queue in memory."""

import asyncio
import json
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import NoReturn

import pytest

from sightline.adapters.memory import MemoryQueue
from sightline.consumer import loop, settler
from sightline.consumer.loop import Consumer, ConsumerOptions
from sightline.consumer.messages import Upload
from sightline.consumer.settlement import Backoff, Exhausted, Failed, Outcome
from sightline.consumer.upload_messages import RETRIES_EXHAUSTED, Handler, UploadMessages
from sightline.domain.failures import Failure, Gone, Rejected
from sightline.domain.ids import new_image_id
from sightline.domain.object_keys import ImageKey, original_key
from sightline.ports.queues import MAX_BATCH_SIZE, Message

OPTIONS = ConsumerOptions(
    concurrency=4,
    poll_seconds=0.01,
    handling_timeout_seconds=5,
    drain_timeout_seconds=5,
    backoff=Backoff(first=0.01, longest=0.02),
)

#: Timeout of a failing test; a passing test never takes so long.
TIMEOUT_SECONDS = 10

Effect = Callable[[Upload], Awaitable[None]]


class ScriptedHandler:
    """Runs the effect of the test, and records its calls, without the times of the messages."""

    def __init__(self, effect: Effect | None = None) -> None:
        self._effect = effect
        self.handled: list[Upload] = []
        self.failures: list[tuple[Upload, Failure]] = []
        self.cleared: list[Upload] = []

    async def handle(self, upload: Upload) -> None:
        untimed = upload._replace(sent_at=None)
        self.handled.append(untimed)
        if self._effect is not None:
            await self._effect(untimed)

    async def fail(self, upload: Upload, failure: Failure) -> None:
        self.failures.append((upload._replace(sent_at=None), failure))

    async def clear(self, upload: Upload) -> None:
        self.cleared.append(upload._replace(sent_at=None))


def make_upload() -> Upload:
    return Upload(ImageKey("owner", new_image_id()))


def format_body(*uploads: Upload) -> str:
    records = [
        {"eventName": "ObjectCreated:Post", "s3": {"object": {"key": original_key(upload.image)}}}
        for upload in uploads
    ]
    return json.dumps({"Records": records})


@asynccontextmanager
async def running(
    queue: MemoryQueue, handler: Handler, options: ConsumerOptions = OPTIONS
) -> AsyncIterator[Consumer]:
    stop = asyncio.Event()
    messages = UploadMessages(handler, options.handling_timeout_seconds)
    consumer = Consumer(queue, messages, options)
    task = asyncio.create_task(consumer.run(stop))
    try:
        yield consumer
    finally:
        stop.set()
        await asyncio.wait_for(task, TIMEOUT_SECONDS)


async def wait_until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(TIMEOUT_SECONDS):
        while not condition():  # noqa: ASYNC110 - nothing signals the condition
            await asyncio.sleep(0.005)


def failing(error: Exception, times: int = 1_000_000) -> Effect:
    left = iter(range(times))

    async def effect(_: Upload) -> None:
        if next(left, None) is not None:
            raise error

    return effect


async def test_consumer_deletes_a_handled_message() -> None:
    queue, handler, upload = MemoryQueue(), ScriptedHandler(), make_upload()
    queue.send(format_body(upload))
    async with running(queue, handler):
        await wait_until(lambda: not len(queue))
    assert handler.handled == [upload]
    assert queue.dead == []


async def test_consumer_handles_every_record_of_a_message() -> None:
    queue, handler = MemoryQueue(), ScriptedHandler()
    uploads = [make_upload() for _ in range(3)]
    queue.send(format_body(*uploads))
    async with running(queue, handler):
        await wait_until(lambda: not len(queue))
    assert handler.handled == uploads


async def test_consumer_deletes_a_test_event_without_handling_it() -> None:
    queue, handler = MemoryQueue(), ScriptedHandler()
    queue.send('{"Event": "s3:TestEvent"}')
    async with running(queue, handler):
        await wait_until(lambda: not len(queue))
    assert handler.handled == []


async def test_consumer_fails_a_rejected_image_and_deletes_its_message() -> None:
    queue, upload = MemoryQueue(), make_upload()
    handler = ScriptedHandler(failing(Rejected("broken_image", "It is broken.")))
    queue.send(format_body(upload))
    async with running(queue, handler):
        await wait_until(lambda: not len(queue))
    assert handler.failures == [(upload, Failure(code="broken_image", message="It is broken."))]
    assert len(handler.handled) == 1


async def test_consumer_clears_a_deleted_image_and_deletes_its_message() -> None:
    queue, upload = MemoryQueue(), make_upload()
    handler = ScriptedHandler(failing(Gone()))
    queue.send(format_body(upload))
    async with running(queue, handler):
        await wait_until(lambda: not len(queue))
    assert handler.cleared == [upload]
    assert handler.failures == []


async def test_consumer_retries_after_a_transient_error() -> None:
    queue, upload = MemoryQueue(max_receives=10), make_upload()
    handler = ScriptedHandler(failing(ConnectionError(), times=3))
    queue.send(format_body(upload))
    async with running(queue, handler):
        await wait_until(lambda: not len(queue))
    assert handler.handled == [upload] * 4
    assert handler.failures == []
    assert queue.dead == []


async def test_consumer_retries_an_upload_that_timed_out() -> None:
    queue, upload = MemoryQueue(), make_upload()
    stuck = iter([True])

    async def effect(_: Upload) -> None:
        if next(stuck, False):
            await asyncio.sleep(3600)

    handler = ScriptedHandler(effect)
    queue.send(format_body(upload))
    async with running(queue, handler, replace(OPTIONS, handling_timeout_seconds=0.05)):
        await wait_until(lambda: not len(queue))
    assert handler.handled == [upload] * 2


async def test_a_failing_message_does_not_affect_others_of_its_batch() -> None:
    """Failure is per message: the others are handled exactly once."""
    queue, bad = MemoryQueue(max_receives=5), make_upload()
    good = [make_upload() for _ in range(9)]

    async def effect(upload: Upload) -> None:
        if upload == bad:
            raise ConnectionError

    handler = ScriptedHandler(effect)
    for upload in [*good[:5], bad, *good[5:]]:
        queue.send(format_body(upload))
    async with running(queue, handler, replace(OPTIONS, concurrency=10)):
        await wait_until(lambda: len(queue.dead) == 1)
    counts = Counter(handler.handled)
    assert {counts[upload] for upload in good} == {1}
    assert queue.dead == [format_body(bad)]


async def test_a_message_that_always_fails_is_marked_failed_and_dead_lettered() -> None:
    """Eight of ten receives are processed; the last two mark the image as failed."""
    queue, upload = MemoryQueue(max_receives=10), make_upload()
    handler = ScriptedHandler(failing(ConnectionError()))
    queue.send(format_body(upload))
    async with running(queue, handler):
        await wait_until(lambda: len(queue.dead) == 1)
    assert len(handler.handled) == 8
    assert set(handler.failures) == {(upload, RETRIES_EXHAUSTED)}


async def test_a_message_that_always_crashes_the_process_is_marked_failed() -> None:
    """After eight receives without settlement, the ninth is not processed."""
    queue, handler, upload = MemoryQueue(max_receives=10), ScriptedHandler(), make_upload()
    queue.send(format_body(upload))
    for _ in range(8):
        (message,) = await queue.receive(1, 0)
        await queue.release(message, 0)
    async with running(queue, handler):
        await wait_until(lambda: len(queue.dead) == 1)
    assert handler.handled == []
    assert set(handler.failures) == {(upload, RETRIES_EXHAUSTED)}


async def test_a_failure_that_could_not_be_written_is_written_on_redelivery() -> None:
    queue, upload = MemoryQueue(max_receives=10), make_upload()
    broken = iter([True])

    class Handler(ScriptedHandler):
        async def fail(self, upload: Upload, failure: Failure) -> None:
            if next(broken, False):
                raise ConnectionError
            await super().fail(upload, failure)

    handler = Handler(failing(ConnectionError()))
    queue.send(format_body(upload))
    async with running(queue, handler):
        await wait_until(lambda: len(queue.dead) == 1)
    assert set(handler.failures) == {(upload, RETRIES_EXHAUSTED)}


async def test_an_invalid_message_is_dead_lettered() -> None:
    queue, handler = MemoryQueue(max_receives=4), ScriptedHandler()
    queue.send("hello")
    async with running(queue, handler):
        await wait_until(lambda: queue.dead == ["hello"])
    assert (handler.handled, handler.failures) == ([], [])


@pytest.mark.parametrize(
    ("receive_count", "expected"),
    [(1, Failed()), (2, Failed()), (3, Exhausted()), (14, Exhausted())],
)
async def test_an_invalid_message_is_not_delayed_beyond_its_attempts(
    receive_count: int, expected: Outcome
) -> None:
    """A backlog counts the receives of the queue before it, too."""
    messages = UploadMessages(ScriptedHandler(), 5)
    message = Message("id", "receipt", "hello", receive_count)
    assert await messages.attempt(message, 4) == expected


async def test_consumer_receives_no_more_messages_than_its_concurrency() -> None:
    """The remaining messages stay visible to other consumers."""
    queue, release = MemoryQueue(), asyncio.Event()
    running_now, maximum = 0, 0

    async def effect(_: Upload) -> None:
        nonlocal running_now, maximum
        running_now += 1
        maximum = max(maximum, running_now)
        await release.wait()
        running_now -= 1

    handler = ScriptedHandler(effect)
    for _ in range(10):
        queue.send(format_body(make_upload()))
    async with running(queue, handler, replace(OPTIONS, concurrency=3)) as consumer:
        await wait_until(lambda: consumer.in_flight == 3)
        assert len(await queue.receive(10, 0)) == 7
        release.set()
        await wait_until(lambda: len(queue) == 7)
    assert maximum == 3


async def test_consumer_deletes_messages_in_batches() -> None:
    batches: list[int] = []

    class Queue(MemoryQueue):
        async def delete(self, messages: Sequence[Message]) -> None:
            batches.append(len(messages))
            await super().delete(messages)

    queue = Queue()
    for _ in range(40):
        queue.send(format_body(make_upload()))
    async with running(queue, ScriptedHandler(), replace(OPTIONS, concurrency=40)):
        await wait_until(lambda: not len(queue))
    assert sum(batches) == 40
    assert max(batches) == 10
    assert len(batches) < 20


async def test_a_message_whose_deletion_failed_is_deleted_on_redelivery() -> None:
    broken = iter([True])

    class Queue(MemoryQueue):
        async def delete(self, messages: Sequence[Message]) -> None:
            if next(broken, False):
                raise ConnectionError
            await super().delete(messages)

    queue, handler, upload = Queue(visibility=0.1), ScriptedHandler(), make_upload()
    queue.send(format_body(upload))
    async with running(queue, handler):
        await wait_until(lambda: not len(queue))
    assert handler.handled == [upload] * 2


async def test_heartbeat_keeps_a_long_running_message_hidden() -> None:
    """The handler takes three visibility timeouts, and the message is delivered once."""
    queue = MemoryQueue(visibility=0.3)

    async def effect(_: Upload) -> None:
        await asyncio.sleep(1)

    handler = ScriptedHandler(effect)
    queue.send(format_body(make_upload()))
    async with running(queue, handler):
        await wait_until(lambda: not len(queue))
    assert len(handler.handled) == 1


async def test_consumer_survives_an_unavailable_queue() -> None:
    failing_receives = iter(range(5))

    class Queue(MemoryQueue):
        async def receive(self, limit: int, wait: float) -> list[Message]:
            if next(failing_receives, None) is not None:
                raise ConnectionError
            return await super().receive(limit, wait)

    queue, handler = Queue(), ScriptedHandler()
    queue.send(format_body(make_upload()))
    async with running(queue, handler) as consumer:
        await wait_until(lambda: not len(queue))
        assert consumer.is_alive()


async def test_stop_waits_for_messages_in_flight() -> None:
    queue, begun = MemoryQueue(), asyncio.Event()

    async def effect(_: Upload) -> None:
        begun.set()
        await asyncio.sleep(0.1)

    handler = ScriptedHandler(effect)
    queue.send(format_body(make_upload()))
    async with running(queue, handler):
        await asyncio.wait_for(begun.wait(), TIMEOUT_SECONDS)
    assert len(queue) == 0


async def test_stop_releases_messages_that_do_not_finish_in_time() -> None:
    """Other consumers can receive them at once, long before the visibility timeout ends."""
    queue, begun = MemoryQueue(visibility=3600), asyncio.Event()

    async def effect(_: Upload) -> None:
        begun.set()
        await asyncio.sleep(3600)

    queue.send(format_body(make_upload()))
    options = replace(OPTIONS, handling_timeout_seconds=3600, drain_timeout_seconds=0.05)
    async with running(queue, ScriptedHandler(effect), options):
        await asyncio.wait_for(begun.wait(), TIMEOUT_SECONDS)
    assert len(await queue.receive(1, 0)) == 1


async def test_a_stopped_consumer_receives_nothing() -> None:
    queue, handler = MemoryQueue(), ScriptedHandler()
    async with running(queue, handler):
        pass
    queue.send(format_body(make_upload()))
    await asyncio.sleep(0.05)
    assert len(queue) == 1


async def test_stop_succeeds_while_the_queue_hangs(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Otherwise the platform would kill the process together with the messages in flight."""
    monkeypatch.setattr(loop, "POLL_GRACE_SECONDS", 0.01)
    monkeypatch.setattr(settler, "SETTLE_TIMEOUT_SECONDS", 0.01)

    class Queue(MemoryQueue):
        received = hanging = 0

        async def receive(self, limit: int, wait: float) -> list[Message]:
            self.received += 1
            return await (super().receive(limit, wait) if self.received == 1 else self.hang())

        async def delete(self, messages: Sequence[Message]) -> None:
            await self.hang()

        async def release(self, message: Message, after: float) -> None:
            await self.hang()

        async def hang(self) -> NoReturn:
            self.hanging += 1
            await asyncio.Event().wait()
            raise AssertionError("unreachable")

    async def hang(_: Upload) -> None:
        await asyncio.Event().wait()

    for handler in (ScriptedHandler(), ScriptedHandler(hang)):
        queue = Queue(visibility=1000)
        queue.send(format_body(make_upload()))
        async with running(queue, handler, replace(OPTIONS, drain_timeout_seconds=0.01)):
            await wait_until(lambda queue=queue: queue.hanging > 0)  # type: ignore[misc]
        # The poll, and then either the deletion or the release.
        assert queue.hanging == 2
        assert len(queue) == 1


async def test_stop_takes_one_timeout_for_all_messages_that_cannot_be_returned(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The platform waits for a fixed time, however many batches there are."""
    monkeypatch.setattr(loop, "SETTLE_TIMEOUT_SECONDS", 0.05)

    class Queue(MemoryQueue):
        deleting = 0

        async def delete(self, messages: Sequence[Message]) -> None:
            self.deleting += 1
            await asyncio.Event().wait()

    queue, handler = Queue(visibility=1000), ScriptedHandler()
    for _ in range(3 * MAX_BATCH_SIZE):
        queue.send(format_body(make_upload()))
    async with running(queue, handler):
        await wait_until(lambda: len(handler.handled) == 3 * MAX_BATCH_SIZE)
    assert queue.deleting == 1


async def test_a_failing_side_task_ends_the_consumer() -> None:
    class Queue(MemoryQueue):
        @property
        def visibility(self) -> float:
            raise ZeroDivisionError

        @visibility.setter
        def visibility(self, value: float) -> None:
            pass

    consumer = Consumer(Queue(), UploadMessages(ScriptedHandler(), 5), OPTIONS)
    with pytest.raises(ExceptionGroup) as caught:
        await asyncio.wait_for(consumer.run(asyncio.Event()), TIMEOUT_SECONDS)
    assert caught.group_contains(ZeroDivisionError)


async def test_task_is_protected_from_scale_in_while_messages_are_in_flight() -> None:
    """A failing protection does not stop the consumer."""
    requested: list[bool] = []
    release = asyncio.Event()

    class Protection:
        async def set(self, enabled: bool) -> None:
            requested.append(enabled)
            raise ConnectionError

    async def effect(_: Upload) -> None:
        await release.wait()

    queue, stop = MemoryQueue(), asyncio.Event()
    options = replace(OPTIONS, protection_interval_seconds=0.01)
    messages = UploadMessages(ScriptedHandler(effect), options.handling_timeout_seconds)
    consumer = Consumer(queue, messages, options, Protection())
    task = asyncio.create_task(consumer.run(stop))
    await wait_until(lambda: False in requested)
    queue.send(format_body(make_upload()))
    await wait_until(lambda: True in requested)
    release.set()
    await wait_until(lambda: not len(queue) and not requested[-1])
    stop.set()
    await asyncio.wait_for(task, TIMEOUT_SECONDS)
    assert requested[-1] is False
