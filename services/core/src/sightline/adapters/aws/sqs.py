"""One SQS queue."""

import json
import logging
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from sightline.ports.queues import Message, QueueNotFound

if TYPE_CHECKING:
    from types_aiobotocore_sqs import SQSClient

logger = logging.getLogger(__name__)

#: The longest time for which SQS hides a message, in seconds.
MAX_VISIBILITY = 43_200

#: How SQS says that there is no such queue, in its old protocol and in its new one.
MISSING_QUEUE = frozenset({"AWS.SimpleQueueService.NonExistentQueue", "QueueDoesNotExist"})


class SqsQueue:
    """`Queue` in SQS. Time and number of deliveries are the queue's own attributes."""

    def __init__(
        self, client: "SQSClient", url: str, visibility: float, max_receives: int | None
    ) -> None:
        self._client = client
        self._url = url
        self.visibility = visibility
        self.max_receives = max_receives

    @classmethod
    async def open(cls, client: "SQSClient", url: str) -> "SqsQueue":
        """The queue at this address, as it is configured there."""
        answer = await client.get_queue_attributes(
            QueueUrl=url, AttributeNames=["VisibilityTimeout", "RedrivePolicy"]
        )
        attributes = answer["Attributes"]
        policy = json.loads(attributes.get("RedrivePolicy", "{}"))
        limit = policy.get("maxReceiveCount")
        return cls(client, url, float(attributes["VisibilityTimeout"]), limit and int(limit))

    async def receive(self, limit: int, wait: float) -> list[Message]:
        try:
            answer = await self._client.receive_message(
                QueueUrl=self._url,
                MaxNumberOfMessages=limit,
                WaitTimeSeconds=int(wait),
                MessageSystemAttributeNames=["ApproximateReceiveCount"],
            )
        except ClientError as error:
            if error.response["Error"]["Code"] in MISSING_QUEUE:
                raise QueueNotFound(self._url) from error
            raise
        return [
            Message(
                message_id=message["MessageId"],
                receipt=message["ReceiptHandle"],
                body=message["Body"],
                receive_count=int(message["Attributes"]["ApproximateReceiveCount"]),
            )
            for message in answer.get("Messages", [])
        ]

    async def delete(self, messages: Sequence[Message]) -> None:
        answer = await self._client.delete_message_batch(
            QueueUrl=self._url,
            Entries=[
                {"Id": str(index), "ReceiptHandle": message.receipt}
                for index, message in enumerate(messages)
            ],
        )
        _log_refused("delete", messages, answer.get("Failed", []))

    async def extend(self, messages: Sequence[Message]) -> None:
        answer = await self._client.change_message_visibility_batch(
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
        _log_refused("extend", messages, answer.get("Failed", []))

    async def release(self, message: Message, after: float) -> None:
        await self._client.change_message_visibility(
            QueueUrl=self._url,
            ReceiptHandle=message.receipt,
            VisibilityTimeout=min(int(after), MAX_VISIBILITY),
        )


def _log_refused(action: str, messages: Sequence[Message], failed: Sequence[Any]) -> None:
    """SQS refuses messages one by one; those are merely delivered again."""
    for entry in failed:
        message = messages[int(entry["Id"])]
        logger.warning(
            "the queue refused to %s a message",
            action,
            extra={"message_id": message.message_id, "reason": entry.get("Code")},
        )
