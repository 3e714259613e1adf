"""The contracts of `DeadLetterQueue`, and of the `MessageSender` of its source queue."""

import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta

import pytest
from uuid_utils.compat import uuid4

from sightline.adapters.aws.clients import Clients
from sightline.adapters.aws.dead_letters import SqsDeadLetterQueue
from sightline.adapters.aws.sqs import SqsMessageSender, SqsQueue
from sightline.adapters.memory import MemoryDeadLetterQueue, MemoryMessageSender, MemoryQueue
from sightline.ports.dead_letters import DeadLetter, DeadLetterQueue
from sightline.ports.queues import MessageSender, Queue

#: High enough that no test waits.
FAST = 1000

MakeDeadLetterQueue = Callable[[MessageSender], DeadLetterQueue]


class DeadLetterHarness:
    """A dead-letter queue, its source queue, and access to both past the ports."""

    def __init__(
        self,
        make: MakeDeadLetterQueue,
        sender: MessageSender,
        source: Queue,
        add: Callable[[str], Awaitable[None]],
        count: Callable[[], Awaitable[int]],
    ) -> None:
        self.make = make
        self.dead_letters = make(sender)
        self.sender = sender
        self.add = add
        #: The number of messages in the dead-letter queue, hidden ones included.
        self.count = count
        self._source = source

    async def list_bodies(self, limit: int = 100) -> list[str]:
        return sorted(each.body for each in await self.dead_letters.list_messages(limit))

    async def redrive(
        self,
        limit: int = 100,
        accepts: Callable[[DeadLetter], bool] = lambda _: True,
        rate: float = FAST,
    ) -> list[str]:
        return sorted([each.body async for each in self.dead_letters.redrive(rate, limit, accepts)])

    async def receive_from_source(self) -> list[str]:
        bodies = []
        while messages := await self._source.receive(10, 0):
            bodies += [each.body for each in messages]
            await self._source.delete(messages)
        return sorted(bodies)


def open_memory_queues() -> DeadLetterHarness:
    queue = MemoryQueue()
    dead_letters = MemoryDeadLetterQueue(MemoryMessageSender(queue))

    def make(sender: MessageSender) -> DeadLetterQueue:
        dead_letters.source = sender
        return dead_letters

    async def add(body: str) -> None:
        dead_letters.add(body)

    async def count() -> int:
        return len(dead_letters)

    return DeadLetterHarness(make, MemoryMessageSender(queue), queue, add, count)


async def create_sqs_queues(clients: Clients) -> DeadLetterHarness:
    client = await clients.open("sqs")
    name = f"queue-{uuid4()}"
    url = (await client.create_queue(QueueName=name))["QueueUrl"]
    dead_url = (await client.create_queue(QueueName=f"{name}-dead"))["QueueUrl"]

    def make(sender: MessageSender) -> DeadLetterQueue:
        return SqsDeadLetterQueue(client, dead_url, sender)

    async def add(body: str) -> None:
        await client.send_message(QueueUrl=dead_url, MessageBody=body)

    async def count() -> int:
        answer = await client.get_queue_attributes(QueueUrl=dead_url, AttributeNames=["All"])
        visible = int(answer["Attributes"]["ApproximateNumberOfMessages"])
        hidden = int(answer["Attributes"]["ApproximateNumberOfMessagesNotVisible"])
        return visible + hidden

    source = await SqsQueue.open(client, url)
    return DeadLetterHarness(make, SqsMessageSender(client, url), source, add, count)


@pytest.fixture(params=["memory", "sqs"])
async def harness(request: pytest.FixtureRequest, clients: Clients) -> DeadLetterHarness:
    if request.param == "memory":
        return open_memory_queues()
    return await create_sqs_queues(clients)


async def test_sender_delivers_messages_to_its_queue(harness: DeadLetterHarness) -> None:
    await harness.sender.send("hello")
    assert await harness.receive_from_source() == ["hello"]


async def test_list_of_an_empty_queue_is_empty(harness: DeadLetterHarness) -> None:
    assert await harness.dead_letters.list_messages(10) == []


async def test_list_returns_each_message_once_and_leaves_it_in_the_queue(
    harness: DeadLetterHarness,
) -> None:
    bodies = [f"message {number:02}" for number in range(12)]
    for body in bodies:
        await harness.add(body)
    assert await harness.list_bodies() == bodies
    assert await harness.list_bodies() == bodies
    assert await harness.count() == 12


async def test_list_returns_no_more_than_its_limit(harness: DeadLetterHarness) -> None:
    for number in range(12):
        await harness.add(f"message {number}")
    assert len(await harness.list_bodies(limit=11)) == 11
    assert len(await harness.list_bodies()) == 12


async def test_list_returns_the_time_at_which_a_message_was_sent(
    harness: DeadLetterHarness,
) -> None:
    await harness.add("hello")
    (letter,) = await harness.dead_letters.list_messages(10)
    assert abs(letter.sent_at - datetime.now(UTC)) < timedelta(minutes=1)


async def test_redrive_moves_messages_to_the_source_queue(harness: DeadLetterHarness) -> None:
    bodies = [f"message {number:02}" for number in range(12)]
    for body in bodies:
        await harness.add(body)
    assert await harness.redrive() == bodies
    assert await harness.receive_from_source() == bodies
    assert await harness.count() == 0


async def test_redrive_moves_no_more_than_its_limit(harness: DeadLetterHarness) -> None:
    for number in range(3):
        await harness.add(f"message {number}")
    assert len(await harness.redrive(limit=2)) == 2
    assert len(await harness.receive_from_source()) == 2
    assert len(await harness.list_bodies()) == 1


async def test_redrive_leaves_rejected_messages_in_the_queue(harness: DeadLetterHarness) -> None:
    for body in ("bad 1", "good 1", "bad 2", "good 2"):
        await harness.add(body)
    moved = await harness.redrive(accepts=lambda letter: letter.body.startswith("good"))
    assert moved == ["good 1", "good 2"]
    assert await harness.receive_from_source() == ["good 1", "good 2"]
    assert await harness.list_bodies() == ["bad 1", "bad 2"]


async def test_redrive_does_not_count_rejected_messages_towards_its_limit(
    harness: DeadLetterHarness,
) -> None:
    for body in ("bad 1", "bad 2", "good"):
        await harness.add(body)
    assert await harness.redrive(limit=1, accepts=lambda letter: letter.body == "good") == ["good"]


async def test_redrive_keeps_to_its_rate(harness: DeadLetterHarness) -> None:
    for number in range(3):
        await harness.add(f"message {number}")
    started_at = time.monotonic()
    await harness.redrive(rate=20)
    assert time.monotonic() - started_at >= 3 / 20


async def test_redrive_sends_a_message_before_it_deletes_it(harness: DeadLetterHarness) -> None:
    """Interrupted between the two, it is sent again later, and never lost."""
    counts = []

    class Counting:
        async def send(self, body: str, delay: float = 0) -> None:
            counts.append(await harness.count())

    await harness.add("hello")
    redriven = harness.make(Counting()).redrive(FAST, 10, lambda _: True)
    assert [each.body async for each in redriven] == ["hello"]
    assert (counts, await harness.count()) == ([1], 0)


async def test_redrive_keeps_a_message_that_cannot_be_sent(harness: DeadLetterHarness) -> None:
    class Unavailable:
        async def send(self, body: str, delay: float = 0) -> None:
            raise ConnectionError

    await harness.add("hello")
    with pytest.raises(ConnectionError):
        async for _ in harness.make(Unavailable()).redrive(FAST, 10, lambda _: True):
            pass
    assert await harness.count() == 1
