"""Rendering: formats, color modes, orientation, metadata, limits and malformed files."""

import io
from itertools import pairwise
from pathlib import Path

import pytest
from PIL import Image, ImageCms, ImageOps

from sightline.domain.failures import Rejected
from sightline.imaging.decoding import Limits
from sightline_local.sample_image import draw_sample
from sightline_resizer.encoding import RenditionFormat
from sightline_resizer.renditions import RenderedImage, RenderOptions, Size, render_image
from sightline_testing.sample_images import draw_image, encode, find_images, mean_difference

LIMITS = Limits()
OPTIONS = RenderOptions()


def render(body: bytes, limits: Limits = LIMITS, options: RenderOptions = OPTIONS) -> RenderedImage:
    return render_image(body, limits, options)


def decode_rendition(rendered: RenderedImage, name: str) -> Image.Image:
    (body,) = [encoded.body for encoded in rendered.renditions if encoded.name == name]
    with Image.open(io.BytesIO(body)) as image:
        image.load()
        return image


def failure_code(body: bytes, limits: Limits = LIMITS) -> str:
    """Return the failure code with which the image is rejected."""
    with pytest.raises(Rejected) as caught:
        render(body, limits)
    return caught.value.failure.code


@pytest.mark.parametrize(
    ("size", "longest", "expected"),
    [
        ((3000, 2000), 300, (300, 200)),
        ((2000, 3000), 300, (200, 300)),
        ((300, 200), 300, (300, 200)),
        ((30, 20), 300, (30, 20)),
        ((10_000, 1), 100, (100, 1)),
        ((2725, 2225), 2048, (2048, 1672)),
    ],
)
def test_fit_keeps_the_aspect_ratio_and_never_scales_up(
    size: tuple[int, int], longest: int, expected: tuple[int, int]
) -> None:
    assert Size(*size).fit(longest) == expected


def test_three_webp_renditions_are_created_by_default() -> None:
    rendered = render(draw_sample())
    assert (rendered.media_type, rendered.size) == ("image/jpeg", (2400, 1600))
    assert [(each.name, each.size) for each in rendered.renditions] == [
        ("full", (2048, 1365)),
        ("preview", (1024, 683)),
        ("thumb", (256, 171)),
    ]
    for each in rendered.renditions:
        with Image.open(io.BytesIO(each.body)) as image:
            assert (image.format, image.size) == ("WEBP", each.size)
    assert all(
        len(larger.body) > len(smaller.body) for larger, smaller in pairwise(rendered.renditions)
    )


def test_a_small_image_is_not_scaled_up() -> None:
    rendered = render(draw_sample(size=(200, 100)))
    assert {each.size for each in rendered.renditions} == {(200, 100)}
    assert len(rendered.renditions) == 3


def test_a_rendition_matches_the_original_scaled_by_pillow() -> None:
    body = draw_sample()
    with Image.open(io.BytesIO(body)) as original:
        expected = original.convert("RGB").resize((1024, 683), Image.Resampling.LANCZOS)
    assert mean_difference(decode_rendition(render(body), "preview"), expected) < 2


@pytest.mark.parametrize("orientation", range(1, 9))
def test_renditions_are_upright_for_every_orientation(orientation: int) -> None:
    """The reference is Pillow's own rotation of the full image."""
    body = draw_sample(orientation, (640, 400))
    with Image.open(io.BytesIO(body)) as original:
        upright = ImageOps.exif_transpose(original).convert("RGB")
    rendered = render(body, LIMITS, RenderOptions(sizes=(("full", 640),)))
    assert rendered.size == upright.size == rendered.renditions[0].size
    assert mean_difference(decode_rendition(rendered, "full"), upright) < 3


@pytest.mark.parametrize("orientation", [0, 9, 65535])
def test_an_invalid_orientation_is_ignored(orientation: int) -> None:
    assert render(draw_sample(orientation, (64, 40))).size == (64, 40)


def test_renditions_contain_no_metadata() -> None:
    """Position, camera, color profile and comment are only in the original."""
    with Image.open(io.BytesIO(draw_sample(size=(400, 300)))) as image:
        exif = image.getexif()
        body = encode(image, "JPEG", exif=exif, icc_profile=b"profile", comment=b"at home")
    for each in render(body).renditions:
        with Image.open(io.BytesIO(each.body)) as rendition:
            assert not rendition.getexif()
            assert not {"exif", "icc_profile", "xmp", "comment"} & rendition.info.keys()
        for secret in (b"Sightline", b"profile", b"at home", b"EXIF", b"ICCP", b"XMP "):
            assert secret not in each.body


def test_transparency_is_preserved() -> None:
    image = Image.new("RGBA", (300, 300), (255, 0, 0, 0))
    image.paste((0, 0, 255, 255), (0, 0, 150, 300))
    thumb = decode_rendition(render(encode(image, "PNG")), "thumb")
    assert thumb.mode == "RGBA"
    left, right = thumb.getpixel((30, 128)), thumb.getpixel((226, 128))
    assert isinstance(left, tuple)
    assert isinstance(right, tuple)
    assert left[3] == 255
    assert left[2] > 240
    assert right[3] == 0


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "I;16"])
@pytest.mark.parametrize("kind", ["PNG", "TIFF"])
def test_every_color_mode_is_rendered(kind: str, mode: str) -> None:
    body = encode(Image.new(mode, (300, 200)), kind)
    assert render(body).size == (300, 200)


def test_a_palette_with_a_transparent_color_is_rendered() -> None:
    body = encode(Image.new("P", (300, 200)), "PNG", transparency=0)
    assert decode_rendition(render(body), "thumb").getchannel("A").getextrema() == (0, 0)


@pytest.mark.parametrize("mode", ["L", "RGB", "CMYK"])
@pytest.mark.parametrize("progressive", [False, True])
def test_every_color_mode_of_jpeg_is_rendered(mode: str, progressive: bool) -> None:
    body = encode(Image.new(mode, (300, 200)), "JPEG", progressive=progressive)
    assert render(body).size == (300, 200)


#: Media types by Pillow's names of the formats.
MEDIA_TYPES = {
    "JPEG": "image/jpeg",
    "PNG": "image/png",
    "WEBP": "image/webp",
    "GIF": "image/gif",
    "TIFF": "image/tiff",
    "BMP": "image/bmp",
    "AVIF": "image/avif",
    "HEIF": "image/heic",
}


@pytest.mark.parametrize("kind", MEDIA_TYPES)
def test_every_format_is_detected_from_the_content_and_rendered(kind: str) -> None:
    image = draw_image()
    rendered = render(encode(image, kind))
    assert rendered.media_type == MEDIA_TYPES[kind]
    # The limit is for GIF, the least precise format with 256 colors.
    assert mean_difference(decode_rendition(rendered, "full"), image) < 5


@pytest.mark.parametrize("kind", ["TIFF", "PNG"])
def test_16_bit_grayscale_keeps_its_shades(kind: str) -> None:
    """Pillow's own conversion renders everything above 1 % brightness as white."""
    image = Image.linear_gradient("L").resize((300, 300))
    deep = image.convert("I").point(lambda value: value * 257).convert("I;16")
    rendition = decode_rendition(render(encode(deep, kind)), "full").convert("L")
    assert mean_difference(rendition, image) < 3


def test_colors_are_converted_from_the_profile_of_the_image() -> None:
    """The reference is Little CMS itself, on the full image."""
    profile = _swapped_profile()
    image = Image.new("RGB", (300, 300), (200, 100, 50))
    plain = decode_rendition(render(encode(image, "PNG")), "thumb").getpixel((99, 99))
    converted = decode_rendition(render(encode(image, "PNG", icc_profile=profile)), "thumb")
    expected = ImageCms.profileToProfile(
        image,
        ImageCms.ImageCmsProfile(io.BytesIO(profile)),
        ImageCms.createProfile("sRGB"),
    )
    assert expected is not None
    assert mean_difference(converted, expected.resize(converted.size)) < 3
    assert converted.getpixel((99, 99)) != plain


@pytest.mark.parametrize("profile", [b"", b"profile", b"\0" * 4000])
def test_an_invalid_profile_is_ignored(profile: bytes) -> None:
    image = draw_image()
    rendition = decode_rendition(render(encode(image, "PNG", icc_profile=profile)), "full")
    assert mean_difference(rendition, image) < 3


def _swapped_profile() -> bytes:
    """Return an RGB profile that is not sRGB: red and green are swapped, the rest is the same.

    It is Little CMS's own sRGB with the tags of these two primaries swapped, and another name.
    """
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    profile = profile.replace(b"rXYZ", b"?XYZ").replace(b"gXYZ", b"rXYZ").replace(b"?XYZ", b"gXYZ")
    return profile.replace("sRGB".encode("utf-16-be"), "test".encode("utf-16-be"))


def test_a_profile_for_another_color_mode_is_ignored() -> None:
    lab = ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")).tobytes()
    image = draw_image()
    assert (
        mean_difference(
            decode_rendition(render(encode(image, "PNG", icc_profile=lab)), "full"), image
        )
        < 3
    )


@pytest.mark.parametrize("kind", ["GIF", "WEBP", "PNG"])
def test_the_first_frame_of_an_animation_is_rendered(kind: str) -> None:
    frames = [Image.new("RGB", (300, 200), color) for color in ("red", "green", "blue")]
    body = encode(frames[0], kind, save_all=True, append_images=frames[1:], duration=100)
    rendered = render(body)
    assert rendered.animated
    assert mean_difference(decode_rendition(rendered, "thumb"), frames[0].resize((256, 171))) < 5
    assert not render(encode(frames[0], kind)).animated
    assert failure_code(body, Limits(frames=2)) == "too_many_frames"
    assert render(body, Limits(frames=3)).animated


@pytest.mark.parametrize("kind", RenditionFormat)
def test_renditions_have_the_configured_format(kind: RenditionFormat) -> None:
    rendered = render(draw_sample(6, (900, 600)), LIMITS, RenderOptions(format=kind))
    for encoded in rendered.renditions:
        with Image.open(io.BytesIO(encoded.body)) as image:
            assert (image.format, image.size) == (kind.name, encoded.size)
            assert not image.getexif()
        assert b"Sightline" not in encoded.body


@pytest.mark.parametrize("kind", [RenditionFormat.WEBP, RenditionFormat.AVIF])
def test_transparency_is_preserved_in_formats_that_support_it(kind: RenditionFormat) -> None:
    body = encode(Image.new("RGBA", (300, 300), (255, 0, 0, 0)), "PNG")
    thumb = decode_rendition(render(body, LIMITS, RenderOptions(format=kind)), "thumb")
    assert thumb.getchannel("A").getextrema() == (0, 0)


def test_transparency_becomes_white_in_jpeg() -> None:
    body = encode(Image.new("RGBA", (300, 300), (255, 0, 0, 0)), "PNG")
    thumb = decode_rendition(
        render(body, LIMITS, RenderOptions(format=RenditionFormat.JPEG)), "thumb"
    )
    assert thumb.getpixel((99, 99)) == (255, 255, 255)


def test_a_lower_quality_makes_smaller_files() -> None:
    body = draw_sample()
    low, default = (render(body, LIMITS, RenderOptions(quality=quality)) for quality in (30, None))
    assert len(low.renditions[0].body) < len(default.renditions[0].body)


@pytest.mark.parametrize("mode", ["F", "I"])
def test_a_color_mode_without_a_defined_range_is_rejected(mode: str) -> None:
    assert failure_code(encode(Image.new(mode, (300, 200)), "TIFF")) == "unsupported_format"


def test_a_side_above_the_limit_is_rejected() -> None:
    body = encode(Image.new("1", (5000, 10)), "PNG")
    assert failure_code(body, Limits(side=4999)) == "side_too_long"
    assert render(body, Limits(side=5000)).size == (5000, 10)


@pytest.mark.parametrize(
    "body", [b"", b"hello", b"<svg xmlns='http://www.w3.org/2000/svg'/>", b"%PDF-1.7", b"\0" * 999]
)
def test_a_file_that_is_not_an_image_is_rejected(body: bytes) -> None:
    assert failure_code(body) == "unsupported_format"


def test_a_decompression_bomb_is_rejected_before_it_is_decoded() -> None:
    """The file consists of a header with too many pixels, and hardly any pixel data."""
    body = encode(Image.new("1", (5000, 4000)), "PNG")
    header = body[: body.index(b"IDAT") + 8]
    assert failure_code(header, Limits(pixels=19_999_999)) == "too_many_pixels"
    assert failure_code(header, Limits(pixels=20_000_000)) == "broken_image"


@pytest.mark.parametrize("path", find_images("malformed"), ids=lambda path: path.name)
def test_a_malformed_file_is_rendered_or_rejected(path: Path) -> None:
    try:
        outcome = render(path.read_bytes()).media_type
    except Rejected as rejection:
        outcome = rejection.failure.code
    assert outcome in {
        "image/jpeg",
        "image/png",
        "image/tiff",
        "broken_image",
        "unsupported_format",
    }
