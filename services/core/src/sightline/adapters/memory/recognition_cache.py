"""Recognition results by content in memory."""

import time

from sightline.adapters.memory.state import MemoryState
from sightline.domain.images import Image
from sightline.domain.recognition import Recognition, RecognitionProfile
from sightline.ports.recognition_cache import ContentClaimed


class MemoryRecognitionCache:
    """`RecognitionCache` in a dictionary."""

    def __init__(self, state: MemoryState) -> None:
        self._state = state

    async def claim(
        self, image: Image, profile: RecognitionProfile, seconds: float
    ) -> Recognition | None:
        key = content_key(image, profile)
        known = self._state.contents.get(key, ("", 0.0))
        if isinstance(known, Recognition):
            return known
        claimant, until = known
        if until > time.monotonic() and claimant != image.image_id:
            raise ContentClaimed
        self._state.contents[key] = image.image_id, time.monotonic() + seconds
        return None

    async def release(self, image: Image, profile: RecognitionProfile) -> None:
        key = content_key(image, profile)
        if isinstance(self._state.contents.get(key), tuple):
            del self._state.contents[key]

    async def find_duplicates(self, owner: str, sha256: str) -> list[str]:
        return [
            image.image_id
            for image in self._state.owned_images(owner)
            if image.sha256 == sha256 and image.renditions.result
        ]


def content_key(image: Image, profile: RecognitionProfile) -> tuple[str, str, str]:
    return image.owner, image.sha256, profile.name
