"""The resizer's use case, over memory."""

import hashlib
import io
import math
from collections.abc import AsyncIterator

import PIL.Image
import pytest

from sightline.adapters.memory import MemoryObjectStore
from sightline.domain.failures import Rejected
from sightline.domain.images import Image
from sightline.domain.object_keys import original_key, rendition_key
from sightline.imaging.decoding import Limits
from sightline.imaging.isolation import run_isolated
from sightline.imaging.process_pool import DecodePool
from sightline.ports.object_store import ObjectChanged, StoredObject
from sightline_local.sample_image import draw_sample
from sightline_resizer.process import RenditionWork
from sightline_resizer.renditions import Recipe, render_image
from sightline_resizer.settings import ResizerSettings
from sightline_testing.builders import make_image

BODY = draw_sample(size=(640, 400))


class Rig:
    """The use case with its stores, and one uploaded picture."""

    def __init__(self, bench: DecodePool) -> None:
        self.originals = MemoryObjectStore()
        self.renditions = MemoryObjectStore()
        self.work = RenditionWork(
            self.originals, self.renditions, bench, len(BODY), Limits(), Recipe()
        )
        self.image = make_image(sha256=hashlib.sha256(BODY).hexdigest())

    async def put(self, body: bytes = BODY) -> StoredObject:
        key = original_key(self.image.key)
        await self.originals.write(key, body, "image/jpeg")
        return await self.originals.head(key)

    async def stored(self) -> list[str]:
        return [each.key async for each in self.renditions.list("")]


@pytest.fixture
async def rig() -> AsyncIterator[Rig]:
    async with DecodePool(1, seconds=30) as bench:
        yield Rig(bench)


def key(image: Image, name: str) -> str:
    return rendition_key(image.key, name, "webp")


async def test_renditions_are_stored_and_described(rig: Rig) -> None:
    development = await rig.work.perform(rig.image, await rig.put())
    assert (development.width, development.height) == (640, 400)
    assert development.capture.camera == "Sightline Drawing Board"
    assert await rig.stored() == [key(rig.image, name) for name in ("full", "preview", "thumb")]
    for rendition in development.renditions:
        stored = await rig.renditions.head(rendition.key)
        assert (stored.size, rendition.media_type) == (rendition.bytes, "image/webp")


async def test_other_bytes_than_announced_are_rejected(rig: Rig) -> None:
    rig.image = rig.image.model_copy(update={"sha256": "0" * 64})
    original = await rig.put()
    with pytest.raises(Rejected) as caught:
        # As from an emulator, which keeps no checksum.
        await rig.work.perform(rig.image, original._replace(sha256=None))
    assert caught.value.failure.code == "checksum_mismatch"
    assert await rig.stored() == []


async def test_a_file_above_the_limit_is_not_even_read(rig: Rig) -> None:
    original = await rig.put(BODY + b"x")
    await rig.originals.delete(original.key)
    with pytest.raises(Rejected) as caught:
        await rig.work.perform(rig.image, original)
    assert caught.value.failure.code == "file_too_large"


async def test_replaced_bytes_are_left_for_later(rig: Rig) -> None:
    original = await rig.put()
    await rig.put(b"other")
    with pytest.raises(ObjectChanged):
        await rig.work.perform(rig.image, original)


async def test_nothing_is_left_of_an_image_that_is_gone(rig: Rig) -> None:
    neighbour = make_image(rig.image.owner)
    await rig.work.perform(rig.image, await rig.put())
    await rig.renditions.write(key(neighbour, "thumb"), b"t", "image/webp")
    await rig.work.discard(rig.image.key)
    assert await rig.stored() == [key(neighbour, "thumb")]
    assert [each async for each in rig.originals.list("")] == []


@pytest.mark.parametrize(("kind", "mode"), [("WEBP", "RGB"), ("PNG", "RGBA"), ("JPEG", "RGB")])
async def test_a_picture_at_the_limit_keeps_within_its_memory(kind: str, mode: str) -> None:
    """The default limits belong together: what has as many pixels as it may needs no more
    memory than it may."""
    limits = Limits()
    side = math.isqrt(limits.jpeg_pixels if kind == "JPEG" else limits.pixels)
    file = io.BytesIO()
    options = {"WEBP": {"method": 0}, "PNG": {"compress_level": 1}, "JPEG": {}}[kind]
    PIL.Image.new(mode, (side, side)).save(file, kind, **options)
    memory = ResizerSettings.model_fields["max_memory"].default
    async with DecodePool(1, seconds=120, memory=memory) as bench:
        developed = await run_isolated(bench, render_image, file.getvalue(), limits, Recipe())
    assert developed.size == (side, side)
