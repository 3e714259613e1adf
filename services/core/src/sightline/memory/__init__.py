"""The ports in memory, for tests and trials; not to be told apart from the real adapters.

Nothing here waits between a check and its effect, so each method is as atomic as its twin.
"""

from sightline.memory.albums import MemoryAlbumTable
from sightline.memory.images import MemoryImageTable
from sightline.memory.inboxes import MemoryInboxes, MemoryInboxRegister
from sightline.memory.objects import MemoryObjectStore
from sightline.memory.queues import MemoryQueue, MemoryTopic

__all__ = [
    "MemoryAlbumTable",
    "MemoryImageTable",
    "MemoryInboxRegister",
    "MemoryInboxes",
    "MemoryObjectStore",
    "MemoryQueue",
    "MemoryTopic",
]
