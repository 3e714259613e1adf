"""Event queues and their registry in memory."""

from sightline.adapters.memory.queues import MemoryQueue, MemoryTopic
from sightline.ports.event_queues import EventQueueLost, Registration


class MemoryEventQueueRegistry:
    """`EventQueueRegistry` in a dictionary."""

    def __init__(self) -> None:
        self._registrations: dict[str, Registration] = {}
        self._reaping: set[str] = set()

    async def add(self, name: str, alive_until: int) -> None:
        self._registrations[name] = Registration(name, alive_until)
        self._reaping.discard(name)

    async def renew(self, name: str, alive_until: int) -> None:
        if name not in self._registrations or name in self._reaping:
            raise EventQueueLost(name)
        self._registrations[name] = Registration(name, alive_until)

    async def list(self) -> list[Registration]:
        return list(self._registrations.values())

    async def claim_removal(self, registration: Registration, until: int) -> bool:
        name = registration.name
        if self._registrations.get(name) != registration:
            return False
        self._registrations[name] = Registration(name, until)
        self._reaping.add(name)
        return True

    async def remove(self, name: str) -> None:
        self._registrations.pop(name, None)
        self._reaping.discard(name)


class MemoryEventQueues:
    """`EventQueues` as queues in memory that are subscribed to a topic in memory."""

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
