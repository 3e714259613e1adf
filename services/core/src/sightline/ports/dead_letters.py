"""Dead-letter queues, for operators: the port. Services never use it."""

from collections.abc import AsyncIterator, Callable
from datetime import datetime
from typing import NamedTuple, Protocol


class DeadLetter(NamedTuple):
    """A message in a dead-letter queue; `sent_at` is when it was first sent."""

    message_id: str
    body: str
    sent_at: datetime


class DeadLetterQueue(Protocol):
    """The dead-letter queue of one source queue."""

    async def list_messages(self, limit: int) -> list[DeadLetter]:
        """Return up to `limit` messages; all of them stay in the queue."""

    def redrive(
        self, rate: float, limit: int, accepts: Callable[[DeadLetter], bool]
    ) -> AsyncIterator[DeadLetter]:
        """Move up to `limit` messages to the source queue, `rate` per second; yield each one moved.

        Messages that `accepts` rejects stay. A message is sent before it is deleted: an
        interruption between the two duplicates it, which consumers tolerate, but never loses it.
        """
