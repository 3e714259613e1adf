"""The event queue of a task: subscription, lease, loss, and removal after a crash."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest

from api.conftest import TIMEOUT_SECONDS
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
from sightline.domain.ids import new_album_id
from sightline.event_publisher import EventPublisher
from sightline.ports.event_queues import Registration
from sightline.ports.queues import Message
from sightline_api.events.broker import Broker
from sightline_api.events.reaper import Reaper
from sightline_api.events.subscriber import EventSubscriber
from sightline_testing.builders import new_owner

LEASE_SECONDS = 120
START = 1_800_000_000


class SubscriberHarness:
    """The subscriber and the reaper of a gateway task over memory, with one subscribed client."""

    def __init__(self) -> None:
        self.now = float(START)
        self.topic = MemoryTopic()
        self.queues = MemoryEventQueues(self.topic)
        self.registry = MemoryEventQueueRegistry()
        self.broker = Broker(max_streams=5)
        self.owner = new_owner()
        self.subscription = self.broker.subscribe(self.owner)
        self.subscriber = self._make_subscriber()
        self.reaper = Reaper(self.queues, self.registry, LEASE_SECONDS, self.clock)

    def clock(self) -> float:
        return self.now

    def _make_subscriber(self) -> EventSubscriber:
        return EventSubscriber(
            self.queues,
            self.registry,
            self.broker,
            memory_tables().images,
            "events-",
            LEASE_SECONDS,
            Backoff(first=0.01, longest=0.01),
            self.clock,
        )

    async def publish(self) -> None:
        """Publish an event of an album."""
        event = album_event(AlbumKey(self.owner, new_album_id()), "created")
        await EventPublisher(self.topic).publish(event)

    async def take_names(self) -> list[str]:
        """Wait for events, and return the names of all that are pending."""
        events = (await self.subscription.take(TIMEOUT_SECONDS)).decode()
        return [line[7:] for line in events.splitlines() if line.startswith("event: ")]

    async def queue_name(self) -> str:
        """Return the name of the only event queue."""
        (name,) = await self.queues.names()
        return name


async def wait_until(condition: Callable[[], Awaitable[bool]]) -> None:
    async with asyncio.timeout(TIMEOUT_SECONDS):
        while not await condition():  # noqa: ASYNC110 - the conditions have no event
            await asyncio.sleep(0.01)


@pytest.fixture
async def harness() -> AsyncIterator[SubscriberHarness]:
    """A harness whose subscriber is running; it must leave nothing behind."""
    harness = SubscriberHarness()
    task = asyncio.create_task(harness.subscriber.run())
    # Clients that connected before the subscriber are reset.
    assert await harness.take_names() == ["reset"]
    yield harness
    task.cancel()
    await asyncio.wait([task])
    await harness.subscriber.close()
    assert await harness.queues.names() == set()
    assert await harness.registry.list() == []


async def test_a_published_event_is_delivered_and_its_message_deleted(
    harness: SubscriberHarness,
) -> None:
    await harness.publish()
    assert await harness.take_names() == ["album"]
    (queue,) = harness.topic.queues
    await wait_until(lambda: _is_empty(queue))


async def _is_empty(queue: MemoryQueue) -> bool:
    return len(queue) == 0


async def test_an_invalid_message_is_logged_and_deleted(
    harness: SubscriberHarness, caplog: pytest.LogCaptureFixture
) -> None:
    await harness.topic.publish("invalid")
    await harness.publish()
    assert await harness.take_names() == ["album"]
    assert "invalid events message" in caplog.messages
    (queue,) = harness.topic.queues
    await wait_until(lambda: _is_empty(queue))


async def test_a_running_task_renews_its_lease(harness: SubscriberHarness) -> None:
    name = await harness.queue_name()
    assert await harness.registry.list() == [Registration(name, START + LEASE_SECONDS)]
    harness.now += LEASE_SECONDS / 3
    renewed = Registration(name, int(START + LEASE_SECONDS / 3 + LEASE_SECONDS))

    async def is_renewed() -> bool:
        # The subscriber checks the time after each receive; an event ends the current one.
        await harness.publish()
        return await harness.registry.list() == [renewed]

    await wait_until(is_renewed)


async def test_a_lost_queue_is_replaced(harness: SubscriberHarness) -> None:
    name = await harness.queue_name()
    await harness.queues.remove(name)
    assert await harness.take_names() == ["reset"]
    assert await harness.queue_name() != name
    assert [each.name for each in await harness.registry.list()] == [await harness.queue_name()]
    await harness.publish()
    assert await harness.take_names() == ["album"]


async def test_a_task_that_lost_its_lease_opens_another_queue(harness: SubscriberHarness) -> None:
    """The task was suspended for longer than its lease, so a reaper claimed its queue."""
    name = await harness.queue_name()
    (registration,) = await harness.registry.list()
    assert await harness.registry.claim_removal(registration, START + 10 * LEASE_SECONDS)
    harness.now += LEASE_SECONDS
    await harness.publish()
    assert await harness.take_names() == ["album"]
    assert await harness.take_names() == ["reset"]
    assert await harness.queue_name() != name


async def test_an_outage_resets_every_client_and_keeps_the_queue(
    harness: SubscriberHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    name, has_failed = await harness.queue_name(), asyncio.Event()
    receive = MemoryQueue.receive

    async def fail(self: MemoryQueue, limit: int, wait: float) -> list[Message]:
        has_failed.set()
        raise ConnectionError

    (queue,) = harness.topic.queues
    monkeypatch.setattr(MemoryQueue, "receive", fail)
    # The receive in progress still returns this event.
    await harness.publish()
    await has_failed.wait()
    monkeypatch.setattr(MemoryQueue, "receive", receive)
    assert await harness.take_names() == ["album"]
    assert await harness.take_names() == ["reset"]
    await harness.publish()
    assert await harness.take_names() == ["album"]
    assert await harness.queue_name() == name
    assert harness.topic.queues == [queue]


async def test_subscribing_is_retried_until_it_succeeds(monkeypatch: pytest.MonkeyPatch) -> None:
    harness, attempts = SubscriberHarness(), 0
    open_queue = harness.queues.open

    async def fail(name: str) -> MemoryQueue:
        nonlocal attempts
        attempts += 1
        if attempts < 3:
            raise ConnectionError
        return await open_queue(name)

    monkeypatch.setattr(harness.queues, "open", fail)
    task = asyncio.create_task(harness.subscriber.run())
    assert await harness.take_names() == ["reset"]
    # All attempts use the same name, so a failed one leaves nothing behind.
    assert [each.name for each in await harness.registry.list()] == [await harness.queue_name()]
    task.cancel()


async def test_a_queue_that_cannot_be_removed_at_shutdown_is_reaped_later(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    harness = SubscriberHarness()

    async def fail(_: str) -> None:
        raise ConnectionError

    task = asyncio.create_task(harness.subscriber.run())
    await harness.take_names()
    task.cancel()
    await asyncio.wait([task])
    with monkeypatch.context() as patch:
        patch.setattr(harness.queues, "remove", fail)
        await harness.subscriber.close()
    assert "could not remove the event queue" in caplog.messages
    harness.now += 2 * LEASE_SECONDS + 1
    await harness.reaper.reap()
    assert await harness.queues.names() == set()
    assert await harness.registry.list() == []


# The reaper.


async def add_queue(harness: SubscriberHarness, name: str, alive_until: float) -> None:
    """Register and open the queue of another task."""
    await harness.registry.add(name, int(alive_until))
    await harness.queues.open(name)


async def test_reaping_removes_queues_whose_lease_expired_long_ago() -> None:
    harness = SubscriberHarness()
    await add_queue(harness, "dead", START - LEASE_SECONDS - 1)
    await add_queue(harness, "expired_recently", START - LEASE_SECONDS)
    await add_queue(harness, "alive", START + 1)
    await harness.reaper.reap()
    assert await harness.queues.names() == {"alive", "expired_recently"}
    assert {each.name for each in await harness.registry.list()} == {"alive", "expired_recently"}


async def test_reaping_removes_unregistered_queues() -> None:
    """A task may open a queue after its registration was reaped, and then crash."""
    harness = SubscriberHarness()
    await harness.queues.open("unknown")
    await add_queue(harness, "alive", START + 1)
    await harness.reaper.reap()
    assert await harness.queues.names() == {"alive"}


async def test_reaping_removes_registrations_without_a_queue() -> None:
    harness = SubscriberHarness()
    await harness.registry.add("dead", START - LEASE_SECONDS - 1)
    await harness.reaper.reap()
    assert await harness.registry.list() == []


async def test_reaping_keeps_a_queue_that_is_being_opened() -> None:
    """It is registered first: a reaper that finds the queue also finds the registration."""
    harness = SubscriberHarness()
    names = harness.queues.names

    async def names_after_opening() -> set[str]:
        await add_queue(harness, "new", START + LEASE_SECONDS)
        return await names()

    harness.queues.names = names_after_opening  # type: ignore[method-assign]
    await harness.reaper.reap()
    assert await names() == {"new"}


async def test_only_one_of_two_concurrent_reapers_removes_a_queue(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    harness, removed = SubscriberHarness(), []
    await add_queue(harness, "dead", START - LEASE_SECONDS - 1)
    remove = harness.queues.remove

    async def count(name: str) -> None:
        removed.append(name)
        # The other reaper runs now.
        await asyncio.sleep(0)
        await remove(name)

    monkeypatch.setattr(harness.queues, "remove", count)
    other = Reaper(harness.queues, harness.registry, LEASE_SECONDS, harness.clock)
    await asyncio.gather(harness.reaper.reap(), other.reap())
    assert removed == ["dead"]
    assert await harness.registry.list() == []


@pytest.mark.parametrize("removed", [False, True])
async def test_interrupted_reaping_is_repeated_after_the_lease(
    removed: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whether the queue was removed or not. Not earlier: the first reaper may only be slow."""
    harness = SubscriberHarness()
    await add_queue(harness, "dead", START - LEASE_SECONDS - 1)
    remove = harness.queues.remove

    async def crash(name: str) -> None:
        if removed:
            await remove(name)
        raise ConnectionError

    with monkeypatch.context() as patch:
        patch.setattr(harness.queues, "remove", crash)
        with pytest.raises(ConnectionError):
            await harness.reaper.reap()
    await harness.reaper.reap()
    assert len(await harness.registry.list()) == 1
    harness.now += 2 * LEASE_SECONDS + 1
    await harness.reaper.reap()
    assert await harness.queues.names() == set()
    assert await harness.registry.list() == []


async def test_reaping_continues_after_a_failure(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    harness = SubscriberHarness()
    reaper = Reaper(harness.queues, harness.registry, 0.01, harness.clock)
    await add_queue(harness, "dead", START - LEASE_SECONDS)
    names, failed = harness.queues.names, False

    async def fail_once() -> set[str]:
        nonlocal failed
        if not failed:
            failed = True
            raise ConnectionError
        return await names()

    monkeypatch.setattr(harness.queues, "names", fail_once)
    task = asyncio.create_task(reaper.run())

    async def is_reaped() -> bool:
        return not await names()

    await wait_until(is_reaped)
    assert "could not reap event queues" in caplog.messages
    task.cancel()
