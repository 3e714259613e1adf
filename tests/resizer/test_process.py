"""The resizer's use case, with a backend in memory."""

import io
import math
from collections.abc import AsyncIterator

import PIL.Image
import pytest

from sightline.domain.failures import Rejected
from sightline.domain.images import Image
from sightline.domain.object_keys import original_key, rendition_key
from sightline.domain.renditions import RenditionSet
from sightline.imaging.decoding import Limits
from sightline.imaging.isolation import run_isolated
from sightline.imaging.process_pool import DecodePool
from sightline.ports.object_store import ObjectChanged, StoredObject
from sightline_local.sample_image import draw_sample
from sightline_resizer.process import RenditionWork
from sightline_resizer.renditions import RenderOptions, render_image
from sightline_resizer.settings import ResizerSettings
from sightline_testing.backend import MemoryBackend
from sightline_testing.builders import make_image

BODY = draw_sample(size=(640, 400))


class RenditionHarness:
    """The resizer's use case over a backend in memory; the size limit is that of `BODY`."""

    def __init__(self, pool: DecodePool) -> None:
        self.backend = MemoryBackend()
        self.originals = self.backend.originals
        self.renditions = self.backend.renditions
        self.work = RenditionWork(
            self.originals, self.renditions, pool, len(BODY), Limits(), RenderOptions()
        )

    async def original(self, image: Image) -> StoredObject:
        return await self.originals.head(original_key(image.key))

    async def perform(self, image: Image) -> RenditionSet:
        return await self.work.perform(image, await self.original(image))

    async def rendition_keys(self) -> list[str]:
        return [stored.key async for stored in self.renditions.list("")]


@pytest.fixture
async def harness() -> AsyncIterator[RenditionHarness]:
    async with DecodePool(1, seconds=30) as pool:
        yield RenditionHarness(pool)


def webp_key(image: Image, name: str) -> str:
    return rendition_key(image.key, name, "webp")


async def test_renditions_are_stored_and_described(harness: RenditionHarness) -> None:
    image = await harness.backend.upload(BODY)
    result = await harness.perform(image)
    assert (result.width, result.height) == (640, 400)
    assert result.perceptual_hash == render_image(BODY, Limits(), RenderOptions()).perceptual_hash
    assert result.perceptual_hash is not None
    assert result.capture.camera == "Sightline Drawing Board"
    assert result.capture.place is not None
    assert (result.capture.place.region, result.capture.place.country) == ("Tyrol", "Austria")
    keys = [webp_key(image, name) for name in ("full", "preview", "thumb")]
    assert await harness.rendition_keys() == keys
    for rendition in result.renditions:
        stored = await harness.renditions.head(rendition.key)
        assert (stored.size, rendition.media_type) == (rendition.bytes, "image/webp")


async def test_an_original_with_another_checksum_is_rejected(harness: RenditionHarness) -> None:
    image = (await harness.backend.upload(BODY)).model_copy(update={"sha256": "0" * 64})
    original = await harness.original(image)
    with pytest.raises(Rejected) as caught:
        # An emulator stores no checksum.
        await harness.work.perform(image, original._replace(sha256=None))
    assert caught.value.failure.code == "checksum_mismatch"
    assert await harness.rendition_keys() == []


async def test_an_original_above_the_size_limit_is_rejected_without_reading_it(
    harness: RenditionHarness,
) -> None:
    image = await harness.backend.upload(BODY + b"x")
    original = await harness.original(image)
    await harness.originals.delete(original.key)
    with pytest.raises(Rejected) as caught:
        await harness.work.perform(image, original)
    assert caught.value.failure.code == "file_too_large"


async def test_a_replaced_original_is_not_processed(harness: RenditionHarness) -> None:
    image = await harness.backend.upload(BODY)
    original = await harness.original(image)
    await harness.backend.replace_original(image, b"other")
    with pytest.raises(ObjectChanged):
        await harness.work.perform(image, original)


async def test_discard_deletes_the_original_and_the_renditions_of_that_image_only(
    harness: RenditionHarness,
) -> None:
    image = await harness.backend.upload(BODY)
    other = make_image(image.owner)
    await harness.perform(image)
    await harness.renditions.write(webp_key(other, "thumb"), b"t", "image/webp")
    await harness.work.discard(image.key)
    assert await harness.rendition_keys() == [webp_key(other, "thumb")]
    assert [each async for each in harness.originals.list("")] == []


@pytest.mark.parametrize(("kind", "mode"), [("WEBP", "RGB"), ("PNG", "RGBA"), ("JPEG", "RGB")])
async def test_an_image_at_the_pixel_limit_fits_into_the_memory_limit(kind: str, mode: str) -> None:
    """The default limits are consistent: the largest image allowed can be rendered."""
    limits = Limits()
    side = math.isqrt(limits.jpeg_pixels if kind == "JPEG" else limits.pixels)
    file = io.BytesIO()
    options = {"WEBP": {"method": 0}, "PNG": {"compress_level": 1}, "JPEG": {}}[kind]
    PIL.Image.new(mode, (side, side)).save(file, kind, **options)
    memory = ResizerSettings.model_fields["max_memory"].default
    async with DecodePool(1, seconds=120, memory=memory) as pool:
        rendered = await run_isolated(pool, render_image, file.getvalue(), limits, RenderOptions())
    assert rendered.size == (side, side)
