"""From bytes to renditions."""

import io
from itertools import pairwise
from pathlib import Path

import pytest
from PIL import Image, ImageChops, ImageOps, ImageStat

from pictures import find_pictures
from sightline.consumer import Rejected
from sightline_local.sample import draw_sample
from sightline_resizer.pictures import Limits
from sightline_resizer.renditions import Developed, Recipe, Size, develop

LIMITS = Limits(pixels=100_000_000)


def encode(picture: Image.Image, kind: str, **options: object) -> bytes:
    file = io.BytesIO()
    picture.save(file, kind, **options)
    return file.getvalue()


def decode(developed: Developed, name: str) -> Image.Image:
    (body,) = [encoded.body for encoded in developed.renditions if encoded.name == name]
    with Image.open(io.BytesIO(body)) as picture:
        picture.load()
        return picture


def difference(one: Image.Image, other: Image.Image) -> float:
    """Mean difference of the samples, 0 to 255."""
    return max(ImageStat.Stat(ImageChops.difference(one, other)).mean)


@pytest.mark.parametrize(
    ("size", "longest", "fitted"),
    [
        ((3000, 2000), 300, (300, 200)),
        ((2000, 3000), 300, (200, 300)),
        ((300, 200), 300, (300, 200)),
        ((30, 20), 300, (30, 20)),
        ((10_000, 1), 100, (100, 1)),
        ((2725, 2225), 2048, (2048, 1672)),
    ],
)
def test_sizes_keep_their_shape_and_are_never_larger(
    size: tuple[int, int], longest: int, fitted: tuple[int, int]
) -> None:
    assert Size(*size).fit(longest) == fitted


def test_three_webp_renditions_are_made() -> None:
    developed = develop(draw_sample(), LIMITS)
    assert (developed.media_type, developed.size) == ("image/jpeg", (2400, 1600))
    assert [(each.name, each.size) for each in developed.renditions] == [
        ("full", (2048, 1365)),
        ("preview", (1024, 683)),
        ("thumb", (256, 171)),
    ]
    for each in developed.renditions:
        with Image.open(io.BytesIO(each.body)) as picture:
            assert (picture.format, picture.size) == ("WEBP", each.size)
    assert all(
        len(larger.body) > len(smaller.body) for larger, smaller in pairwise(developed.renditions)
    )


def test_a_small_picture_is_not_made_larger() -> None:
    developed = develop(draw_sample(size=(200, 100)), LIMITS)
    assert {each.size for each in developed.renditions} == {(200, 100)}
    assert len(developed.renditions) == 3


def test_a_rendition_shows_the_same_picture() -> None:
    body = draw_sample()
    with Image.open(io.BytesIO(body)) as original:
        expected = original.convert("RGB").resize((1024, 683), Image.Resampling.LANCZOS)
    assert difference(decode(develop(body, LIMITS), "preview"), expected) < 2


@pytest.mark.parametrize("orientation", range(1, 9))
def test_every_orientation_is_turned_upright(orientation: int) -> None:
    """Pillow's own turning of the full picture is the reference."""
    body = draw_sample(orientation, (640, 400))
    with Image.open(io.BytesIO(body)) as original:
        upright = ImageOps.exif_transpose(original).convert("RGB")
    developed = develop(body, LIMITS, (Recipe("full", 640),))
    assert developed.size == upright.size == developed.renditions[0].size
    assert difference(decode(developed, "full"), upright) < 3


@pytest.mark.parametrize("orientation", [0, 9, 65535])
def test_an_impossible_orientation_is_none(orientation: int) -> None:
    assert develop(draw_sample(orientation, (64, 40)), LIMITS).size == (64, 40)


def test_no_metadata_is_left() -> None:
    """Position, camera, profile and comment stay with the original."""
    with Image.open(io.BytesIO(draw_sample(size=(400, 300)))) as picture:
        exif = picture.getexif()
        body = encode(picture, "JPEG", exif=exif, icc_profile=b"profile", comment=b"at home")
    for each in develop(body, LIMITS).renditions:
        with Image.open(io.BytesIO(each.body)) as rendition:
            assert not rendition.getexif()
            assert not {"exif", "icc_profile", "xmp", "comment"} & rendition.info.keys()
        for secret in (b"Sightline", b"profile", b"at home", b"EXIF", b"ICCP", b"XMP "):
            assert secret not in each.body


def test_transparency_is_kept() -> None:
    picture = Image.new("RGBA", (300, 300), (255, 0, 0, 0))
    picture.paste((0, 0, 255, 255), (0, 0, 150, 300))
    thumb = decode(develop(encode(picture, "PNG"), LIMITS), "thumb")
    assert thumb.mode == "RGBA"
    left, right = thumb.getpixel((30, 128)), thumb.getpixel((226, 128))
    assert isinstance(left, tuple)
    assert isinstance(right, tuple)
    assert left[3] == 255
    assert left[2] > 240
    assert right[3] == 0


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "I;16"])
def test_every_mode_of_png_is_read(mode: str) -> None:
    body = encode(Image.new(mode, (300, 200)), "PNG")
    assert develop(body, LIMITS).size == (300, 200)


@pytest.mark.parametrize("mode", ["L", "RGB", "CMYK"])
@pytest.mark.parametrize("progressive", [False, True])
def test_every_mode_of_jpeg_is_read(mode: str, progressive: bool) -> None:
    body = encode(Image.new(mode, (300, 200)), "JPEG", progressive=progressive)
    assert develop(body, LIMITS).size == (300, 200)


def refuse(body: bytes, limits: Limits = LIMITS) -> str:
    with pytest.raises(Rejected) as caught:
        develop(body, limits)
    return caught.value.failure.code


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_picture_that_was_cut_short_is_refused(kind: str) -> None:
    with Image.open(io.BytesIO(draw_sample(size=(640, 400)))) as picture:
        body = encode(picture, kind)
    for share in (0.3, 0.6, 0.9):
        assert refuse(body[: int(len(body) * share)]) == "broken_picture"


@pytest.mark.parametrize(
    "body", [b"", b"hello", b"<svg xmlns='http://www.w3.org/2000/svg'/>", b"%PDF-1.7", b"\0" * 999]
)
def test_what_is_no_picture_is_refused(body: bytes) -> None:
    assert refuse(body) == "unsupported_format"


def test_a_bomb_is_refused_before_it_is_decoded() -> None:
    """A header that claims more than is allowed, with hardly a pixel behind it."""
    body = encode(Image.new("1", (5000, 4000)), "PNG")
    header = body[: body.index(b"IDAT") + 8]
    assert refuse(header, Limits(pixels=19_999_999)) == "too_many_pixels"
    assert refuse(header, Limits(pixels=20_000_000)) == "broken_picture"


@pytest.mark.parametrize("path", find_pictures("malformed"), ids=lambda path: path.name)
def test_hostile_files_are_refused_or_read(path: Path) -> None:
    """Whatever is in them, it ends as a picture or as a refusal."""
    try:
        outcome = develop(path.read_bytes(), LIMITS).media_type
    except Rejected as rejection:
        outcome = rejection.failure.code
    assert outcome in {"image/jpeg", "broken_picture", "unsupported_format"}
