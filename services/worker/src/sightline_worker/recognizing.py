"""The worker's use case: from a stored picture to what is seen in it."""

from sightline.images import Image
from sightline.keys import ImageKey
from sightline.objects import ObjectNotFound, ObjectStore, StoredObject
from sightline.processing import Superseded
from sightline.recognition import Recognition
from sightline_worker.detector import Detector


class Recognizing:
    """`Work` for the recognition part."""

    def __init__(self, detector: Detector, originals: ObjectStore) -> None:
        self._detector = detector
        self._originals = originals

    async def perform(self, image: Image, original: StoredObject) -> Recognition:
        recognition = await self._detector.detect(original.key)
        # The detector reads by key alone: what it saw is this object only if it is still there.
        try:
            current = await self._originals.head(original.key)
        except ObjectNotFound:
            raise Superseded(image.image_id) from None
        if current.etag != original.etag:
            raise Superseded(image.image_id)
        return recognition

    async def discard(self, key: ImageKey) -> None:
        """Nothing: what the worker makes is stored with the row, and never without it."""
