"""What Rekognition is given."""

import io
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from PIL import Image, ImageOps
from PIL.ExifTags import Base

from sightline.adapters.memory import MemoryObjectStore
from sightline.domain.failures import Rejected
from sightline.imaging.decoding import Limits
from sightline.imaging.process_pool import DecodePool
from sightline_testing.sample_images import draw_image, encode, find_images, mean_difference
from sightline_worker.sources import (
    MAX_SENT,
    Reference,
    Sent,
    Source,
    Sources,
    is_readable,
    transcode,
)

KEY = "originals/a/b"
LIMITS = Limits()


class Rig:
    """Sources over a store in memory."""

    def __init__(self, bench: DecodePool) -> None:
        self.originals = MemoryObjectStore()
        self.sources = Sources(self.originals, bench, 50 * 2**20, LIMITS)

    async def prepare(self, body: bytes, size: int | None = None) -> Source:
        await self.originals.write(KEY, body, "image/jpeg")
        original = await self.originals.head(KEY)
        return await self.sources.prepare(original._replace(size=size or original.size))


@pytest.fixture
async def rig() -> AsyncIterator[Rig]:
    async with DecodePool(1, seconds=60) as bench:
        yield Rig(bench)


def read(source: Source) -> Image.Image:
    assert isinstance(source, Sent)
    assert len(source.body) <= MAX_SENT
    with Image.open(io.BytesIO(source.body)) as picture:
        assert picture.format == "JPEG"
        assert not picture.getexif()
        picture.load()
        return picture


@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
async def test_what_can_be_taken_goes_by_reference(rig: Rig, kind: str) -> None:
    assert await rig.prepare(encode(draw_image(), kind)) == Reference(KEY)


async def test_a_header_behind_much_metadata_is_found(rig: Rig) -> None:
    body = encode(draw_image(), "JPEG", icc_profile=b"\0" * 200_000)
    assert await rig.prepare(body) == Reference(KEY)


@pytest.mark.parametrize("kind", ["WEBP", "GIF", "TIFF", "BMP", "AVIF", "HEIF"])
async def test_other_formats_are_sent_as_jpeg(rig: Rig, kind: str) -> None:
    picture = draw_image()
    assert mean_difference(read(await rig.prepare(encode(picture, kind))), picture) < 6


async def test_a_file_above_the_limit_is_sent_as_jpeg(rig: Rig) -> None:
    assert read(await rig.prepare(encode(draw_image(), "PNG"), size=15_000_001)).size == (640, 400)


@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
async def test_a_side_above_the_limit_is_sent_smaller(rig: Rig, kind: str) -> None:
    sent = read(await rig.prepare(encode(Image.new("RGB", (10_001, 1000)), kind)))
    assert sent.size == (4096, 410)


async def test_what_is_sent_stands_upright() -> None:
    """Boxes then fit the renditions, which do too."""
    for orientation in range(1, 9):
        exif = Image.Exif()
        exif[Base.Orientation] = orientation
        body = encode(draw_image(), "TIFF", exif=exif)
        with Image.open(io.BytesIO(body)) as original:
            upright = ImageOps.exif_transpose(original).convert("RGB")
        assert mean_difference(read(Sent(transcode(body, LIMITS))), upright) < 4


async def test_a_png_that_lies_on_its_side_is_sent_upright(rig: Rig) -> None:
    """Rekognition heeds a JPEG's orientation and overlooks a PNG's."""
    exif = Image.Exif()
    exif[Base.Orientation] = 6
    assert read(await rig.prepare(encode(draw_image(), "PNG", exif=exif))).size == (400, 640)
    assert await rig.prepare(encode(draw_image(), "JPEG", exif=exif)) == Reference(KEY)


async def test_transparency_is_sent_on_white() -> None:
    body = encode(Image.new("RGBA", (300, 300), (255, 0, 0, 0)), "WEBP")
    assert read(Sent(transcode(body, LIMITS))).getpixel((9, 9)) == (255, 255, 255)


async def test_even_noise_is_sent_small_enough() -> None:
    noise = Image.effect_noise((4000, 4000), 200).convert("RGB")
    assert read(Sent(transcode(encode(noise, "BMP"), LIMITS))).width == 2000


@pytest.mark.parametrize("size", [(79, 500), (500, 79), (1, 1)])
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
async def test_a_side_that_is_too_short_is_rejected(
    rig: Rig, kind: str, size: tuple[int, int]
) -> None:
    with pytest.raises(Rejected) as caught:
        await rig.prepare(encode(Image.new("RGB", size), kind))
    assert caught.value.failure.code == "image_too_small"


async def test_a_strip_that_would_become_too_thin_is_rejected(rig: Rig) -> None:
    with pytest.raises(Rejected) as caught:
        await rig.prepare(encode(Image.new("RGB", (12_000, 200)), "PNG"))
    assert caught.value.failure.code == "image_too_small"


async def test_just_large_enough_is_taken(rig: Rig) -> None:
    assert await rig.prepare(encode(Image.new("RGB", (80, 80)), "PNG")) == Reference(KEY)


async def test_what_is_no_picture_is_rejected(rig: Rig) -> None:
    with pytest.raises(Rejected) as caught:
        await rig.prepare(b"hello")
    assert caught.value.failure.code == "unsupported_format"


@pytest.mark.parametrize("path", find_images("malformed"), ids=lambda path: path.name)
def test_hostile_headers_harm_nobody(path: Path) -> None:
    try:
        outcome = str(is_readable(path.read_bytes(), LIMITS))
    except Rejected as rejection:
        outcome = rejection.failure.code
    assert outcome in {"True", "False", "image_too_small"}
