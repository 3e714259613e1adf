"""The ports in memory, for tests and trials; not to be told apart from the real adapters.

Nothing here waits between a check and its effect, so each method is as atomic as its twin.
"""

from sightline.adapters.memory.albums import MemoryAlbumTable
from sightline.adapters.memory.event_queues import MemoryEventQueueRegistry, MemoryEventQueues
from sightline.adapters.memory.images import MemoryImageTable
from sightline.adapters.memory.objects import MemoryObjectStore
from sightline.adapters.memory.queues import MemoryQueue, MemoryTopic

__all__ = [
    "MemoryAlbumTable",
    "MemoryEventQueueRegistry",
    "MemoryEventQueues",
    "MemoryImageTable",
    "MemoryObjectStore",
    "MemoryQueue",
    "MemoryTopic",
]
