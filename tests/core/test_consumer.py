"""The consumer, over the queue in memory."""

import asyncio
import json
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import NoReturn

import pytest

from sightline.adapters.memory import MemoryQueue
from sightline.consumer import loop as consumer
from sightline.consumer.loop import RETRIES_EXHAUSTED, Consumer, ConsumerOptions, Handler
from sightline.consumer.messages import Upload
from sightline.consumer.settlement import Backoff
from sightline.domain.failures import Failure, Gone, Rejected
from sightline.domain.ids import new_image_id
from sightline.domain.object_keys import ImageKey, original_key
from sightline.ports.queues import Message

PACE = ConsumerOptions(
    concurrency=4, poll=0.01, handling=5, drain=5, backoff=Backoff(first=0.01, longest=0.02)
)

#: Seconds until a test gives up waiting; it is never the time that a passing test takes.
PATIENCE = 10

Effect = Callable[[Upload], Awaitable[None]]


class ScriptedHandler:
    """Does what the test says, and remembers what it was asked."""

    def __init__(self, effect: Effect | None = None) -> None:
        self._effect = effect
        self.handled: list[Upload] = []
        self.failures: list[tuple[Upload, Failure]] = []
        self.cleared: list[Upload] = []

    async def handle(self, upload: Upload) -> None:
        self.handled.append(upload)
        if self._effect is not None:
            await self._effect(upload)

    async def fail(self, upload: Upload, failure: Failure) -> None:
        self.failures.append((upload, failure))

    async def clear(self, upload: Upload) -> None:
        self.cleared.append(upload)


def make_upload() -> Upload:
    return Upload(ImageKey("owner", new_image_id()))


def body(*uploads: Upload) -> str:
    records = [
        {"eventName": "ObjectCreated:Post", "s3": {"object": {"key": original_key(upload.image)}}}
        for upload in uploads
    ]
    return json.dumps({"Records": records})


@asynccontextmanager
async def running(
    queue: MemoryQueue, handler: Handler, pace: ConsumerOptions = PACE
) -> AsyncIterator[Consumer]:
    stop = asyncio.Event()
    consumer = Consumer(queue, handler, pace)
    task = asyncio.create_task(consumer.run(stop))
    try:
        yield consumer
    finally:
        stop.set()
        await asyncio.wait_for(task, PATIENCE)


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(PATIENCE):
        while not condition():  # noqa: ASYNC110 - the condition is not ours to signal
            await asyncio.sleep(0.005)


def failing(error: Exception, times: int = 1_000_000) -> Effect:
    left = iter(range(times))

    async def effect(_: Upload) -> None:
        if next(left, None) is not None:
            raise error

    return effect


async def test_a_handled_message_is_deleted() -> None:
    queue, handler, upload = MemoryQueue(), ScriptedHandler(), make_upload()
    queue.send(body(upload))
    async with running(queue, handler):
        await until(lambda: not len(queue))
    assert handler.handled == [upload]
    assert queue.dead == []


async def test_every_record_of_a_message_is_handled() -> None:
    queue, handler = MemoryQueue(), ScriptedHandler()
    uploads = [make_upload() for _ in range(3)]
    queue.send(body(*uploads))
    async with running(queue, handler):
        await until(lambda: not len(queue))
    assert handler.handled == uploads


async def test_a_test_event_is_acknowledged() -> None:
    queue, handler = MemoryQueue(), ScriptedHandler()
    queue.send('{"Event": "s3:TestEvent"}')
    async with running(queue, handler):
        await until(lambda: not len(queue))
    assert handler.handled == []


async def test_a_rejected_picture_is_failed_and_its_message_deleted() -> None:
    queue, upload = MemoryQueue(), make_upload()
    handler = ScriptedHandler(failing(Rejected("broken_image", "It is broken.")))
    queue.send(body(upload))
    async with running(queue, handler):
        await until(lambda: not len(queue))
    assert handler.failures == [(upload, Failure(code="broken_image", message="It is broken."))]
    assert len(handler.handled) == 1


async def test_a_gone_image_is_cleared_and_its_message_deleted() -> None:
    queue, upload = MemoryQueue(), make_upload()
    handler = ScriptedHandler(failing(Gone()))
    queue.send(body(upload))
    async with running(queue, handler):
        await until(lambda: not len(queue))
    assert handler.cleared == [upload]
    assert handler.failures == []


async def test_a_passing_fault_is_tried_again() -> None:
    queue, upload = MemoryQueue(max_receives=10), make_upload()
    handler = ScriptedHandler(failing(ConnectionError(), times=3))
    queue.send(body(upload))
    async with running(queue, handler):
        await until(lambda: not len(queue))
    assert handler.handled == [upload] * 4
    assert handler.failures == []
    assert queue.dead == []


async def test_work_that_takes_too_long_is_tried_again() -> None:
    queue, upload = MemoryQueue(), make_upload()
    stuck = iter([True])

    async def effect(_: Upload) -> None:
        if next(stuck, False):
            await asyncio.sleep(3600)

    handler = ScriptedHandler(effect)
    queue.send(body(upload))
    async with running(queue, handler, replace(PACE, handling=0.05)):
        await until(lambda: not len(queue))
    assert handler.handled == [upload] * 2


async def test_one_bad_message_does_not_touch_its_neighbours() -> None:
    """Failure is per message: the good ones of the same batch are handled once."""
    queue, bad = MemoryQueue(max_receives=5), make_upload()
    good = [make_upload() for _ in range(9)]

    async def effect(upload: Upload) -> None:
        if upload == bad:
            raise ConnectionError

    handler = ScriptedHandler(effect)
    for upload in [*good[:5], bad, *good[5:]]:
        queue.send(body(upload))
    async with running(queue, handler, replace(PACE, concurrency=10)):
        await until(lambda: len(queue.dead) == 1)
    counts = Counter(handler.handled)
    assert {counts[upload] for upload in good} == {1}
    assert queue.dead == [body(bad)]


async def test_a_message_that_always_fails_ends_failed_and_set_aside() -> None:
    """Of ten deliveries eight are worked on; `failed` is written before the queue lets go."""
    queue, upload = MemoryQueue(max_receives=10), make_upload()
    handler = ScriptedHandler(failing(ConnectionError()))
    queue.send(body(upload))
    async with running(queue, handler):
        await until(lambda: len(queue.dead) == 1)
    assert len(handler.handled) == 8
    assert set(handler.failures) == {(upload, RETRIES_EXHAUSTED)}


async def test_a_message_that_kills_the_process_ends_failed_too() -> None:
    """Eight deliveries went unanswered; the ninth is not worked on any more."""
    queue, handler, upload = MemoryQueue(max_receives=10), ScriptedHandler(), make_upload()
    queue.send(body(upload))
    for _ in range(8):
        (message,) = await queue.receive(1, 0)
        await queue.release(message, 0)
    async with running(queue, handler):
        await until(lambda: len(queue.dead) == 1)
    assert handler.handled == []
    assert set(handler.failures) == {(upload, RETRIES_EXHAUSTED)}


async def test_a_failure_that_cannot_be_written_is_written_at_the_next_delivery() -> None:
    queue, upload = MemoryQueue(max_receives=10), make_upload()
    broken = iter([True])

    class Handler(ScriptedHandler):
        async def fail(self, upload: Upload, failure: Failure) -> None:
            if next(broken, False):
                raise ConnectionError
            await super().fail(upload, failure)

    handler = Handler(failing(ConnectionError()))
    queue.send(body(upload))
    async with running(queue, handler):
        await until(lambda: len(queue.dead) == 1)
    assert set(handler.failures) == {(upload, RETRIES_EXHAUSTED)}


async def test_an_unreadable_message_is_set_aside() -> None:
    queue, handler = MemoryQueue(max_receives=4), ScriptedHandler()
    queue.send("hello")
    async with running(queue, handler):
        await until(lambda: queue.dead == ["hello"])
    assert (handler.handled, handler.failures) == ([], [])


async def test_no_more_messages_are_taken_than_there_are_places() -> None:
    """What waits behind a full consumer stays visible to others."""
    queue, release = MemoryQueue(), asyncio.Event()
    running_now, most = 0, 0

    async def effect(_: Upload) -> None:
        nonlocal running_now, most
        running_now += 1
        most = max(most, running_now)
        await release.wait()
        running_now -= 1

    handler = ScriptedHandler(effect)
    for _ in range(10):
        queue.send(body(make_upload()))
    async with running(queue, handler, replace(PACE, concurrency=3)) as consumer:
        await until(lambda: consumer.in_flight == 3)
        assert len(await queue.receive(10, 0)) == 7
        release.set()
        await until(lambda: len(queue) == 7)
    assert most == 3


async def test_deletions_go_in_batches() -> None:
    batches: list[int] = []

    class Queue(MemoryQueue):
        async def delete(self, messages: Sequence[Message]) -> None:
            batches.append(len(messages))
            await super().delete(messages)

    queue = Queue()
    for _ in range(40):
        queue.send(body(make_upload()))
    async with running(queue, ScriptedHandler(), replace(PACE, concurrency=40)):
        await until(lambda: not len(queue))
    assert sum(batches) == 40
    assert max(batches) == 10
    assert len(batches) < 20


async def test_a_deletion_that_fails_is_made_up_for_by_the_next_delivery() -> None:
    broken = iter([True])

    class Queue(MemoryQueue):
        async def delete(self, messages: Sequence[Message]) -> None:
            if next(broken, False):
                raise ConnectionError
            await super().delete(messages)

    queue, handler, upload = Queue(visibility=0.1), ScriptedHandler(), make_upload()
    queue.send(body(upload))
    async with running(queue, handler):
        await until(lambda: not len(queue))
    assert handler.handled == [upload] * 2


async def test_long_work_is_not_delivered_twice() -> None:
    """The heartbeat hides a message for as long as its work takes."""
    queue = MemoryQueue(visibility=0.3)

    async def effect(_: Upload) -> None:
        await asyncio.sleep(1)

    handler = ScriptedHandler(effect)
    queue.send(body(make_upload()))
    async with running(queue, handler):
        await until(lambda: not len(queue))
    assert len(handler.handled) == 1


async def test_a_queue_that_is_away_for_a_while_stops_nothing() -> None:
    broken = iter(range(5))

    class Queue(MemoryQueue):
        async def receive(self, limit: int, wait: float) -> list[Message]:
            if next(broken, None) is not None:
                raise ConnectionError
            return await super().receive(limit, wait)

    queue, handler = Queue(), ScriptedHandler()
    queue.send(body(make_upload()))
    async with running(queue, handler) as consumer:
        await until(lambda: not len(queue))
        assert consumer.is_turning()


async def test_stopping_lets_work_in_flight_finish() -> None:
    queue, begun = MemoryQueue(), asyncio.Event()

    async def effect(_: Upload) -> None:
        begun.set()
        await asyncio.sleep(0.1)

    handler = ScriptedHandler(effect)
    queue.send(body(make_upload()))
    async with running(queue, handler):
        await asyncio.wait_for(begun.wait(), PATIENCE)
    assert len(queue) == 0


async def test_stopping_hands_back_what_does_not_finish_in_time() -> None:
    """Others can have it at once, long before its hidden time is up."""
    queue, begun = MemoryQueue(visibility=3600), asyncio.Event()

    async def effect(_: Upload) -> None:
        begun.set()
        await asyncio.sleep(3600)

    queue.send(body(make_upload()))
    async with running(queue, ScriptedHandler(effect), replace(PACE, handling=3600, drain=0.05)):
        await asyncio.wait_for(begun.wait(), PATIENCE)
    assert len(await queue.receive(1, 0)) == 1


async def test_a_stopped_consumer_takes_nothing_more() -> None:
    queue, handler = MemoryQueue(), ScriptedHandler()
    async with running(queue, handler):
        pass
    queue.send(body(make_upload()))
    await asyncio.sleep(0.05)
    assert len(queue) == 1


async def test_a_queue_that_hangs_keeps_nobody_from_stopping(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A platform kills whoever does not stop, and what is in flight with it."""
    monkeypatch.setattr(consumer, "POLL_GRACE_SECONDS", 0.01)
    monkeypatch.setattr(consumer, "SETTLE_TIMEOUT_SECONDS", 0.01)

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
            raise AssertionError("nothing wakes it")

    async def hang(_: Upload) -> None:
        await asyncio.Event().wait()

    for handler in (ScriptedHandler(), ScriptedHandler(hang)):
        queue = Queue(visibility=1000)
        queue.send(body(make_upload()))
        async with running(queue, handler, replace(PACE, drain=0.01)):
            await until(lambda queue=queue: queue.hanging > 0)  # type: ignore[misc]
        # The poll, and then either what was handled or what was not.
        assert queue.hanging == 2
        assert len(queue) == 1


async def test_a_side_task_that_dies_ends_the_consumer() -> None:
    class Queue(MemoryQueue):
        @property
        def visibility(self) -> float:
            raise ZeroDivisionError

        @visibility.setter
        def visibility(self, value: float) -> None:
            pass

    consumer = Consumer(Queue(), ScriptedHandler(), PACE)
    with pytest.raises(ExceptionGroup) as caught:
        await asyncio.wait_for(consumer.run(asyncio.Event()), PATIENCE)
    assert caught.group_contains(ZeroDivisionError)


async def test_the_task_is_protected_while_it_works() -> None:
    """A protection that cannot be had stops nothing."""
    wishes: list[bool] = []
    release = asyncio.Event()

    class Protection:
        async def set(self, wanted: bool) -> None:
            wishes.append(wanted)
            raise ConnectionError

    async def effect(_: Upload) -> None:
        await release.wait()

    queue, stop = MemoryQueue(), asyncio.Event()
    pace = replace(PACE, guard=0.01)
    consumer = Consumer(queue, ScriptedHandler(effect), pace, Protection())
    task = asyncio.create_task(consumer.run(stop))
    await until(lambda: False in wishes)
    queue.send(body(make_upload()))
    await until(lambda: True in wishes)
    release.set()
    await until(lambda: not len(queue) and not wishes[-1])
    stop.set()
    await asyncio.wait_for(task, PATIENCE)
    assert wishes[-1] is False
