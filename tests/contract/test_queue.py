"""The contract of `Queue`."""

import json
import time
from collections.abc import Awaitable, Callable

import pytest
from uuid_utils.compat import uuid4

from sightline.adapters.aws.clients import Clients
from sightline.adapters.aws.sqs import SqsBacklogQueue, SqsQueue
from sightline.adapters.memory import MemoryQueue
from sightline.ports.queues import BacklogQueue, GroupedMessage, Message, Queue

VISIBILITY = 30
MAX_RECEIVES = 3


class QueueUnderTest:
    """A queue, with functions that send to it and receive its dead-lettered messages."""

    def __init__(
        self,
        queue: Queue,
        send: Callable[[str], Awaitable[None]],
        dead: Callable[[], Awaitable[list[str]]],
    ) -> None:
        self.queue = queue
        self.send = send
        self.dead = dead


def open_memory_queue() -> QueueUnderTest:
    queue = MemoryQueue(VISIBILITY, MAX_RECEIVES)

    async def send(body: str) -> None:
        queue.send(body)

    async def dead() -> list[str]:
        return queue.dead

    return QueueUnderTest(queue, send, dead)


async def create_sqs_queue(clients: Clients) -> QueueUnderTest:
    client = await clients.open("sqs")
    name = f"queue-{uuid4()}"
    dead_url = (await client.create_queue(QueueName=f"{name}-dead"))["QueueUrl"]
    attributes = await client.get_queue_attributes(QueueUrl=dead_url, AttributeNames=["QueueArn"])
    redrive = {
        "deadLetterTargetArn": attributes["Attributes"]["QueueArn"],
        "maxReceiveCount": MAX_RECEIVES,
    }
    url = (
        await client.create_queue(
            QueueName=name,
            Attributes={
                "VisibilityTimeout": str(VISIBILITY),
                "RedrivePolicy": json.dumps(redrive),
            },
        )
    )["QueueUrl"]

    async def send(body: str) -> None:
        await client.send_message(QueueUrl=url, MessageBody=body)

    async def dead() -> list[str]:
        response = await client.receive_message(QueueUrl=dead_url, MaxNumberOfMessages=10)
        return [message["Body"] for message in response.get("Messages", [])]

    return QueueUnderTest(await SqsQueue.open(client, url), send, dead)


@pytest.fixture(params=["memory", "sqs"])
async def queue_under_test(request: pytest.FixtureRequest, clients: Clients) -> QueueUnderTest:
    if request.param == "memory":
        return open_memory_queue()
    return await create_sqs_queue(clients)


async def receive_one(queue_under_test: QueueUnderTest) -> Message:
    (message,) = await queue_under_test.queue.receive(1, 1)
    return message


async def test_queue_has_the_configured_visibility_timeout_and_receives(
    queue_under_test: QueueUnderTest,
) -> None:
    assert (queue_under_test.queue.visibility, queue_under_test.queue.max_receives) == (
        VISIBILITY,
        MAX_RECEIVES,
    )


async def test_receive_hides_the_message(queue_under_test: QueueUnderTest) -> None:
    await queue_under_test.send("hello")
    message = await receive_one(queue_under_test)
    assert (message.body, message.receive_count) == ("hello", 1)
    assert await queue_under_test.queue.receive(1, 0) == []


async def test_receive_returns_when_the_message_was_sent(queue_under_test: QueueUnderTest) -> None:
    before = time.time()
    await queue_under_test.send("hello")
    message = await receive_one(queue_under_test)
    assert message.sent_at is not None
    # SQS returns whole milliseconds.
    assert before - 0.001 <= message.sent_at <= time.time()


async def test_receive_returns_no_more_than_the_limit(queue_under_test: QueueUnderTest) -> None:
    for number in range(12):
        await queue_under_test.send(str(number))
    assert len(await queue_under_test.queue.receive(3, 1)) == 3
    assert len(await queue_under_test.queue.receive(10, 1)) == 9


async def test_receive_returns_nothing_after_the_wait_if_the_queue_is_empty(
    queue_under_test: QueueUnderTest,
) -> None:
    assert await queue_under_test.queue.receive(10, 1) == []


async def test_a_deleted_message_is_not_redelivered(queue_under_test: QueueUnderTest) -> None:
    for number in range(3):
        await queue_under_test.send(str(number))
    messages = await queue_under_test.queue.receive(10, 1)
    await queue_under_test.queue.delete(messages)
    assert await queue_under_test.queue.receive(10, 0) == []


async def test_release_redelivers_the_message_and_counts_the_receive(
    queue_under_test: QueueUnderTest,
) -> None:
    await queue_under_test.send("hello")
    await queue_under_test.queue.release(await receive_one(queue_under_test), 0)
    again = await receive_one(queue_under_test)
    assert (again.body, again.receive_count) == ("hello", 2)


async def test_release_with_a_delay_keeps_the_message_hidden(
    queue_under_test: QueueUnderTest,
) -> None:
    await queue_under_test.send("hello")
    await queue_under_test.queue.release(await receive_one(queue_under_test), 20)
    assert await queue_under_test.queue.receive(1, 0) == []


async def test_extend_hides_messages_for_the_full_visibility_timeout(
    queue_under_test: QueueUnderTest,
) -> None:
    await queue_under_test.send("hello")
    message = await receive_one(queue_under_test)
    await queue_under_test.queue.release(message, 1)
    await queue_under_test.queue.extend([message])
    assert await queue_under_test.queue.receive(1, 2) == []


async def test_a_message_is_dead_lettered_after_its_last_receive(
    queue_under_test: QueueUnderTest,
) -> None:
    await queue_under_test.send("poison")
    for _ in range(MAX_RECEIVES):
        await queue_under_test.queue.release(await receive_one(queue_under_test), 0)
    assert await queue_under_test.queue.receive(1, 0) == []
    assert await queue_under_test.dead() == ["poison"]


@pytest.fixture(params=["memory", "sqs"])
async def backlog(request: pytest.FixtureRequest, clients: Clients) -> BacklogQueue:
    if request.param == "memory":
        return MemoryQueue(VISIBILITY, MAX_RECEIVES)
    client = await clients.open("sqs")
    url = (await client.create_queue(QueueName=f"backlog-{uuid4()}"))["QueueUrl"]
    return await SqsBacklogQueue.open(client, url)


async def test_a_moved_message_keeps_its_age_and_its_receives(backlog: BacklogQueue) -> None:
    first = Message("first", "receipt-1", "one", receive_count=1, sent_at=1_700_000_000.25)
    third = Message("third", "receipt-3", "three", receive_count=3, sent_at=1_700_000_001.5)
    grouped = [GroupedMessage(first, "owner"), GroupedMessage(third, None)]
    assert await backlog.put(grouped) == [first, third]
    received = await receive_all(backlog, 2)
    assert {(each.body, each.receive_count, each.sent_at) for each in received} == {
        ("one", 1, 1_700_000_000.25),
        ("three", 3, 1_700_000_001.5),
    }
    await backlog.release(received[0], 0)
    (again,) = await receive_all(backlog, 1)
    assert again.receive_count == received[0].receive_count + 1
    await backlog.delete([again, received[1]])
    assert await backlog.receive(10, wait=0) == []


async def receive_all(queue: Queue, count: int) -> list[Message]:
    """Receive so many messages; a receive may return fewer."""
    messages: list[Message] = []
    while len(messages) < count:
        messages += await queue.receive(10, wait=1)
    return messages
