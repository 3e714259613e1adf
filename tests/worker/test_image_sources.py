"""The choice between an S3 reference and a transcoded JPEG, and the transcoding."""

import io
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from PIL import Image, ImageOps, ImageStat
from PIL.ExifTags import Base

from sightline.domain.failures import Rejected
from sightline.imaging.color_spaces import BT709
from sightline.imaging.decoding import Limits
from sightline.imaging.icc import build_profile
from sightline.imaging.process_pool import DecodePool
from sightline_resizer.renditions import RenderOptions, render_image
from sightline_testing.backend import MemoryBackend
from sightline_testing.sample_images import draw_image, encode, find_images, mean_difference
from sightline_worker.image_sources import (
    MAX_INLINE_BYTES,
    ImageSource,
    ImageSources,
    InlineJpeg,
    S3Reference,
    is_accepted,
    transcode,
)

KEY = "originals/a/b"
LIMITS = Limits()


class SourcesHarness:
    """`ImageSources` over the originals of a backend in memory."""

    def __init__(self, pool: DecodePool) -> None:
        self.originals = MemoryBackend().originals
        self.sources = ImageSources(self.originals, pool, 50 * 2**20, LIMITS)

    async def prepare(self, body: bytes, size: int | None = None) -> ImageSource:
        """Store the file and prepare its source, as if it had `size` bytes."""
        await self.originals.write(KEY, body, "image/jpeg")
        original = await self.originals.head(KEY)
        return await self.sources.prepare(original._replace(size=size or original.size))


@pytest.fixture
async def harness() -> AsyncIterator[SourcesHarness]:
    async with DecodePool(1, seconds=60) as pool:
        yield SourcesHarness(pool)


def open_jpeg(source: ImageSource) -> Image.Image:
    """Return the image of an inline JPEG; check its size, and that it has no metadata."""
    assert isinstance(source, InlineJpeg)
    assert len(source.body) <= MAX_INLINE_BYTES
    with Image.open(io.BytesIO(source.body)) as image:
        assert image.format == "JPEG"
        assert not image.getexif()
        image.load()
        return image


@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
async def test_an_accepted_file_is_sent_by_reference(harness: SourcesHarness, kind: str) -> None:
    assert await harness.prepare(encode(draw_image(), kind)) == S3Reference(KEY)


async def test_dimensions_after_large_metadata_are_found(harness: SourcesHarness) -> None:
    body = encode(draw_image(), "JPEG", icc_profile=b"\0" * 200_000)
    assert await harness.prepare(body) == S3Reference(KEY)


@pytest.mark.parametrize("kind", ["WEBP", "GIF", "TIFF", "BMP", "AVIF", "HEIF"])
async def test_other_formats_are_transcoded(harness: SourcesHarness, kind: str) -> None:
    image = draw_image()
    assert mean_difference(open_jpeg(await harness.prepare(encode(image, kind))), image) < 6


async def test_a_file_above_the_size_limit_is_transcoded(harness: SourcesHarness) -> None:
    source = await harness.prepare(encode(draw_image(), "PNG"), size=15_000_001)
    assert open_jpeg(source).size == (640, 400)


@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
async def test_an_image_above_the_side_limit_is_scaled_down(
    harness: SourcesHarness, kind: str
) -> None:
    transcoded = open_jpeg(await harness.prepare(encode(Image.new("RGB", (10_001, 1000)), kind)))
    assert transcoded.size == (4096, 410)


@pytest.mark.parametrize(
    ("size", "expected"),
    [
        ((12_000, 200), (10_000, 167)),
        ((200, 12_000), (167, 10_000)),
        ((5_000, 97), (5_000, 97)),
        ((10_000, 80), (10_000, 80)),
        ((30_000, 240), (10_000, 80)),
        ((12_000, 300), (4_096, 102)),
        ((300, 200), (300, 200)),
    ],
)
def test_a_long_image_is_scaled_down_only_as_far_as_it_may_be(
    size: tuple[int, int], expected: tuple[int, int]
) -> None:
    body = encode(Image.new("RGB", size), "BMP")
    assert open_jpeg(InlineJpeg(transcode(body, LIMITS))).size == expected


async def test_a_long_jpeg_is_recognized(harness: SourcesHarness) -> None:
    source = await harness.prepare(encode(Image.new("RGB", (12_000, 200)), "JPEG"))
    assert open_jpeg(source).size == (10_000, 167)


async def test_colors_are_transcoded_to_srgb() -> None:
    """Rekognition ignores color profiles."""
    linear = build_profile(BT709, 1.0)
    body = encode(Image.new("RGB", (300, 300), (60, 60, 60)), "TIFF", icc_profile=linear)
    transcoded = open_jpeg(InlineJpeg(transcode(body, LIMITS)))
    assert ImageStat.Stat(transcoded).mean == pytest.approx((133, 133, 133), abs=2)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "TIFF", "WEBP"])
async def test_a_damaged_file_is_rejected_for_the_same_reason_as_by_the_resizer(
    harness: SourcesHarness, kind: str
) -> None:
    body = encode(draw_image(), kind)[:120]
    with pytest.raises(Rejected) as caught:
        await harness.prepare(body)
    with pytest.raises(Rejected) as expected:
        render_image(body, LIMITS, RenderOptions())
    assert caught.value.failure == expected.value.failure


async def test_a_transcoded_image_is_upright() -> None:
    """Boxes then match the renditions, which are upright as well."""
    for orientation in range(1, 9):
        exif = Image.Exif()
        exif[Base.Orientation] = orientation
        body = encode(draw_image(), "TIFF", exif=exif)
        with Image.open(io.BytesIO(body)) as original:
            upright = ImageOps.exif_transpose(original).convert("RGB")
        assert mean_difference(open_jpeg(InlineJpeg(transcode(body, LIMITS))), upright) < 4


async def test_a_rotated_png_is_transcoded_upright(harness: SourcesHarness) -> None:
    """Rekognition applies the EXIF orientation of a JPEG, but ignores that of a PNG."""
    exif = Image.Exif()
    exif[Base.Orientation] = 6
    png, jpeg = (encode(draw_image(), kind, exif=exif) for kind in ("PNG", "JPEG"))
    assert open_jpeg(await harness.prepare(png)).size == (400, 640)
    assert await harness.prepare(jpeg) == S3Reference(KEY)


async def test_transparency_is_transcoded_to_white() -> None:
    body = encode(Image.new("RGBA", (300, 300), (255, 0, 0, 0)), "WEBP")
    assert open_jpeg(InlineJpeg(transcode(body, LIMITS))).getpixel((9, 9)) == (255, 255, 255)


async def test_noise_is_scaled_down_until_it_fits_into_the_request() -> None:
    noise = Image.effect_noise((4000, 4000), 200).convert("RGB")
    assert open_jpeg(InlineJpeg(transcode(encode(noise, "BMP"), LIMITS))).width == 2000


@pytest.mark.parametrize("size", [(79, 500), (500, 79), (1, 1)])
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
async def test_an_image_with_a_side_below_the_minimum_is_rejected(
    harness: SourcesHarness, kind: str, size: tuple[int, int]
) -> None:
    with pytest.raises(Rejected) as caught:
        await harness.prepare(encode(Image.new("RGB", size), kind))
    assert caught.value.failure.code == "image_too_small"


async def test_an_image_that_scaling_makes_too_thin_is_rejected(harness: SourcesHarness) -> None:
    with pytest.raises(Rejected) as caught:
        await harness.prepare(encode(Image.new("RGB", (20_000, 150)), "PNG"))
    assert caught.value.failure.code == "image_too_small"


async def test_an_image_of_the_minimum_size_is_accepted(harness: SourcesHarness) -> None:
    assert await harness.prepare(encode(Image.new("RGB", (80, 80)), "PNG")) == S3Reference(KEY)


async def test_a_file_that_is_not_an_image_is_rejected(harness: SourcesHarness) -> None:
    with pytest.raises(Rejected) as caught:
        await harness.prepare(b"hello")
    assert caught.value.failure.code == "unsupported_format"


@pytest.mark.parametrize("path", find_images("malformed"), ids=lambda path: path.name)
def test_a_malformed_header_raises_no_other_error(path: Path) -> None:
    try:
        outcome = str(is_accepted(path.read_bytes(), LIMITS))
    except Rejected as rejection:
        outcome = rejection.failure.code
    assert outcome in {"True", "False", "image_too_small"}
