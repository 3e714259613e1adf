"""Sharing a consumer between owners, in simulated time: nothing waits behind another's backlog."""

import asyncio
import json
import random
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager

import pytest
from botocore.exceptions import EndpointConnectionError
from hypothesis import given
from hypothesis import strategies as st

from sightline.adapters.aws.outages import is_outage
from sightline.adapters.memory import MemoryQueue
from sightline.consumer.lanes import Delivery, Lanes
from sightline.consumer.loop import Consumer, ConsumerOptions, Fairness
from sightline.consumer.messages import find_owner
from sightline.consumer.settlement import Failed, Handled, Outcome
from sightline.domain.ids import new_image_id
from sightline.domain.object_keys import ImageKey, original_key
from sightline.ports.queues import GroupedMessage, Message
from sightline_testing.simulated_time import Simulate

#: Time that one image takes.
UNIT_SECONDS = 1.0

#: Time that a call of the queue takes.
CALL_SECONDS = 0.01

MAX_RECEIVES = 4

OPTIONS = ConsumerOptions(part="recognition", concurrency=4, is_outage=is_outage)


class WakingQueue(MemoryQueue):
    """A queue in memory whose calls take time, and whose poll ends when a message is sent."""

    def __init__(self) -> None:
        super().__init__(visibility=30, max_receives=MAX_RECEIVES)
        self.is_down = False
        self._sent = asyncio.Event()

    def send(self, body: str, delay: float = 0) -> None:
        super().send(body, delay)
        self._sent.set()

    async def receive(self, limit: int, wait: float) -> list[Message]:
        await asyncio.sleep(CALL_SECONDS)
        self._sent.clear()
        messages = await super().receive(limit, 0)
        if not messages and wait:
            try:
                await asyncio.wait_for(self._sent.wait(), wait)
            except TimeoutError:
                return []
            messages = await super().receive(limit, 0)
        return messages

    async def put(self, messages: Sequence[GroupedMessage]) -> list[Message]:
        await asyncio.sleep(CALL_SECONDS)
        if self.is_down:
            raise EndpointConnectionError(endpoint_url="http://sqs")
        moved = await super().put(messages)
        self._sent.set()
        return moved


class FairQueue(WakingQueue):
    """Delivers the messages of the owner with the fewest in flight first, as SQS does by group."""

    def _take(self, limit: int) -> list[Message]:
        return [message for _ in range(limit) for message in self._take_next()]

    def _take_next(self) -> list[Message]:
        now = time.monotonic()
        owners = {each.message_id: find_owner(each.body) for each in self._entries.values()}
        hidden = Counter(
            owners[each.message_id] for each in self._entries.values() if each.visible_at > now
        )
        by_share = sorted(self._entries, key=lambda each: hidden[owners[each]])
        self._entries = {each: self._entries[each] for each in by_share}
        return super()._take(1)


class Crowd:
    """A consumer, its queues, and a handler that takes one unit of time for each image."""

    def __init__(self, options: ConsumerOptions = OPTIONS, *, is_fair: bool = False) -> None:
        self.options = options
        self.queue, self.backlog = WakingQueue(), FairQueue() if is_fair else WakingQueue()
        self.is_down = False
        self.sent_at: dict[str, float] = {}
        self.ended_at: dict[str, float] = {}
        self.receives: Counter[int] = Counter()
        self.begun: Counter[str | None] = Counter()

    def upload(self, owner: str) -> str:
        key = original_key(ImageKey(owner, new_image_id()))
        body = json.dumps(
            {"Records": [{"eventName": "ObjectCreated:Post", "s3": {"object": {"key": key}}}]}
        )
        self.queue.send(body)
        self.sent_at[body] = time.monotonic()
        return body

    async def attempt(self, message: Message, max_receives: int | None) -> Outcome:
        self.begun[find_owner(message.body)] += 1
        await asyncio.sleep(UNIT_SECONDS)
        if self.is_down:
            return Failed(EndpointConnectionError(endpoint_url="http://dependency"))
        self.receives[message.receive_count] += 1
        self.ended_at.setdefault(message.body, time.monotonic())
        return Handled()

    @asynccontextmanager
    async def consuming(self, *, is_fair: bool = True) -> AsyncIterator[Consumer]:
        stop = asyncio.Event()
        fairness = Fairness(self.backlog, find_owner) if is_fair else None
        consumer = Consumer(self.queue, self, self.options, fairness=fairness)
        task = asyncio.create_task(consumer.run(stop))
        try:
            yield consumer
        finally:
            stop.set()
            await task

    async def wait_for(self, condition: Callable[[], bool]) -> None:
        while not condition():  # noqa: ASYNC110 - nothing signals the condition
            await asyncio.sleep(0.1)

    async def measure_delay(self, owner: str) -> float:
        """Upload an image of the owner; return the seconds until it is processed."""
        body = self.upload(owner)
        await self.wait_for(lambda: body in self.ended_at)
        return self.ended_at[body] - self.sent_at[body]

    @property
    def unsettled(self) -> int:
        return len(self.queue) + len(self.backlog)


@pytest.mark.parametrize(("concurrency", "count"), [(1, 1_000), (2, 1_000), (4, 10_000)])
def test_a_single_upload_does_not_wait_for_the_backlog_of_another(
    simulate: Simulate, concurrency: int, count: int
) -> None:
    async def test() -> None:
        crowd = Crowd(ConsumerOptions(concurrency=concurrency))
        async with crowd.consuming():
            alone = await crowd.measure_delay("quiet")
            for _ in range(count):
                crowd.upload("greedy")
            # Sent to a queue that is full already.
            await crowd.measure_delay("early")
            delays = [await crowd.measure_delay(f"quiet-{number}") for number in range(20)]
        assert max(delays) <= 2 * alone + UNIT_SECONDS
        # None of them is merely late: the crowd is still there.
        assert crowd.unsettled > 0.8 * count

    simulate(test())


def test_without_a_backlog_queue_the_order_is_that_of_the_messages(simulate: Simulate) -> None:
    async def test() -> None:
        crowd = Crowd()
        async with crowd.consuming(is_fair=False):
            for _ in range(100):
                crowd.upload("greedy")
            assert await crowd.measure_delay("quiet") > 25 * UNIT_SECONDS
        assert not len(crowd.backlog)

    simulate(test())


def test_owners_with_backlogs_share_the_places(simulate: Simulate) -> None:
    async def test() -> None:
        crowd = Crowd(is_fair=True)
        async with crowd.consuming():
            for _ in range(80):
                crowd.upload("first")
            await asyncio.sleep(UNIT_SECONDS / 2)
            for _ in range(80):
                crowd.upload("second")
            await asyncio.sleep(2 * UNIT_SECONDS)
            crowd.begun.clear()
            await asyncio.sleep(20 * UNIT_SECONDS)
            assert abs(crowd.begun["first"] - crowd.begun["second"]) <= OPTIONS.concurrency

    simulate(test())


def test_one_owner_alone_has_every_place(simulate: Simulate) -> None:
    async def test() -> None:
        crowd = Crowd()
        async with crowd.consuming():
            started = time.monotonic()
            for _ in range(400):
                crowd.upload("greedy")
            await crowd.wait_for(lambda: len(crowd.ended_at) == 400)
            assert time.monotonic() - started < 1.1 * 400 * UNIT_SECONDS / OPTIONS.concurrency

    simulate(test())


def test_the_oldest_images_of_an_owner_come_first(simulate: Simulate) -> None:
    """An owner that goes on uploading does not leave its first images behind."""

    async def test() -> None:
        crowd = Crowd()
        async with crowd.consuming():
            first = [crowd.upload("greedy") for _ in range(100)]
            while not all(body in crowd.ended_at for body in first):
                crowd.upload("greedy")
                await asyncio.sleep(UNIT_SECONDS / 8)
        assert max(crowd.ended_at[body] - crowd.sent_at[body] for body in first) < 60 * UNIT_SECONDS

    simulate(test())


def test_deferring_spends_no_delivery(simulate: Simulate) -> None:
    """Nor do consumers that stop while messages wait: more often than messages are received."""

    async def test() -> None:
        crowd = Crowd()
        for _ in range(200):
            crowd.upload("greedy")
        for _ in range(3 * MAX_RECEIVES):
            async with crowd.consuming():
                await asyncio.sleep(2 * UNIT_SECONDS)
        async with crowd.consuming():
            await crowd.wait_for(lambda: not crowd.unsettled)
        assert crowd.receives == {1: 200}
        assert len(crowd.ended_at) == 200
        assert crowd.queue.dead == crowd.backlog.dead == []

    simulate(test())


def test_an_outage_of_hours_spends_no_delivery_of_what_waits(simulate: Simulate) -> None:
    async def test() -> None:
        crowd = Crowd()
        async with crowd.consuming() as consumer:
            for _ in range(100):
                crowd.upload("greedy")
            await asyncio.sleep(UNIT_SECONDS / 2)
            crowd.is_down = True
            for _ in range(2 * 6):
                await asyncio.sleep(1800)
                assert consumer.is_circuit_open
                assert consumer.is_alive()
            assert consumer.waiting == 0
            crowd.is_down = False
            await crowd.wait_for(lambda: not crowd.unsettled)
        assert len(crowd.ended_at) == 100
        assert crowd.queue.dead == crowd.backlog.dead == []

    simulate(test())


def test_messages_wait_in_the_consumer_if_the_backlog_queue_is_down(simulate: Simulate) -> None:
    async def test() -> None:
        crowd = Crowd()
        crowd.backlog.is_down = True
        async with crowd.consuming() as consumer:
            for _ in range(50):
                crowd.upload("greedy")
            await asyncio.sleep(3 * UNIT_SECONDS)
            # They are received no faster than they are processed, and stay hidden.
            assert OPTIONS.concurrency <= consumer.waiting <= 2 * OPTIONS.concurrency + 10
            await crowd.wait_for(lambda: not crowd.unsettled)
        assert crowd.receives == {1: 50}

    simulate(test())


def make_delivery(owner: str, sent_at: float, queue: MemoryQueue) -> Delivery:
    number = f"{owner}-{sent_at}"
    return Delivery(Message(number, number, "", 1, sent_at), queue, owner)


async def test_the_newest_messages_exceed_a_lane() -> None:
    queue, backlog = MemoryQueue(), MemoryQueue()
    lanes = Lanes(size=2)
    for sent_at in (5, 1, 4, 3):
        lanes.add(make_delivery("greedy", sent_at, queue))
    lanes.add(make_delivery("greedy", 9, backlog))
    lanes.add(make_delivery("quiet", 8, queue))
    excess = lanes.take_excess(queue)
    assert [each.message.sent_at for each in excess] == [3, 4, 5]
    assert len(lanes) == 3
    assert lanes.count(backlog) == 1


@given(
    places=st.integers(1, 8),
    events=st.lists(st.sampled_from(["a", "b", "c", "end"]), max_size=60),
    seed=st.randoms(use_true_random=False),
)
def test_no_owner_begins_beyond_half_of_the_places_while_another_waits(
    places: int, events: list[str], seed: random.Random
) -> None:
    queue, lanes, in_flight = MemoryQueue(), Lanes(size=100), list[str | None]()
    for number, event in enumerate(events):
        if event != "end":
            lanes.add(make_delivery(event, number, queue))
        elif in_flight:
            in_flight.remove(seed.choice(in_flight))
        while len(in_flight) < places and (delivery := lanes.pop(Counter(in_flight))):
            in_flight.append(delivery.owner)
            others = [each for each in lanes if each.owner != delivery.owner]
            assert not others or in_flight.count(delivery.owner) <= (places + 1) // 2


async def test_owners_take_turns() -> None:
    queue = MemoryQueue()
    lanes = Lanes(size=10)
    for owner in ("a", "a", "a", "b", "b"):
        lanes.add(make_delivery(owner, len(lanes), queue))
    turns = []
    while (delivery := lanes.pop({})) is not None:
        turns.append(delivery.owner)
    assert turns == ["a", "b", "a", "b", "a"]


async def test_messages_do_not_wait_as_long_as_new_owners_come() -> None:
    """Each time the consumer ended meanwhile, a delivery of what waits would be spent."""
    queue, lanes = MemoryQueue(), Lanes(size=2)
    for number in range(2):
        lanes.add(make_delivery("a", number, queue))
    turns = []
    for number in range(20):
        lanes.add(make_delivery(f"new {number}", number, queue))
        delivery = lanes.pop({})
        assert delivery is not None
        turns.append(delivery.owner)
    # Only owners that come within four turns, twice the size of a lane, go before it.
    assert [turn for turn, owner in enumerate(turns) if owner == "a"] == [0, 6]
