"""The resizer's use case: create and store the renditions of an original."""

import asyncio
import hashlib
from dataclasses import replace

from sightline import tracing
from sightline.consumer.messages import ReprocessCommand
from sightline.consumer.upload_check import check_upload
from sightline.domain.capture import GeoPosition
from sightline.domain.failures import Rejected
from sightline.domain.images import Image
from sightline.domain.object_keys import ImageKey, original_key, rendition_key, rendition_prefix
from sightline.domain.renditions import Rendition, RenditionSet
from sightline.domain.rotation import Rotation
from sightline.domain.states import State
from sightline.imaging.decoding import Limits
from sightline.imaging.isolation import run_isolated
from sightline.imaging.process_pool import DecodePool
from sightline.ports.object_store import ObjectStore, StoredObject
from sightline_resizer.place_names import name_place
from sightline_resizer.renditions import (
    EncodedRendition,
    RenderedImage,
    RenderOptions,
    render_image,
)


class RenditionWork:
    """`Work` for the renditions part. Images are decoded in the pool, never in this process."""

    def __init__(
        self,
        originals: ObjectStore,
        renditions: ObjectStore,
        pool: DecodePool,
        max_bytes: int,
        limits: Limits,
        options: RenderOptions,
    ) -> None:
        self._originals = originals
        self._renditions = renditions
        self._pool = pool
        self._max_bytes = max_bytes
        self._limits = limits
        self._options = options

    async def perform(
        self,
        image: Image,
        original: StoredObject,
        command: ReprocessCommand | None = None,
    ) -> RenditionSet:
        if original.size > self._max_bytes:
            raise Rejected("file_too_large", "The file exceeds the maximum size.")
        body = await self._originals.read(original)
        if original.sha256 is None:
            digest = await asyncio.to_thread(lambda: hashlib.sha256(body).hexdigest())
            check_upload(image, len(body), digest)
        rotation = image.details.rotation
        rendered = await run_isolated(
            self._pool, render_image, body, self._limits, self._options, rotation
        )
        async with asyncio.TaskGroup() as writes:
            for encoded in rendered.renditions:
                writes.create_task(self._write(image.key, encoded, rotation))
        capture = replace(rendered.capture, place=await _name_place(rendered.capture.place))
        result = self._describe(image.key, rendered._replace(capture=capture), rotation)
        return await _correct_place(image, result)

    async def correct(self, image: Image) -> RenditionSet | None:
        """Return the present renditions with the names of the owner's position.

        None if they lack the rotation, or if work in progress may have read earlier corrections.
        """
        part = image.renditions
        if part.state is not State.SUCCEEDED or part.result is None:
            return None
        if part.result.rotation != image.details.rotation:
            return None
        return await _correct_place(image, part.result)

    async def discard(self, key: ImageKey) -> None:
        """Delete the renditions and the original.

        The original as well, because a presigned POST remains valid after its image is deleted.
        """
        await self._renditions.delete_all(rendition_prefix(key))
        await self._originals.delete(original_key(key))

    async def _write(self, key: ImageKey, encoded: EncodedRendition, rotation: Rotation) -> None:
        await self._renditions.write(
            self._object_key(key, encoded, rotation), encoded.body, self._options.format.media_type
        )

    def _describe(self, key: ImageKey, rendered: RenderedImage, rotation: Rotation) -> RenditionSet:
        return RenditionSet(
            media_type=rendered.media_type,
            width=rendered.size.width,
            height=rendered.size.height,
            animated=rendered.animated,
            damaged=rendered.damaged,
            placeholder=rendered.placeholder,
            perceptual_hash=rendered.perceptual_hash,
            capture=rendered.capture,
            orientation=rendered.orientation,
            rotation=rotation,
            renditions=tuple(
                Rendition(
                    name=encoded.name,
                    key=self._object_key(key, encoded, rotation),
                    media_type=self._options.format.media_type,
                    width=encoded.size.width,
                    height=encoded.size.height,
                    bytes=len(encoded.body),
                )
                for encoded in rendered.renditions
            ),
        )

    def _object_key(self, key: ImageKey, encoded: EncodedRendition, rotation: Rotation) -> str:
        return rendition_key(key, encoded.name, self._options.format.value, rotation)


async def _correct_place(image: Image, result: RenditionSet) -> RenditionSet:
    """Return the result with the position that the owner gave, if any, and its names."""
    override = image.details.position
    place = await _name_place(override.position if override else None)
    return result.model_copy(update={"corrected_place": place})


async def _name_place(position: GeoPosition | None) -> GeoPosition | None:
    """Return the position with the names of its place."""
    if position is None:
        return None
    with tracing.child_span("name place"):
        return await asyncio.to_thread(name_place, position)
