"""From bytes to renditions."""

import io
from itertools import pairwise
from pathlib import Path

import pytest
from PIL import Image, ImageCms, ImageOps

from sightline.domain.failures import Rejected
from sightline.imaging.decoding import Limits
from sightline_local.sample_image import draw_sample
from sightline_resizer.encoding import Format
from sightline_resizer.renditions import Recipe, RenderedImage, Size
from sightline_resizer.renditions import render_image as develop_with
from sightline_testing.sample_images import draw_image, encode, find_images, mean_difference

LIMITS = Limits()


def render_image(body: bytes, limits: Limits = LIMITS, recipe: Recipe = Recipe()) -> RenderedImage:  # noqa: B008
    return develop_with(body, limits, recipe)


def decode(developed: RenderedImage, name: str) -> Image.Image:
    (body,) = [encoded.body for encoded in developed.renditions if encoded.name == name]
    with Image.open(io.BytesIO(body)) as picture:
        picture.load()
        return picture


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
    developed = render_image(draw_sample())
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
    developed = render_image(draw_sample(size=(200, 100)))
    assert {each.size for each in developed.renditions} == {(200, 100)}
    assert len(developed.renditions) == 3


def test_a_rendition_shows_the_same_picture() -> None:
    body = draw_sample()
    with Image.open(io.BytesIO(body)) as original:
        expected = original.convert("RGB").resize((1024, 683), Image.Resampling.LANCZOS)
    assert mean_difference(decode(render_image(body), "preview"), expected) < 2


@pytest.mark.parametrize("orientation", range(1, 9))
def test_every_orientation_is_turned_upright(orientation: int) -> None:
    """Pillow's own turning of the full picture is the reference."""
    body = draw_sample(orientation, (640, 400))
    with Image.open(io.BytesIO(body)) as original:
        upright = ImageOps.exif_transpose(original).convert("RGB")
    developed = render_image(body, LIMITS, Recipe(sizes=(("full", 640),)))
    assert developed.size == upright.size == developed.renditions[0].size
    assert mean_difference(decode(developed, "full"), upright) < 3


@pytest.mark.parametrize("orientation", [0, 9, 65535])
def test_an_impossible_orientation_is_none(orientation: int) -> None:
    assert render_image(draw_sample(orientation, (64, 40))).size == (64, 40)


def test_no_metadata_is_left() -> None:
    """Position, camera, profile and comment stay with the original."""
    with Image.open(io.BytesIO(draw_sample(size=(400, 300)))) as picture:
        exif = picture.getexif()
        body = encode(picture, "JPEG", exif=exif, icc_profile=b"profile", comment=b"at home")
    for each in render_image(body).renditions:
        with Image.open(io.BytesIO(each.body)) as rendition:
            assert not rendition.getexif()
            assert not {"exif", "icc_profile", "xmp", "comment"} & rendition.info.keys()
        for secret in (b"Sightline", b"profile", b"at home", b"EXIF", b"ICCP", b"XMP "):
            assert secret not in each.body


def test_transparency_is_kept() -> None:
    picture = Image.new("RGBA", (300, 300), (255, 0, 0, 0))
    picture.paste((0, 0, 255, 255), (0, 0, 150, 300))
    thumb = decode(render_image(encode(picture, "PNG")), "thumb")
    assert thumb.mode == "RGBA"
    left, right = thumb.getpixel((30, 128)), thumb.getpixel((226, 128))
    assert isinstance(left, tuple)
    assert isinstance(right, tuple)
    assert left[3] == 255
    assert left[2] > 240
    assert right[3] == 0


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "I;16"])
@pytest.mark.parametrize("kind", ["PNG", "TIFF"])
def test_every_mode_is_read(kind: str, mode: str) -> None:
    body = encode(Image.new(mode, (300, 200)), kind)
    assert render_image(body).size == (300, 200)


def test_a_palette_with_a_transparent_color_is_read() -> None:
    body = encode(Image.new("P", (300, 200)), "PNG", transparency=0)
    assert decode(render_image(body), "thumb").getchannel("A").getextrema() == (0, 0)


@pytest.mark.parametrize("mode", ["L", "RGB", "CMYK"])
@pytest.mark.parametrize("progressive", [False, True])
def test_every_mode_of_jpeg_is_read(mode: str, progressive: bool) -> None:
    body = encode(Image.new(mode, (300, 200)), "JPEG", progressive=progressive)
    assert render_image(body).size == (300, 200)


KINDS = {
    "JPEG": "image/jpeg",
    "PNG": "image/png",
    "WEBP": "image/webp",
    "GIF": "image/gif",
    "TIFF": "image/tiff",
    "BMP": "image/bmp",
    "AVIF": "image/avif",
    "HEIF": "image/heic",
}


@pytest.mark.parametrize("kind", KINDS)
def test_every_format_is_told_by_its_content_and_shown(kind: str) -> None:
    picture = draw_image()
    developed = render_image(encode(picture, kind))
    assert developed.media_type == KINDS[kind]
    # GIF has 256 colors, which is the coarsest of them.
    assert mean_difference(decode(developed, "full"), picture) < 5


@pytest.mark.parametrize("kind", ["TIFF", "PNG"])
def test_grey_of_16_bits_keeps_its_shades(kind: str) -> None:
    """Pillow alone would show everything from 1 % brightness on as white."""
    picture = Image.linear_gradient("L").resize((300, 300))
    deep = picture.convert("I").point(lambda value: value * 257).convert("I;16")
    shown = decode(render_image(encode(deep, kind)), "full").convert("L")
    assert mean_difference(shown, picture) < 3


def test_colors_are_carried_over_from_their_own_profile() -> None:
    """Little CMS itself, on the full picture, is the reference."""
    wide = _wide_profile()
    picture = Image.new("RGB", (300, 300), (200, 100, 50))
    plain = decode(render_image(encode(picture, "PNG")), "thumb").getpixel((99, 99))
    carried = decode(render_image(encode(picture, "PNG", icc_profile=wide)), "thumb")
    expected = ImageCms.profileToProfile(
        picture,
        ImageCms.ImageCmsProfile(io.BytesIO(wide)),
        ImageCms.createProfile("sRGB"),
    )
    assert expected is not None
    assert mean_difference(carried, expected.resize(carried.size)) < 3
    assert carried.getpixel((99, 99)) != plain


@pytest.mark.parametrize("profile", [b"", b"profile", b"\0" * 4000])
def test_a_profile_that_makes_no_sense_is_passed_over(profile: bytes) -> None:
    picture = draw_image()
    shown = decode(render_image(encode(picture, "PNG", icc_profile=profile)), "full")
    assert mean_difference(shown, picture) < 3


def _wide_profile() -> bytes:
    """An RGB profile that is not sRGB: the same curves and white, red and green exchanged.

    Made from Little CMS's own sRGB by exchanging the tags of the two primaries, and its name.
    """
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    profile = profile.replace(b"rXYZ", b"?XYZ").replace(b"gXYZ", b"rXYZ").replace(b"?XYZ", b"gXYZ")
    return profile.replace("sRGB".encode("utf-16-be"), "test".encode("utf-16-be"))


def test_a_profile_for_other_pixels_is_passed_over() -> None:
    lab = ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")).tobytes()
    picture = draw_image()
    assert (
        mean_difference(
            decode(render_image(encode(picture, "PNG", icc_profile=lab)), "full"), picture
        )
        < 3
    )


@pytest.mark.parametrize("kind", ["GIF", "WEBP", "PNG"])
def test_of_an_animation_the_first_frame_is_shown(kind: str) -> None:
    frames = [Image.new("RGB", (300, 200), color) for color in ("red", "green", "blue")]
    body = encode(frames[0], kind, save_all=True, append_images=frames[1:], duration=100)
    developed = render_image(body)
    assert developed.animated
    assert mean_difference(decode(developed, "thumb"), frames[0].resize((256, 171))) < 5
    assert not render_image(encode(frames[0], kind)).animated
    assert refuse(body, Limits(frames=2)) == "too_many_frames"
    assert render_image(body, Limits(frames=3)).animated


@pytest.mark.parametrize("kind", Format)
def test_renditions_are_written_as_they_should_be(kind: Format) -> None:
    developed = render_image(draw_sample(6, (900, 600)), LIMITS, Recipe(format=kind))
    for encoded in developed.renditions:
        with Image.open(io.BytesIO(encoded.body)) as picture:
            assert (picture.format, picture.size) == (kind.name, encoded.size)
            assert not picture.getexif()
        assert b"Sightline" not in encoded.body


@pytest.mark.parametrize("kind", [Format.WEBP, Format.AVIF])
def test_transparency_is_kept_where_it_can_be(kind: Format) -> None:
    body = encode(Image.new("RGBA", (300, 300), (255, 0, 0, 0)), "PNG")
    thumb = decode(render_image(body, LIMITS, Recipe(format=kind)), "thumb")
    assert thumb.getchannel("A").getextrema() == (0, 0)


def test_what_is_transparent_is_on_white_where_it_cannot() -> None:
    body = encode(Image.new("RGBA", (300, 300), (255, 0, 0, 0)), "PNG")
    thumb = decode(render_image(body, LIMITS, Recipe(format=Format.JPEG)), "thumb")
    assert thumb.getpixel((99, 99)) == (255, 255, 255)


def test_a_lower_quality_takes_fewer_bytes() -> None:
    body = draw_sample()
    low, usual = (render_image(body, LIMITS, Recipe(quality=quality)) for quality in (30, None))
    assert len(low.renditions[0].body) < len(usual.renditions[0].body)


def refuse(body: bytes, limits: Limits = LIMITS) -> str:
    with pytest.raises(Rejected) as caught:
        render_image(body, limits)
    return caught.value.failure.code


@pytest.mark.parametrize("kind", KINDS)
def test_a_picture_that_was_cut_short_is_refused(kind: str) -> None:
    body = encode(draw_image(), kind)
    for share in (0.3, 0.6, 0.9):
        # Of a HEIF the end may be what names it.
        assert refuse(body[: int(len(body) * share)]) in {"broken_image", "unsupported_format"}


@pytest.mark.parametrize("mode", ["F", "I"])
def test_pixels_without_a_known_range_are_not_guessed_at(mode: str) -> None:
    assert refuse(encode(Image.new(mode, (300, 200)), "TIFF")) == "unsupported_format"


def test_a_side_above_the_limit_is_refused() -> None:
    body = encode(Image.new("1", (5000, 10)), "PNG")
    assert refuse(body, Limits(side=4999)) == "side_too_long"
    assert render_image(body, Limits(side=5000)).size == (5000, 10)


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
    assert refuse(header, Limits(pixels=20_000_000)) == "broken_image"


@pytest.mark.parametrize("path", find_images("malformed"), ids=lambda path: path.name)
def test_hostile_files_are_refused_or_read(path: Path) -> None:
    """Whatever is in them, it ends as a picture or as a refusal."""
    try:
        outcome = render_image(path.read_bytes()).media_type
    except Rejected as rejection:
        outcome = rejection.failure.code
    assert outcome in {"image/jpeg", "image/tiff", "broken_image", "unsupported_format"}
