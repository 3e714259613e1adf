"""The resizer's use case: from a stored original to stored renditions and what is known of it."""

import asyncio
import hashlib
from concurrent.futures import Executor

from sightline.consumer import Rejected
from sightline.images import Image
from sightline.keys import ImageKey, original_key, rendition_key, rendition_prefix
from sightline.objects import ObjectStore, StoredObject
from sightline.pictures import Development, Rendition
from sightline_resizer.pictures import Limits
from sightline_resizer.renditions import Developed, Encoded, develop

MEDIA_TYPE = "image/webp"
EXTENSION = "webp"


class Developing:
    """`Work` for the renditions part. Pixels are handled on `executor`, off the event loop."""

    def __init__(
        self,
        originals: ObjectStore,
        renditions: ObjectStore,
        executor: Executor,
        max_bytes: int,
        limits: Limits,
    ) -> None:
        self._originals = originals
        self._renditions = renditions
        self._executor = executor
        self._max_bytes = max_bytes
        self._limits = limits

    async def perform(self, image: Image, original: StoredObject) -> Development:
        if original.size > self._max_bytes:
            raise Rejected("file_too_large", "The file is larger than what is accepted.")
        body = await self._originals.read(original)
        developed = await asyncio.get_running_loop().run_in_executor(
            self._executor, self._develop, body, image.sha256
        )
        async with asyncio.TaskGroup() as writes:
            for encoded in developed.renditions:
                writes.create_task(self._write(image.key, encoded))
        return _describe(image.key, developed)

    async def discard(self, key: ImageKey) -> None:
        """Also the original: a ticket may be used after its image was deleted."""
        await self._renditions.delete_all(rendition_prefix(key))
        await self._originals.delete(original_key(key))

    def _develop(self, body: bytes, sha256: str) -> Developed:
        # S3 has checked it; an emulator may not have.
        if hashlib.sha256(body).hexdigest() != sha256:
            raise Rejected("checksum_mismatch", "The upload is not the picture that was announced.")
        return develop(body, self._limits)

    async def _write(self, key: ImageKey, encoded: Encoded) -> None:
        name = rendition_key(key, encoded.name, EXTENSION)
        await self._renditions.write(name, encoded.body, MEDIA_TYPE)


def _describe(key: ImageKey, developed: Developed) -> Development:
    return Development(
        media_type=developed.media_type,
        width=developed.size.width,
        height=developed.size.height,
        capture=developed.capture,
        renditions=tuple(
            Rendition(
                name=encoded.name,
                key=rendition_key(key, encoded.name, EXTENSION),
                media_type=MEDIA_TYPE,
                width=encoded.size.width,
                height=encoded.size.height,
                bytes=len(encoded.body),
            )
            for encoded in developed.renditions
        ),
    )
