"""One suite for every `Queue`."""

import json
from collections.abc import Awaitable, Callable

import pytest
from uuid_utils.compat import uuid4

from sightline.adapters.aws.clients import Clients
from sightline.adapters.aws.sqs import SqsQueue
from sightline.adapters.memory import MemoryQueue
from sightline.ports.queues import Message, Queue

VISIBILITY = 30
MAX_RECEIVES = 3


class Rig:
    """A queue, a way to send to it, and a look at its dead letters."""

    def __init__(
        self,
        queue: Queue,
        send: Callable[[str], Awaitable[None]],
        dead: Callable[[], Awaitable[list[str]]],
    ) -> None:
        self.queue = queue
        self.send = send
        self.dead = dead


def memory_rig() -> Rig:
    queue = MemoryQueue(VISIBILITY, MAX_RECEIVES)

    async def send(body: str) -> None:
        queue.send(body)

    async def dead() -> list[str]:
        return queue.dead

    return Rig(queue, send, dead)


async def sqs_rig(clients: Clients) -> Rig:
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
        answer = await client.receive_message(QueueUrl=dead_url, MaxNumberOfMessages=10)
        return [message["Body"] for message in answer.get("Messages", [])]

    return Rig(await SqsQueue.open(client, url), send, dead)


@pytest.fixture(params=["memory", "sqs"])
async def rig(request: pytest.FixtureRequest, clients: Clients) -> Rig:
    if request.param == "memory":
        return memory_rig()
    return await sqs_rig(clients)


async def receive_one(rig: Rig) -> Message:
    (message,) = await rig.queue.receive(1, 1)
    return message


async def test_the_queue_knows_its_own_terms(rig: Rig) -> None:
    assert (rig.queue.visibility, rig.queue.max_receives) == (VISIBILITY, MAX_RECEIVES)


async def test_a_message_is_delivered_and_then_hidden(rig: Rig) -> None:
    await rig.send("hello")
    message = await receive_one(rig)
    assert (message.body, message.receive_count) == ("hello", 1)
    assert await rig.queue.receive(1, 0) == []


async def test_no_more_is_received_than_asked_for(rig: Rig) -> None:
    for number in range(12):
        await rig.send(str(number))
    assert len(await rig.queue.receive(3, 1)) == 3
    assert len(await rig.queue.receive(10, 1)) == 9


async def test_an_empty_queue_answers_after_the_wait(rig: Rig) -> None:
    assert await rig.queue.receive(10, 1) == []


async def test_a_deleted_message_does_not_come_back(rig: Rig) -> None:
    for number in range(3):
        await rig.send(str(number))
    messages = await rig.queue.receive(10, 1)
    await rig.queue.delete(messages)
    assert await rig.queue.receive(10, 0) == []


async def test_a_released_message_is_delivered_again_and_counted(rig: Rig) -> None:
    await rig.send("hello")
    await rig.queue.release(await receive_one(rig), 0)
    again = await receive_one(rig)
    assert (again.body, again.receive_count) == ("hello", 2)


async def test_a_message_released_for_later_stays_hidden_until_then(rig: Rig) -> None:
    await rig.send("hello")
    await rig.queue.release(await receive_one(rig), 20)
    assert await rig.queue.receive(1, 0) == []


async def test_extending_hides_messages_for_longer(rig: Rig) -> None:
    await rig.send("hello")
    message = await receive_one(rig)
    await rig.queue.release(message, 1)
    await rig.queue.extend([message])
    assert await rig.queue.receive(1, 2) == []


async def test_after_its_last_delivery_a_message_is_set_aside(rig: Rig) -> None:
    await rig.send("poison")
    for _ in range(MAX_RECEIVES):
        await rig.queue.release(await receive_one(rig), 0)
    assert await rig.queue.receive(1, 0) == []
    assert await rig.dead() == ["poison"]
