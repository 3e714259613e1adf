"""An inbox through its life, and what is left of it after its task's death."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest

from sightline.adapters.memory import (
    MemoryEventQueueRegistry,
    MemoryEventQueues,
    MemoryQueue,
    MemoryTopic,
    memory_tables,
)
from sightline.consumer.settlement import Backoff
from sightline.domain.albums import AlbumKey
from sightline.domain.events import album_event
from sightline.domain.ids import new_image_id
from sightline.event_publisher import EventPublisher
from sightline.ports.event_queues import Registration
from sightline.ports.queues import Message
from sightline_api.events.broker import Broker
from sightline_api.events.reaper import Reaper
from sightline_api.events.subscriber import EventSubscriber
from sightline_testing.builders import new_owner

LEASE = 120
START = 1_800_000_000


class Rig:
    """A gateway task's listener over memory, with somebody who waits for events."""

    def __init__(self) -> None:
        self.now = float(START)
        self.topic = MemoryTopic()
        self.inboxes = MemoryEventQueues(self.topic)
        self.register = MemoryEventQueueRegistry()
        self.hub = Broker(max_streams=5)
        self.owner = new_owner()
        self.subscription = self.hub.subscribe(self.owner)
        self.listener = self.make_listener()
        self.sweeper = Reaper(self.inboxes, self.register, LEASE, self.clock)

    def clock(self) -> float:
        return self.now

    def make_listener(self) -> EventSubscriber:
        backoff = Backoff(first=0.01, longest=0.01)
        tables = memory_tables()
        return EventSubscriber(
            self.inboxes,
            self.register,
            self.hub,
            tables.images,
            "events-",
            LEASE,
            backoff,
            self.clock,
        )

    async def publish(self) -> str:
        album_id = new_image_id()
        await EventPublisher(self.topic).publish(
            album_event(AlbumKey(self.owner, album_id), "created")
        )
        return album_id

    async def told(self) -> list[str]:
        """The names of what comes next, all at once."""
        signals = (await self.subscription.take(10)).decode()
        return [line[7:] for line in signals.splitlines() if line.startswith("event: ")]

    async def name(self) -> str:
        (name,) = await self.inboxes.names()
        return name


async def until(condition: Callable[[], Awaitable[bool]]) -> None:
    async with asyncio.timeout(10):
        while not await condition():  # noqa: ASYNC110 - what is waited for is another's doing
            await asyncio.sleep(0.01)


@pytest.fixture
async def rig() -> AsyncIterator[Rig]:
    """One that listens."""
    rig = Rig()
    task = asyncio.create_task(rig.listener.run())
    # Whoever was there before it could hear reads everything anew.
    assert await rig.told() == ["reset"]
    yield rig
    task.cancel()
    await asyncio.wait([task])
    await rig.listener.close()
    assert await rig.inboxes.names() == set()
    assert await rig.register.list() == []


async def test_what_is_published_is_told(rig: Rig) -> None:
    await rig.publish()
    assert await rig.told() == ["album"]
    (queue,) = rig.topic.queues
    await until(lambda: _is_empty(queue))


async def _is_empty(queue: MemoryQueue) -> bool:
    return len(queue) == 0


async def test_what_cannot_be_read_is_passed_over(
    rig: Rig, caplog: pytest.LogCaptureFixture
) -> None:
    await rig.topic.publish("what?")
    await rig.publish()
    assert await rig.told() == ["album"]
    assert "invalid events message" in caplog.messages
    (queue,) = rig.topic.queues
    await until(lambda: _is_empty(queue))


async def test_the_register_hears_of_a_living_task(rig: Rig) -> None:
    name = await rig.name()
    assert await rig.register.list() == [Registration(name, START + LEASE)]
    rig.now += LEASE / 3
    # Each turn is a look at the time.
    await rig.publish()
    later = Registration(name, int(START + LEASE / 3 + LEASE))

    async def is_renewed() -> bool:
        await rig.publish()
        return await rig.register.list() == [later]

    await until(is_renewed)


async def test_an_inbox_that_vanished_is_replaced(rig: Rig) -> None:
    name = await rig.name()
    await rig.inboxes.remove(name)
    assert await rig.told() == ["reset"]
    assert await rig.name() != name
    assert [entry.name for entry in await rig.register.list()] == [await rig.name()]
    await rig.publish()
    assert await rig.told() == ["album"]


async def test_a_task_that_was_believed_dead_takes_another_inbox(rig: Rig) -> None:
    """It was only asleep: the sweep was right to remove what it had."""
    name = await rig.name()
    (entry,) = await rig.register.list()
    assert await rig.register.condemn(entry, START + 10 * LEASE)
    rig.now += LEASE
    await rig.publish()
    assert await rig.told() == ["album"]
    assert await rig.told() == ["reset"]
    assert await rig.name() != name


async def test_after_an_outage_everybody_reads_anew(
    rig: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And the inbox is the same as before."""
    name, away = await rig.name(), asyncio.Event()
    take = MemoryQueue.receive

    async def fail(self: MemoryQueue, limit: int, wait: float) -> list[Message]:
        away.set()
        raise ConnectionError

    (queue,) = rig.topic.queues
    monkeypatch.setattr(MemoryQueue, "receive", fail)
    # The receive that is under way still takes this one.
    await rig.publish()
    await away.wait()
    monkeypatch.setattr(MemoryQueue, "receive", take)
    assert await rig.told() == ["album"]
    assert await rig.told() == ["reset"]
    await rig.publish()
    assert await rig.told() == ["album"]
    assert await rig.name() == name
    assert rig.topic.queues == [queue]


async def test_it_begins_when_it_can(monkeypatch: pytest.MonkeyPatch) -> None:
    """A topic or queues that are away keep the gateway from nothing but listening."""
    rig, tried = Rig(), 0
    make = rig.inboxes.open

    async def fail(name: str) -> MemoryQueue:
        nonlocal tried
        tried += 1
        if tried < 3:
            raise ConnectionError
        return await make(name)

    monkeypatch.setattr(rig.inboxes, "open", fail)
    task = asyncio.create_task(rig.listener.run())
    assert await rig.told() == ["reset"]
    # One name for all attempts: none leaves anything behind.
    assert [entry.name for entry in await rig.register.list()] == [await rig.name()]
    task.cancel()


async def test_what_cannot_be_removed_at_the_end_is_left_to_a_sweep(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    rig = Rig()

    async def fail(_: str) -> None:
        raise ConnectionError

    task = asyncio.create_task(rig.listener.run())
    await rig.told()
    task.cancel()
    await asyncio.wait([task])
    with monkeypatch.context() as patch:
        patch.setattr(rig.inboxes, "remove", fail)
        await rig.listener.close()
    assert "could not remove the event queue" in caplog.messages
    rig.now += 2 * LEASE + 1
    await rig.sweeper.reap()
    assert await rig.inboxes.names() == set()
    assert await rig.register.list() == []


# Sweeps.


async def leave(rig: Rig, name: str, alive_until: float) -> None:
    await rig.register.add(name, int(alive_until))
    await rig.inboxes.open(name)


async def test_a_sweep_removes_what_the_dead_have_left() -> None:
    rig = Rig()
    await leave(rig, "dead", START - LEASE - 1)
    await leave(rig, "late", START - LEASE)
    await leave(rig, "alive", START + 1)
    await rig.sweeper.reap()
    assert await rig.inboxes.names() == {"alive", "late"}
    assert {entry.name for entry in await rig.register.list()} == {"alive", "late"}


async def test_a_sweep_removes_what_nobody_has_registered() -> None:
    """What a task made after it had been believed dead, before it died in truth."""
    rig = Rig()
    await rig.inboxes.open("unknown")
    await leave(rig, "alive", START + 1)
    await rig.sweeper.reap()
    assert await rig.inboxes.names() == {"alive"}


async def test_a_sweep_forgets_what_was_never_made() -> None:
    rig = Rig()
    await rig.register.add("dead", START - LEASE - 1)
    await rig.sweeper.reap()
    assert await rig.register.list() == []


async def test_an_inbox_that_is_being_made_is_spared() -> None:
    """It is registered first: a sweep that sees its queue sees its entry too."""
    rig = Rig()
    names = rig.inboxes.names

    async def make_meanwhile() -> set[str]:
        await leave(rig, "new", START + LEASE)
        return await names()

    rig.inboxes.names = make_meanwhile  # type: ignore[method-assign]
    await rig.sweeper.reap()
    assert await names() == {"new"}


async def test_two_sweeps_do_not_get_into_each_others_way(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """One of them removes; the other finds it condemned."""
    rig, removed = Rig(), []
    await leave(rig, "dead", START - LEASE - 1)
    remove = rig.inboxes.remove

    async def count(name: str) -> None:
        removed.append(name)
        await asyncio.sleep(0.01)
        await remove(name)

    monkeypatch.setattr(rig.inboxes, "remove", count)
    other = Reaper(rig.inboxes, rig.register, LEASE, rig.clock)
    await asyncio.gather(rig.sweeper.reap(), other.reap())
    assert removed == ["dead"]
    assert await rig.register.list() == []


@pytest.mark.parametrize("done", [False, True])
async def test_a_sweep_that_was_cut_off_is_done_again(
    done: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Before or after the queue had gone; not at once, for it may only be slow."""
    rig = Rig()
    await leave(rig, "dead", START - LEASE - 1)
    remove = rig.inboxes.remove

    async def crash(name: str) -> None:
        if done:
            await remove(name)
        raise ConnectionError

    with monkeypatch.context() as patch:
        patch.setattr(rig.inboxes, "remove", crash)
        with pytest.raises(ConnectionError):
            await rig.sweeper.reap()
    await rig.sweeper.reap()
    assert len(await rig.register.list()) == 1
    rig.now += 2 * LEASE + 1
    await rig.sweeper.reap()
    assert await rig.inboxes.names() == set()
    assert await rig.register.list() == []


async def test_sweeping_goes_on_after_a_failure(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    rig = Rig()
    sweeper = Reaper(rig.inboxes, rig.register, 0.01, rig.clock)
    await leave(rig, "dead", START - LEASE)
    names, failed = rig.inboxes.names, False

    async def fail_once() -> set[str]:
        nonlocal failed
        if not failed:
            failed = True
            raise ConnectionError
        return await names()

    monkeypatch.setattr(rig.inboxes, "names", fail_once)
    task = asyncio.create_task(sweeper.run())

    async def is_swept() -> bool:
        return not await names()

    await until(is_swept)
    assert "could not reap event queues" in caplog.messages
    task.cancel()
