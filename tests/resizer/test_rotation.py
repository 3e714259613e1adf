"""Rotations by the owner: real photographs through the resizer, compared pixel by pixel."""

import io
from collections.abc import AsyncIterator
from typing import Any

import PIL.Image
import pytest

from sightline.domain.capture import GeoPosition
from sightline.domain.images import Image
from sightline.domain.object_keys import original_key
from sightline.domain.position_override import PositionOverride
from sightline.domain.renditions import RenditionSet
from sightline.domain.rotation import ROTATIONS, Rotation
from sightline.imaging.decoding import Limits
from sightline.imaging.process_pool import DecodePool
from sightline_resizer.process import RenditionWork
from sightline_resizer.renditions import RenderOptions, render_image
from sightline_testing.backend import MemoryBackend
from sightline_testing.builders import ETAG, edit_details
from sightline_testing.sample_images import draw_image, encode, find_images, mean_difference

#: Lossy compression is not the same in both directions: the largest mean difference of a channel.
MAX_DIFFERENCE = 6

PHOTOGRAPHS = [path for path in find_images("photos") if "orientation_landscape" in path.stem]


def load_bodies() -> list[bytes]:
    """Return a photograph with each orientation, or a drawn image with some of them."""
    if PHOTOGRAPHS:
        return [path.read_bytes() for path in PHOTOGRAPHS]
    bodies = []
    for orientation in (1, 6, 7):
        exif = PIL.Image.Exif()
        exif[0x0112] = orientation
        bodies.append(encode(draw_image((300, 200)), "JPEG", exif=exif))
    return bodies


def decode(body: bytes) -> PIL.Image.Image:
    with PIL.Image.open(io.BytesIO(body)) as image:
        return image.convert("RGB")


@pytest.mark.parametrize("body", load_bodies(), ids=lambda body: str(len(body)))
def test_a_photograph_is_rotated_clockwise_whatever_its_own_orientation(body: bytes) -> None:
    options = RenderOptions(sizes=(("thumb", 256),))
    plain = render_image(body, Limits(), options)
    (upright,) = plain.renditions
    for rotation in ROTATIONS:
        rendered = render_image(body, Limits(), options, rotation)
        (rotated,) = rendered.renditions
        expected = decode(upright.body).rotate(-rotation, expand=True)
        assert rotated.size == expected.size
        assert mean_difference(decode(rotated.body), expected) < MAX_DIFFERENCE
        size = plain.size[::-1] if rotation in {90, 270} else plain.size
        assert (rendered.size, rendered.orientation) == (size, plain.orientation)


class Resizer:
    """The use case of the resizer, and one image."""

    def __init__(self, pool: Any, body: bytes) -> None:
        self.backend = MemoryBackend()
        self.body = body
        self.work = RenditionWork(
            self.backend.originals,
            self.backend.renditions,
            pool,
            len(body),
            Limits(),
            RenderOptions(),
        )

    async def upload(self) -> Image:
        return await self.backend.upload(self.body)

    async def perform(self, image: Image) -> RenditionSet:
        original = await self.backend.originals.head(original_key(image.key))
        return await self.work.perform(image, original)

    async def list_keys(self) -> set[str]:
        return {stored.key async for stored in self.backend.renditions.list("")}


@pytest.fixture
async def resizer() -> AsyncIterator[Resizer]:
    async with DecodePool(1, seconds=30) as pool:
        yield Resizer(pool, load_bodies()[0])


def finish(image: Image, result: RenditionSet) -> Image:
    return image.with_part("renditions", image.renditions.begin(ETAG).succeed(result))


def rotate(image: Image, rotation: Rotation) -> Image:
    return edit_details(image, rotation=rotation)


async def test_each_rotation_has_renditions_of_its_own(resizer: Resizer) -> None:
    """Browsers cache what they read at a URL, and a visitor may have the URLs of before."""
    image = await resizer.upload()
    before = await resizer.perform(image)
    rotated = rotate(finish(image, before), 90)
    after = await resizer.perform(rotated)
    assert (after.width, after.height) == (before.height, before.width)
    assert (before.rotation, after.rotation) == (0, 90)
    keys = [{each.key for each in result.renditions} for result in (before, after)]
    assert keys[0].isdisjoint(keys[1])
    assert await resizer.list_keys() == keys[0] | keys[1]
    assert [(each.width, each.height) for each in after.renditions] == [
        (each.height, each.width) for each in before.renditions
    ]
    assert await resizer.perform(rotate(finish(rotated, after), 0)) == before
    await resizer.work.discard(image.key)
    assert await resizer.list_keys() == set()


async def test_the_original_stays_as_it_was(resizer: Resizer) -> None:
    image = rotate(await resizer.upload(), 180)
    await resizer.perform(image)
    stored = await resizer.backend.originals.head(original_key(image.key))
    assert await resizer.backend.originals.read(stored) == resizer.body


async def test_a_position_is_named_without_rendering_again(resizer: Resizer) -> None:
    image = await resizer.upload()
    before = await resizer.perform(image)
    for key in await resizer.list_keys():
        await resizer.backend.renditions.delete(key)
    position = PositionOverride(latitude=38.7109, longitude=-9.1366)
    corrected = edit_details(finish(image, before), position=position)
    after = await resizer.work.correct(corrected)
    assert after is not None
    assert await resizer.list_keys() == set()
    assert after == before.model_copy(update={"corrected_place": after.corrected_place})
    place = after.corrected_place
    assert place is not None
    assert (place.latitude, place.longitude) == (38.7109, -9.1366)
    assert (place.city, place.country) == ("Lisbon", "Portugal")
    hidden = edit_details(finish(corrected, after), position=PositionOverride())
    removed = await resizer.work.correct(hidden)
    assert removed is not None
    assert removed.corrected_place is None


async def test_a_rotation_and_a_position_during_other_work_require_work(resizer: Resizer) -> None:
    image = await resizer.upload()
    assert await resizer.work.correct(image) is None
    done = finish(image, await resizer.perform(image))
    assert await resizer.work.correct(rotate(done, 90)) is None
    running = done.with_part("renditions", done.renditions.begin(ETAG, "again"))
    assert running.renditions.result is not None
    assert await resizer.work.correct(running) is None


async def test_the_first_processing_applies_earlier_corrections(resizer: Resizer) -> None:
    position = PositionOverride(latitude=-33.8568, longitude=151.2153)
    image = edit_details(await resizer.upload(), rotation=270, position=position)
    result = await resizer.perform(image)
    assert (result.rotation, result.capture.place) == (270, None)
    assert isinstance(result.corrected_place, GeoPosition)
    assert result.corrected_place.country == "Australia"
