"""A queue in SQS."""

import json
import logging
import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Self

from botocore.exceptions import ClientError

from sightline.ports.queues import (
    MAX_DELAY_SECONDS,
    GroupedMessage,
    Message,
    QueueNotFound,
)

if TYPE_CHECKING:
    from types_aiobotocore_sqs import SQSClient
    from types_aiobotocore_sqs.type_defs import MessageTypeDef, SendMessageBatchRequestEntryTypeDef

logger = logging.getLogger(__name__)

#: Longest visibility timeout that SQS accepts: twelve hours.
MAX_VISIBILITY_SECONDS = 43_200

#: Error codes of a queue that does not exist, in the query protocol and in the JSON protocol.
MISSING_QUEUE_CODES = frozenset({"AWS.SimpleQueueService.NonExistentQueue", "QueueDoesNotExist"})


#: Attributes of a moved message: when the original was sent, and how often it was received before.
SENT_AT = "SentAt"
EARLIER_RECEIVES = "EarlierReceives"


class SqsQueue:
    """`Queue` in SQS; timeout and maximum receives are read from the queue's attributes."""

    #: Names of the message attributes to receive.
    _attributes: Sequence[str] = ()

    def __init__(
        self, client: "SQSClient", url: str, visibility: float, max_receives: int | None
    ) -> None:
        self._client = client
        self._url = url
        self.visibility = visibility
        self.max_receives = max_receives

    @classmethod
    async def open(cls, client: "SQSClient", url: str) -> Self:
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
                MessageAttributeNames=self._attributes,
            )
        except ClientError as error:
            if error.response["Error"]["Code"] in MISSING_QUEUE_CODES:
                raise QueueNotFound(self._url) from error
            raise
        return [self._parse(message) for message in response.get("Messages", [])]

    def _parse(self, message: "MessageTypeDef") -> Message:
        return Message(
            message_id=message["MessageId"],
            receipt=message["ReceiptHandle"],
            body=message["Body"],
            receive_count=int(message["Attributes"]["ApproximateReceiveCount"]),
            sent_at=_parse_timestamp(message["Attributes"].get("SentTimestamp")),
        )

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


class SqsBacklogQueue(SqsQueue):
    """`BacklogQueue` in SQS: a fair queue, whose tenants are the groups of the messages.

    https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-fair-queues.html
    """

    _attributes = (SENT_AT, EARLIER_RECEIVES)

    async def put(self, messages: Sequence[GroupedMessage]) -> list[Message]:
        response = await self._client.send_message_batch(
            QueueUrl=self._url,
            Entries=[_format_entry(index, each) for index, each in enumerate(messages)],
        )
        moved = [message for message, _ in messages]
        _log_failures("defer", moved, response.get("Failed", []))
        return [moved[int(entry["Id"])] for entry in response.get("Successful", [])]

    def _parse(self, message: "MessageTypeDef") -> Message:
        received = super()._parse(message)
        attributes = {
            name: float(attribute["StringValue"])
            for name, attribute in message.get("MessageAttributes", {}).items()
        }
        earlier = int(attributes.get(EARLIER_RECEIVES, 0))
        return received._replace(
            receive_count=received.receive_count + earlier,
            sent_at=attributes.get(SENT_AT, received.sent_at),
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


def _format_entry(index: int, grouped: GroupedMessage) -> "SendMessageBatchRequestEntryTypeDef":
    message, group = grouped
    attributes: dict[str, float] = {EARLIER_RECEIVES: message.receive_count - 1}
    if message.sent_at is not None:
        attributes[SENT_AT] = message.sent_at
    entry: SendMessageBatchRequestEntryTypeDef = {
        "Id": str(index),
        "MessageBody": message.body,
        "MessageAttributes": {
            name: {"DataType": "Number", "StringValue": str(value)}
            for name, value in attributes.items()
        },
    }
    if group is not None:
        entry["MessageGroupId"] = group
    return entry


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
