"""A queue and a topic in memory."""

import asyncio
import itertools
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

from sightline.ports.queues import GroupedMessage, Message, QueueNotFound


@dataclass
class _Entry:
    message_id: str
    body: str
    receive_count: int = 0
    receipt: str | None = None
    visible_at: float = field(default_factory=time.monotonic)
    sent_at: float | None = field(default_factory=time.time)
    earlier_receives: int = 0


class MemoryQueue:
    """`BacklogQueue` in a dictionary, first in, first out whatever the groups.

    `dead` are the bodies of the dead-lettered messages.
    """

    def __init__(self, visibility: float = 30, max_receives: int | None = None) -> None:
        self.visibility = visibility
        self.max_receives = max_receives
        self.dead: list[str] = []
        self.removed = False
        self._entries: dict[str, _Entry] = {}
        self._numbers = itertools.count()

    def send(self, body: str, delay: float = 0) -> None:
        """Add a message that is received after `delay` seconds."""
        message_id = f"message-{next(self._numbers)}"
        visible_at = time.monotonic() + delay
        self._entries[message_id] = _Entry(message_id, body, visible_at=visible_at)

    def __len__(self) -> int:
        """Return the number of messages that are neither deleted nor dead-lettered."""
        return len(self._entries)

    async def receive(self, limit: int, wait: float) -> list[Message]:
        deadline = time.monotonic() + wait
        while True:
            if self.removed:
                raise QueueNotFound
            messages = self._take(limit)
            if messages or time.monotonic() >= deadline:
                return messages
            await asyncio.sleep(min(0.01, wait))

    def _take(self, limit: int) -> list[Message]:
        now = time.monotonic()
        visible = [entry for entry in self._entries.values() if entry.visible_at <= now]
        messages = []
        for entry in visible[:limit]:
            if self.max_receives is not None and entry.receive_count >= self.max_receives:
                self.dead.append(self._entries.pop(entry.message_id).body)
                continue
            entry.receive_count += 1
            entry.receipt = f"{entry.message_id}/{entry.receive_count}"
            entry.visible_at = now + self.visibility
            messages.append(
                Message(
                    entry.message_id,
                    entry.receipt,
                    entry.body,
                    entry.receive_count + entry.earlier_receives,
                    entry.sent_at,
                )
            )
        return messages

    async def put(self, messages: Sequence[GroupedMessage]) -> list[Message]:
        for message, _ in messages:
            message_id = f"message-{next(self._numbers)}"
            self._entries[message_id] = _Entry(
                message_id,
                message.body,
                sent_at=message.sent_at,
                earlier_receives=message.receive_count - 1,
            )
        return [message for message, _ in messages]

    async def delete(self, messages: Sequence[Message]) -> None:
        for message in messages:
            self._entries.pop(message.message_id, None)

    async def extend(self, messages: Sequence[Message]) -> None:
        for message in messages:
            await self.release(message, self.visibility)

    async def release(self, message: Message, after: float) -> None:
        entry = self._entries.get(message.message_id)
        if entry is not None and entry.receipt == message.receipt:
            entry.visible_at = time.monotonic() + after


class MemoryMessageSender:
    """`MessageSender` to a queue in memory."""

    def __init__(self, queue: MemoryQueue) -> None:
        self._queue = queue

    async def send(self, body: str, delay: float = 0) -> None:
        self._queue.send(body, delay)


class MemoryTopic:
    """`Topic` that sends to queues in memory and records what it publishes."""

    def __init__(self, *queues: MemoryQueue) -> None:
        self.queues = list(queues)
        self.published: list[str] = []

    async def publish(self, body: str) -> None:
        self.published.append(body)
        for queue in self.queues:
            queue.send(body)
