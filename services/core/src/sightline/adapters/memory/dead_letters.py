"""A dead-letter queue in a dictionary."""

import asyncio
import itertools
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime

from sightline.ports.dead_letters import DeadLetter
from sightline.ports.queues import MessageSender


class MemoryDeadLetterQueue:
    """`DeadLetterQueue` in a dictionary; `source` sends to its source queue."""

    def __init__(self, source: MessageSender) -> None:
        self.source = source
        self._letters: dict[str, DeadLetter] = {}
        self._numbers = itertools.count()

    def add(self, body: str) -> None:
        """Dead-letter a message."""
        message_id = f"message-{next(self._numbers)}"
        self._letters[message_id] = DeadLetter(message_id, body, datetime.now(UTC))

    def __len__(self) -> int:
        return len(self._letters)

    async def list_messages(self, limit: int) -> list[DeadLetter]:
        return list(self._letters.values())[:limit]

    async def redrive(
        self, rate: float, limit: int, accepts: Callable[[DeadLetter], bool]
    ) -> AsyncIterator[DeadLetter]:
        accepted = (letter for letter in list(self._letters.values()) if accepts(letter))
        for letter in itertools.islice(accepted, limit):
            await self.source.send(letter.body)
            del self._letters[letter.message_id]
            yield letter
            await asyncio.sleep(1 / rate)
