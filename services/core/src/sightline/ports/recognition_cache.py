"""Recognition results by content, so that the same bytes are paid for once: the port."""

from typing import Protocol

from sightline.domain.images import Image
from sightline.domain.recognition import Recognition, RecognitionProfile


class ContentClaimed(Exception):
    """Another image with the same bytes is being recognized now."""


class RecognitionCache(Protocol):
    """Results by owner, checksum and profile. `ImageTable` stores and removes them."""

    async def claim(
        self, image: Image, profile: RecognitionProfile, seconds: float
    ) -> Recognition | None:
        """Return the known result for the bytes of the image, or claim the bytes and return None.

        A claim ends after `seconds`, or when a result is stored. An image may renew its own claim,
        because its former holder crashed or is outdated. Raises `ContentClaimed` if another image
        with the same bytes holds the claim.
        """

    async def release(self, image: Image, profile: RecognitionProfile) -> None:
        """Release a claim without a result."""

    async def find_duplicates(self, owner: str, sha256: str) -> list[str]:
        """Return the ids of the owner's images with these bytes, newest first."""
