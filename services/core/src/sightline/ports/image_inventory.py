"""Every image row, hidden ones included, for operators: the port. Services never use it."""

from collections.abc import AsyncIterator, Iterable
from typing import Protocol

from sightline.domain.images import Image
from sightline.domain.object_keys import ImageKey


class ImageInventory(Protocol):
    """Reads rows past every rule about what is visible."""

    async def find(self, key: ImageKey) -> Image | None:
        """Return the image as its row has it, hidden or not; None if there is no row."""

    async def find_existing(self, keys: Iterable[ImageKey]) -> set[ImageKey]:
        """Return those keys that have a row."""

    def scan(self) -> AsyncIterator[Image]:
        """Iterate over every image of every owner: the only scan of the table."""
