"""Queues of messages, and the topic that feeds them: the ports."""

from collections.abc import Sequence
from typing import NamedTuple, Protocol

#: SQS takes and gives at most so many messages in one call.
MAX_BATCH_SIZE = 10


class Message(NamedTuple):
    """One delivery of a message; `receive_count` is 1 at the first."""

    message_id: str
    receipt: str
    body: str
    receive_count: int


class QueueNotFound(Exception):
    """There is no such queue any more."""


class Queue(Protocol):
    """At-least-once delivery, in no order; a received message is hidden until its time is up.

    `visibility` is that time in seconds; after `max_receives` deliveries a message is set aside
    in the dead-letter queue, never where it is None.
    """

    visibility: float
    max_receives: int | None

    async def receive(self, limit: int, wait: float) -> list[Message]:
        """Up to `limit` (1 to 10) messages, waiting up to `wait` seconds for the first.

        Raises `QueueNotFound`.
        """

    async def delete(self, messages: Sequence[Message]) -> None:
        """Settle up to ten messages for good. A failure leaves them to be delivered again."""

    async def extend(self, messages: Sequence[Message]) -> None:
        """Hide up to ten messages for the queue's full time from now."""

    async def release(self, message: Message, after: float) -> None:
        """Deliver the message again, no sooner than in `after` seconds."""


class Topic(Protocol):
    """Sends a message to every queue that listens."""

    async def publish(self, body: str) -> None:
        """When it returns, the message will be delivered."""
