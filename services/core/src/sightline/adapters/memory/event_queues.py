"""Inboxes and their register in memory; not to be told apart from the real adapters."""

from sightline.adapters.memory.queues import MemoryQueue, MemoryTopic
from sightline.ports.event_queues import EventQueueLost, Registration


class MemoryEventQueueRegistry:
    """`InboxRegister` in a dictionary."""

    def __init__(self) -> None:
        self._entries: dict[str, Registration] = {}
        self._condemned: set[str] = set()

    async def add(self, name: str, alive_until: int) -> None:
        self._entries[name] = Registration(name, alive_until)
        self._condemned.discard(name)

    async def renew(self, name: str, alive_until: int) -> None:
        if name not in self._entries or name in self._condemned:
            raise EventQueueLost(name)
        self._entries[name] = Registration(name, alive_until)

    async def list(self) -> list[Registration]:
        return list(self._entries.values())

    async def condemn(self, entry: Registration, until: int) -> bool:
        if self._entries.get(entry.name) != entry:
            return False
        self._entries[entry.name] = Registration(entry.name, until)
        self._condemned.add(entry.name)
        return True

    async def remove(self, name: str) -> None:
        self._entries.pop(name, None)
        self._condemned.discard(name)


class MemoryEventQueues:
    """`Inboxes` as queues in memory that listen to a topic."""

    def __init__(self, topic: MemoryTopic) -> None:
        self._topic = topic
        self._queues: dict[str, MemoryQueue] = {}

    async def open(self, name: str) -> MemoryQueue:
        if name not in self._queues:
            self._queues[name] = MemoryQueue()
            self._topic.queues.append(self._queues[name])
        return self._queues[name]

    async def names(self) -> set[str]:
        return set(self._queues)

    async def remove(self, name: str) -> None:
        queue = self._queues.pop(name, None)
        if queue is not None:
            queue.removed = True
            self._topic.queues.remove(queue)
