"""The resizer's use case: from a stored original to stored renditions and what is known of it."""

import asyncio
import hashlib

from sightline.consumer.messages import ReprocessCommand
from sightline.consumer.upload_check import check_upload
from sightline.domain.failures import Rejected
from sightline.domain.images import Image
from sightline.domain.object_keys import ImageKey, original_key, rendition_key, rendition_prefix
from sightline.domain.renditions import Rendition, RenditionSet
from sightline.imaging.decoding import Limits
from sightline.imaging.isolation import run_isolated
from sightline.imaging.process_pool import DecodePool
from sightline.ports.object_store import ObjectStore, StoredObject
from sightline_resizer.renditions import Encoded, Recipe, RenderedImage, render_image


class RenditionWork:
    """`Work` for the renditions part. Pixels are handled on the workpool, never here."""

    def __init__(
        self,
        originals: ObjectStore,
        renditions: ObjectStore,
        pool: DecodePool,
        max_bytes: int,
        limits: Limits,
        recipe: Recipe,
    ) -> None:
        self._originals = originals
        self._renditions = renditions
        self._pool = pool
        self._max_bytes = max_bytes
        self._limits = limits
        self._recipe = recipe

    async def perform(
        self, image: Image, original: StoredObject, command: ReprocessCommand | None = None
    ) -> RenditionSet:
        if original.size > self._max_bytes:
            raise Rejected("file_too_large", "The file is larger than what is accepted.")
        body = await self._originals.read(original)
        if original.sha256 is None:
            digest = await asyncio.to_thread(lambda: hashlib.sha256(body).hexdigest())
            check_upload(image, len(body), digest)
        developed = await run_isolated(self._pool, render_image, body, self._limits, self._recipe)
        async with asyncio.TaskGroup() as writes:
            for encoded in developed.renditions:
                writes.create_task(self._write(image.key, encoded))
        return self._describe(image.key, developed)

    async def discard(self, key: ImageKey) -> None:
        """Also the original: a ticket may be used after its image was deleted."""
        await self._renditions.delete_all(rendition_prefix(key))
        await self._originals.delete(original_key(key))

    async def _write(self, key: ImageKey, encoded: Encoded) -> None:
        kind = self._recipe.format
        name = rendition_key(key, encoded.name, kind.value)
        await self._renditions.write(name, encoded.body, kind.media_type)

    def _describe(self, key: ImageKey, developed: RenderedImage) -> RenditionSet:
        kind = self._recipe.format
        return RenditionSet(
            media_type=developed.media_type,
            width=developed.size.width,
            height=developed.size.height,
            animated=developed.animated,
            placeholder=developed.placeholder,
            capture=developed.capture,
            renditions=tuple(
                Rendition(
                    name=encoded.name,
                    key=rendition_key(key, encoded.name, kind.value),
                    media_type=kind.media_type,
                    width=encoded.size.width,
                    height=encoded.size.height,
                    bytes=len(encoded.body),
                )
                for encoded in developed.renditions
            ),
        )
