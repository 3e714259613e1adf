"""What the queues have set aside: to be looked at, and sent back at a chosen rate."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any, NamedTuple

from sightline.consumer.messages import InvalidMessage, parse_uploads
from sightline.domain.object_keys import ImageKey
from sightline.ports.queues import MAX_BATCH_SIZE

#: Seconds for which messages are hidden while they are looked at; they are given back at the end.
LOOK = 60

#: Seconds for which a message is hidden while it is sent back: long enough for any rate.
HOLD = 300


class DeadMessage(NamedTuple):
    """One that was set aside; `images` is None where nobody can read it."""

    message_id: str
    receipt: str
    body: str
    sent_at: datetime
    images: tuple[ImageKey, ...] | None


async def list_dead(sqs: Any, url: str, limit: int) -> list[DeadMessage]:
    """At most `limit` messages; all stay where they are."""
    found: dict[str, DeadMessage] = {}
    try:
        while len(found) < limit:
            fresh = [
                each for each in await _receive(sqs, url, LOOK) if each.message_id not in found
            ]
            if not fresh:
                break
            found |= {each.message_id: each for each in fresh}
    finally:
        for each in found.values():
            await _give_back(sqs, url, each)
    return list(found.values())[:limit]


async def redrive(
    sqs: Any, dead_url: str, url: str, rate: float, limit: int, unreadable: bool
) -> AsyncIterator[DeadMessage]:
    """Send messages back to their queue, `rate` a second, each told of once it is there.

    Sent first and removed after that: cut off in between, a message comes twice, which is
    harmless. What nobody can read stays, unless `unreadable` says otherwise.
    """
    kept: list[DeadMessage] = []
    moved = 0
    try:
        while moved < limit:
            batch = await _receive(sqs, dead_url, HOLD, min(MAX_BATCH_SIZE, limit - moved))
            if not batch:
                break
            for message in batch:
                if message.images is None and not unreadable:
                    kept.append(message)
                    continue
                await sqs.send_message(QueueUrl=url, MessageBody=message.body)
                await sqs.delete_message(QueueUrl=dead_url, ReceiptHandle=message.receipt)
                moved += 1
                yield message
                await asyncio.sleep(1 / rate)
    finally:
        for message in kept:
            await _give_back(sqs, dead_url, message)


async def _receive(
    sqs: Any, url: str, hidden: int, limit: int = MAX_BATCH_SIZE
) -> list[DeadMessage]:
    answer = await sqs.receive_message(
        QueueUrl=url,
        MaxNumberOfMessages=limit,
        VisibilityTimeout=hidden,
        # A short poll asks only some of SQS's servers, and may find nothing where there is much.
        WaitTimeSeconds=1,
        MessageSystemAttributeNames=["SentTimestamp"],
    )
    return [
        DeadMessage(
            each["MessageId"],
            each["ReceiptHandle"],
            each["Body"],
            datetime.fromtimestamp(int(each["Attributes"]["SentTimestamp"]) / 1000, UTC),
            read_images(each["Body"]),
        )
        for each in answer.get("Messages", [])
    ]


async def _give_back(sqs: Any, url: str, message: DeadMessage) -> None:
    await sqs.change_message_visibility(
        QueueUrl=url, ReceiptHandle=message.receipt, VisibilityTimeout=0
    )


def read_images(body: str) -> tuple[ImageKey, ...] | None:
    """The images that a message tells of."""
    try:
        return tuple(upload.image for upload in parse_uploads(body))
    except InvalidMessage:
        return None
