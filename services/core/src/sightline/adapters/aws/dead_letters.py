"""A dead-letter queue in SQS."""

import asyncio
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, NamedTuple

from sightline.ports.dead_letters import DeadLetter
from sightline.ports.queues import MAX_BATCH_SIZE, MessageSender

if TYPE_CHECKING:
    from types_aiobotocore_sqs import SQSClient

#: Visibility timeout of messages while they are listed; they are released at the end.
LIST_VISIBILITY_SECONDS = 60

#: Visibility timeout of messages while they are redriven: enough for a full batch at a low rate.
REDRIVE_VISIBILITY_SECONDS = 300

#: A short poll queries only some of SQS's servers, and may return nothing from a full queue.
LONG_POLL_SECONDS = 1


class _Received(NamedTuple):
    letter: DeadLetter
    receipt: str


class SqsDeadLetterQueue:
    """`DeadLetterQueue` in SQS; `source` sends to its source queue."""

    def __init__(self, client: "SQSClient", url: str, source: MessageSender) -> None:
        self._client = client
        self._url = url
        self._source = source

    async def list_messages(self, limit: int) -> list[DeadLetter]:
        found: dict[str, _Received] = {}
        try:
            while len(found) < limit:
                received = await self._receive(MAX_BATCH_SIZE, LIST_VISIBILITY_SECONDS)
                fresh = [each for each in received if each.letter.message_id not in found]
                if not fresh:
                    break
                found |= {each.letter.message_id: each for each in fresh}
        finally:
            for each in found.values():
                await self._release(each)
        return [each.letter for each in found.values()][:limit]

    async def redrive(
        self, rate: float, limit: int, accepts: Callable[[DeadLetter], bool]
    ) -> AsyncIterator[DeadLetter]:
        rejected: list[_Received] = []
        moved = 0
        try:
            while moved < limit:
                batch_size = min(MAX_BATCH_SIZE, limit - moved)
                batch = await self._receive(batch_size, REDRIVE_VISIBILITY_SECONDS)
                if not batch:
                    break
                for each in batch:
                    if not accepts(each.letter):
                        rejected.append(each)
                        continue
                    await self._source.send(each.letter.body)
                    await self._client.delete_message(
                        QueueUrl=self._url, ReceiptHandle=each.receipt
                    )
                    moved += 1
                    yield each.letter
                    await asyncio.sleep(1 / rate)
        finally:
            for each in rejected:
                await self._release(each)

    async def _receive(self, limit: int, visibility_seconds: int) -> list[_Received]:
        response = await self._client.receive_message(
            QueueUrl=self._url,
            MaxNumberOfMessages=limit,
            VisibilityTimeout=visibility_seconds,
            WaitTimeSeconds=LONG_POLL_SECONDS,
            MessageSystemAttributeNames=["SentTimestamp"],
        )
        return [
            _Received(
                DeadLetter(
                    message_id=each["MessageId"],
                    body=each["Body"],
                    sent_at=datetime.fromtimestamp(
                        int(each["Attributes"]["SentTimestamp"]) / 1000, UTC
                    ),
                ),
                each["ReceiptHandle"],
            )
            for each in response.get("Messages", [])
        ]

    async def _release(self, received: _Received) -> None:
        await self._client.change_message_visibility(
            QueueUrl=self._url, ReceiptHandle=received.receipt, VisibilityTimeout=0
        )
