"""Queues of messages, and the topic that sends to them: the ports."""

from collections.abc import Sequence
from typing import NamedTuple, Protocol

#: Maximum number of messages in one call of SQS.
MAX_BATCH_SIZE = 10


#: Longest delay of a message: fifteen minutes.
#: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-delay-queues.html
MAX_DELAY_SECONDS = 900


class Message(NamedTuple):
    """One receive of a message; `receive_count` is 1 for the first.

    `sent_at` is when it was sent to the queue, in Unix seconds; None if the queue does not know.
    """

    message_id: str
    receipt: str
    body: str
    receive_count: int
    sent_at: float | None = None


class QueueNotFound(Exception):
    """The queue does not exist, or no longer."""


class Queue(Protocol):
    """At-least-once delivery without order; a received message is hidden for a time.

    `visibility` is that time, the visibility timeout, in seconds. After `max_receives` receives a
    message is dead-lettered; never if it is None.
    """

    visibility: float
    max_receives: int | None

    async def receive(self, limit: int, wait: float) -> list[Message]:
        """Return up to `limit` (1 to 10) messages, waiting up to `wait` seconds for the first.

        Raises `QueueNotFound`.
        """

    async def delete(self, messages: Sequence[Message]) -> None:
        """Delete up to ten messages. Those whose deletion fails are redelivered."""

    async def extend(self, messages: Sequence[Message]) -> None:
        """Hide up to ten messages for the full visibility timeout from now."""

    async def release(self, message: Message, after: float) -> None:
        """Redeliver the message, no sooner than in `after` seconds."""


class GroupedMessage(NamedTuple):
    """A received message, and the group that it belongs to: its owner; None if it names none."""

    message: Message
    group: str | None


class BacklogQueue(Queue, Protocol):
    """A queue to which received messages are moved, without losing their age and receives.

    A message that is received from it has the `sent_at` of the original, and its `receive_count`
    includes the earlier receives except the one that moved it.
    """

    async def put(self, messages: Sequence[GroupedMessage]) -> list[Message]:
        """Send copies of up to ten messages; return those that the queue accepted.

        The queue may deliver the messages of a group that occupies it later than those of others.
        """


class MessageSender(Protocol):
    """Sends messages to one queue."""

    async def send(self, body: str, delay: float = 0) -> None:
        """Send a message that is delivered after `delay` seconds, at most `MAX_DELAY_SECONDS`.

        Once this returns, it will be delivered.
        """


class Topic(Protocol):
    """Sends a message to every subscribed queue."""

    async def publish(self, body: str) -> None:
        """Publish a message; once this returns, it will be delivered."""
