"""Every image row in memory, for operators."""

from collections.abc import AsyncIterator, Iterable

from sightline.adapters.memory.state import MemoryState
from sightline.domain.images import Image
from sightline.domain.object_keys import ImageKey


class MemoryImageInventory:
    """`ImageInventory` over the images in memory."""

    def __init__(self, state: MemoryState) -> None:
        self._images = state.images

    async def find(self, key: ImageKey) -> Image | None:
        return self._images.get(key)

    async def find_existing(self, keys: Iterable[ImageKey]) -> set[ImageKey]:
        return set(keys) & self._images.keys()

    async def scan(self) -> AsyncIterator[Image]:
        for image in list(self._images.values()):
            yield image
