"""A queue in SQS."""

import json
import logging
import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from sightline.ports.queues import MAX_DELAY_SECONDS, Message, QueueNotFound

if TYPE_CHECKING:
    from types_aiobotocore_sqs import SQSClient

logger = logging.getLogger(__name__)

#: Longest visibility timeout that SQS accepts: twelve hours.
MAX_VISIBILITY_SECONDS = 43_200

#: Error codes of a queue that does not exist, in the query protocol and in the JSON protocol.
MISSING_QUEUE_CODES = frozenset({"AWS.SimpleQueueService.NonExistentQueue", "QueueDoesNotExist"})


class SqsQueue:
    """`Queue` in SQS; timeout and maximum receives are read from the queue's attributes."""

    def __init__(
        self, client: "SQSClient", url: str, visibility: float, max_receives: int | None
    ) -> None:
        self._client = client
        self._url = url
        self.visibility = visibility
        self.max_receives = max_receives

    @classmethod
    async def open(cls, client: "SQSClient", url: str) -> "SqsQueue":
        """Return the queue at this URL, with its configured attributes."""
        response = await client.get_queue_attributes(
            QueueUrl=url, AttributeNames=["VisibilityTimeout", "RedrivePolicy"]
        )
        attributes = response["Attributes"]
        policy = json.loads(attributes.get("RedrivePolicy", "{}"))
        limit = policy.get("maxReceiveCount")
        return cls(client, url, float(attributes["VisibilityTimeout"]), limit and int(limit))

    async def receive(self, limit: int, wait: float) -> list[Message]:
        try:
            response = await self._client.receive_message(
                QueueUrl=self._url,
                MaxNumberOfMessages=limit,
                WaitTimeSeconds=int(wait),
                MessageSystemAttributeNames=["ApproximateReceiveCount", "SentTimestamp"],
            )
        except ClientError as error:
            if error.response["Error"]["Code"] in MISSING_QUEUE_CODES:
                raise QueueNotFound(self._url) from error
            raise
        return [
            Message(
                message_id=message["MessageId"],
                receipt=message["ReceiptHandle"],
                body=message["Body"],
                receive_count=int(message["Attributes"]["ApproximateReceiveCount"]),
                sent_at=_parse_timestamp(message["Attributes"].get("SentTimestamp")),
            )
            for message in response.get("Messages", [])
        ]

    async def delete(self, messages: Sequence[Message]) -> None:
        response = await self._client.delete_message_batch(
            QueueUrl=self._url,
            Entries=[
                {"Id": str(index), "ReceiptHandle": message.receipt}
                for index, message in enumerate(messages)
            ],
        )
        _log_failures("delete", messages, response.get("Failed", []))

    async def extend(self, messages: Sequence[Message]) -> None:
        response = await self._client.change_message_visibility_batch(
            QueueUrl=self._url,
            Entries=[
                {
                    "Id": str(index),
                    "ReceiptHandle": message.receipt,
                    "VisibilityTimeout": int(self.visibility),
                }
                for index, message in enumerate(messages)
            ],
        )
        _log_failures("extend", messages, response.get("Failed", []))

    async def release(self, message: Message, after: float) -> None:
        await self._client.change_message_visibility(
            QueueUrl=self._url,
            ReceiptHandle=message.receipt,
            VisibilityTimeout=min(int(after), MAX_VISIBILITY_SECONDS),
        )


class SqsMessageSender:
    """`MessageSender` to one SQS queue."""

    def __init__(self, client: "SQSClient", url: str) -> None:
        self._client = client
        self._url = url

    async def send(self, body: str, delay: float = 0) -> None:
        await self._client.send_message(
            QueueUrl=self._url,
            MessageBody=body,
            DelaySeconds=min(math.ceil(delay), MAX_DELAY_SECONDS),
        )


def _parse_timestamp(milliseconds: str | None) -> float | None:
    """Return Unix seconds; an emulator may not return the attribute."""
    return None if milliseconds is None else int(milliseconds) / 1000


def _log_failures(action: str, messages: Sequence[Message], failed: Sequence[Any]) -> None:
    """Log the messages of a batch for which the action failed; they are merely redelivered."""
    for entry in failed:
        message = messages[int(entry["Id"])]
        logger.warning(
            "could not %s a message",
            action,
            extra={"message_id": message.message_id, "reason": entry.get("Code")},
        )
