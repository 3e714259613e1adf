"""Files as people have them: color spaces, damage, shapes, raw files, and costly structures."""

import io
import struct
import zlib
from pathlib import Path

import pytest
from PIL import Image, ImageStat

from sightline.domain.failures import Rejected
from sightline.imaging.color_spaces import ADOBE_RGB, BT709, SRGB_CURVE
from sightline.imaging.decoding import Limits, open_image
from sightline.imaging.icc import Primaries, build_profile
from sightline.imaging.png import MAX_CHUNKS
from sightline_resizer.renditions import RenderedImage, RenderOptions, render_image
from sightline_testing.drawn_files import (
    Fields,
    describe_pixels,
    insert_chunks,
    insert_nclx,
    make_chunk,
    make_png,
    make_raw,
    make_tiff,
    repeat_scans,
    split_png,
    with_exif,
)
from sightline_testing.sample_images import (
    IMAGES_FOLDER,
    draw_image,
    encode,
    find_images,
    mean_difference,
)

LIMITS = Limits()

#: A color, and what it is in sRGB if it is meant in Display P3, Adobe RGB or linear sRGB.
COLOR = (201, 100, 50)
FROM_P3, FROM_ADOBE_RGB, FROM_LINEAR = (215, 93, 31), (228, 100, 42), (230, 168, 122)

P3 = Primaries((0.680, 0.320), (0.265, 0.690), (0.150, 0.060), (0.3127, 0.3290))


def render(body: bytes) -> RenderedImage:
    return render_image(body, LIMITS, RenderOptions(quality=100))


def pixels(rendered: RenderedImage) -> Image.Image:
    with Image.open(io.BytesIO(rendered.renditions[0].body)) as image:
        image.load()
        return image


def mean(body: bytes) -> tuple[float, ...]:
    return tuple(ImageStat.Stat(pixels(render(body))).mean)


def code(body: bytes) -> str:
    with pytest.raises(Rejected) as caught:
        render(body)
    return caught.value.failure.code


def flat(color: tuple[int, ...] = COLOR, mode: str = "RGB") -> Image.Image:
    return Image.new(mode, (64, 48), color)


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "TIFF", "WEBP"])
@pytest.mark.parametrize(
    ("profile", "expected"),
    [
        (build_profile(P3, SRGB_CURVE), FROM_P3),
        (build_profile(BT709, 1.0), FROM_LINEAR),
        (ADOBE_RGB, FROM_ADOBE_RGB),
        (build_profile(BT709, SRGB_CURVE), COLOR),
    ],
    ids=["P3", "linear", "Adobe RGB", "sRGB"],
)
def test_a_profile_is_applied_by_what_it_contains(
    kind: str, profile: bytes, expected: tuple[int, ...]
) -> None:
    """Also if its name says that it is sRGB."""
    name, srgb = "Sightline".encode("utf-16-be"), "sRGB v2.0".encode("utf-16-be")
    body = encode(flat(), kind, icc_profile=profile.replace(name, srgb))
    assert mean(body) == pytest.approx(expected, abs=4)


def test_a_profile_for_rgb_applies_to_grayscale() -> None:
    body = encode(Image.new("L", (64, 48), 60), "PNG", icc_profile=build_profile(BT709, 1.0))
    assert mean(body) == pytest.approx((133, 133, 133), abs=2)


def test_a_profile_of_pq_is_tone_mapped() -> None:
    """A PNG with a profile that has the tag `cicp`, as HDR screenshots have."""
    profile = bytearray(build_profile(BT709, SRGB_CURVE))
    at = profile.index(b"cprt")
    profile[at : at + 12] = struct.pack(">4sII", b"cicp", len(profile), 12)
    profile += b"cicp\0\0\0\0\x09\x10\0\1"
    white = Image.new("RGB", (64, 48), (148, 148, 148))
    (red, *_) = mean(encode(white, "PNG", icc_profile=bytes(profile)))
    assert 220 < red < 240


@pytest.mark.parametrize("kind", ["AVIF", "HEIF"])
@pytest.mark.parametrize(
    ("primaries", "transfer", "expected"),
    [
        (1, 13, COLOR),
        (12, 13, FROM_P3),
        (1, 8, FROM_LINEAR),
        (1, 1, COLOR),
        (2, 2, COLOR),
    ],
)
def test_the_color_space_of_avif_and_heif_is_heeded(
    kind: str, primaries: int, transfer: int, expected: tuple[int, ...]
) -> None:
    plain = encode(flat(), kind, quality=100)
    if b"colrnclx" not in plain:
        pytest.skip("the encoder writes no nclx")
    body = insert_nclx(plain, primaries, transfer)
    assert mean(body) == pytest.approx(expected, abs=4)


@pytest.mark.parametrize("transfer", [16, 18])
def test_hdr_is_tone_mapped(transfer: int) -> None:
    """Diffuse white (203 cd/m²) is bright, twice as much is brighter, and black stays black."""
    grays = {16: (0, 148, 166, 255), 18: (0, 191, 220, 255)}[transfer]
    image = Image.new("RGB", (64, 64))
    for index, gray in enumerate(grays):
        image.paste((gray, gray, gray), (16 * index, 0, 16 * index + 16, 64))
    body = insert_chunks(encode(image, "PNG"), make_chunk(b"cICP", bytes((9, transfer, 0, 1))))
    rendered = pixels(render(body))
    black, white, bright, peak = (
        ImageStat.Stat(rendered.crop((16 * n + 4, 8, 16 * n + 12, 56))).mean[0] for n in range(4)
    )
    assert black <= 1
    assert 215 < white < bright < peak
    assert peak >= 254


@pytest.mark.parametrize(
    ("chunks", "expected"),
    [
        ([(b"cICP", b"\x0c\x0d\0\1")], FROM_P3),
        ([(b"gAMA", struct.pack(">I", 100_000))], FROM_LINEAR),
        ([(b"gAMA", struct.pack(">I", 45_455))], COLOR),
        ([(b"gAMA", struct.pack(">I", 100_000)), (b"sRGB", b"\0")], COLOR),
        ([(b"gAMA", struct.pack(">I", 0))], COLOR),
        (
            [
                (b"gAMA", struct.pack(">I", 45_455)),
                (
                    b"cHRM",
                    struct.pack(">8I", 31270, 32900, 68000, 32000, 26500, 69000, 15000, 6000),
                ),
            ],
            FROM_P3,
        ),
        ([(b"cHRM", struct.pack(">8I", *[1] * 8))], COLOR),
        ([(b"cHRM", struct.pack(">8I", *[0] * 8))], COLOR),
    ],
    ids=["cICP", "gAMA", "2.2", "sRGB", "zero", "cHRM", "on a line", "zero cHRM"],
)
def test_the_color_chunks_of_a_png_are_heeded(
    chunks: list[tuple[bytes, bytes]], expected: tuple[int, ...]
) -> None:
    body = insert_chunks(encode(flat(), "PNG"), *(make_chunk(*chunk) for chunk in chunks))
    assert mean(body) == pytest.approx(expected, abs=3)


def test_the_code_points_of_a_png_precede_its_profile() -> None:
    body = encode(flat(), "PNG", icc_profile=build_profile(BT709, 1.0))
    body = insert_chunks(body, make_chunk(b"cICP", b"\x0c\x0d\0\1"))
    assert mean(body) == pytest.approx(FROM_P3, abs=3)


@pytest.mark.parametrize(
    ("color_space", "index", "expected"),
    [
        (1, "R98", COLOR),
        (2, "", FROM_ADOBE_RGB),
        (65535, "R03", FROM_ADOBE_RGB),
        (65535, "R98", COLOR),
        (65535, "", COLOR),
    ],
)
def test_adobe_rgb_is_recognized_by_exif(
    color_space: int, index: str, expected: tuple[int, ...]
) -> None:
    exif = Image.Exif()
    details = exif.get_ifd(0x8769)
    details[0xA001] = color_space
    if index:
        details[0xA005] = {1: index}
    body = encode(flat(), "JPEG", exif=exif, quality=100, subsampling=0)
    assert mean(body) == pytest.approx(expected, abs=4)


def test_adobe_rgb_is_recognized_by_exif_in_a_tiff() -> None:
    color_pixels = bytes(COLOR) * 3000
    directory = struct.pack("<HHHIHHI", 1, 0xA001, 3, 1, 2, 0, 0)
    fields = describe_pixels((60, 50), 2, (8, 8, 8)) | {34665: [8 + len(color_pixels)]}
    body = make_tiff(fields, data=color_pixels + directory)
    assert mean(body) == pytest.approx(FROM_ADOBE_RGB, abs=4)


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize(("photometric", "expected"), [(1, 64), (0, 191)])
def test_16_bit_grayscale_of_a_tiff_is_right(order: str, photometric: int, expected: int) -> None:
    data = struct.pack(f"{order}H", 64 * 256 + 128) * 3000
    body = make_tiff(describe_pixels((60, 50), photometric, (16,)), order=order, data=data)
    assert mean(body) == pytest.approx((expected,) * 3, abs=1)


def test_12_bit_grayscale_of_a_tiff_is_right() -> None:
    body = make_tiff(describe_pixels((64, 50), 1, (12,)), data=b"\x80\x08\x00" * 32 * 50)
    assert mean(body) == pytest.approx((128, 128, 128), abs=1)


@pytest.mark.parametrize("bits", [1, 8])
def test_white_is_zero_is_inverted(bits: int) -> None:
    data = b"\0" * (64 * bits // 8 * 50)
    assert mean(make_tiff(describe_pixels((64, 50), 0, (bits,)), data=data)) == (255, 255, 255)


@pytest.mark.parametrize("kind", [0, 1, 2])
def test_cmyk_with_a_fifth_channel_is_rendered(kind: int) -> None:
    fields = describe_pixels((60, 50), 5, (8,) * 5) | {338: [kind]}
    body = make_tiff(fields, data=bytes((64, 127, 15, 0, 255)) * 3000)
    assert mean(body) == pytest.approx((191, 128, 240), abs=2)


def test_lab_is_converted() -> None:
    fields = describe_pixels((60, 50), 8, (8, 8, 8))
    body = make_tiff(fields, data=bytes((136, 81, 70)) * 3000)
    red, green, blue = mean(body)
    assert red > 240
    assert green < 40
    assert blue < 40


@pytest.mark.parametrize("mode", ["I", "F"])
def test_pixels_without_a_range_are_not_supported(mode: str) -> None:
    assert code(encode(Image.new(mode, (64, 48)), "TIFF")) == "unsupported_format"


def test_float_colors_are_not_supported() -> None:
    fields = describe_pixels((8, 8), 2, (32, 32, 32)) | {339: [3, 3, 3]}
    assert code(make_tiff(fields, data=b"\0" * 768)) == "unsupported_format"


@pytest.mark.parametrize("compression", [34712, 34661, 34887, 12345])
def test_a_compression_that_is_not_supported_is_no_damage(compression: int) -> None:
    fields = describe_pixels((60, 50), 2, (8, 8, 8)) | {259: [compression]}
    assert code(make_tiff(fields, data=b"\1" * 9000)) == "unsupported_format"


@pytest.mark.parametrize("marker", [0xC3, 0xF7, 0xC5])
def test_a_jpeg_of_another_process_is_not_supported(marker: int) -> None:
    body = encode(draw_image((64, 48)), "JPEG")
    at = body.index(b"\xff\xc0") + 1
    assert code(body[:at] + bytes([marker]) + body[at + 1 :]) == "unsupported_format"


def test_a_bitmap_with_an_unknown_compression_is_not_supported() -> None:
    body = bytearray(encode(draw_image((64, 48)), "BMP"))
    body[30:34] = struct.pack("<I", 4)
    assert code(bytes(body)) == "unsupported_format"


def test_transparent_16_bit_gray_is_transparent() -> None:
    row = struct.pack(">H", 4321) * 30 + struct.pack(">H", 4322) * 30
    body = make_png((60, 40), 16, 0, [row] * 40, make_chunk(b"tRNS", struct.pack(">H", 4321)))
    alpha = pixels(render(body)).getchannel("A")
    assert alpha.getpixel((10, 20)) == 0
    assert alpha.getpixel((50, 20)) == 255


def test_transparent_16_bit_color_is_transparent() -> None:
    key = struct.pack(">3H", 1000, 2000, 3000)
    row = key * 30 + struct.pack(">3H", 1000, 2000, 3001) * 30
    body = make_png((60, 40), 16, 2, [row] * 40, make_chunk(b"tRNS", key))
    alpha = pixels(render(body)).getchannel("A")
    assert alpha.getpixel((10, 20)) == 0
    assert alpha.getpixel((50, 20)) == 255


@pytest.mark.parametrize("mode", ["L", "RGB", "1"])
def test_a_transparent_color_is_transparent(mode: str) -> None:
    image = Image.new(mode, (60, 40))
    image.paste(1 if mode == "1" else "white", (0, 0, 30, 40))
    transparent = (255, 255, 255) if mode == "RGB" else 1 if mode == "1" else 255
    alpha = pixels(render(encode(image, "PNG", transparency=transparent))).getchannel("A")
    assert (alpha.getpixel((10, 20)), alpha.getpixel((50, 20))) == (0, 255)


def test_a_palette_with_alpha_keeps_it() -> None:
    image = Image.new("P", (60, 40), 1)
    image.putpalette([255, 0, 0, 0, 255, 0])
    image.paste(0, (0, 0, 30, 40))
    rendered = pixels(render(encode(image, "PNG", transparency=bytes((128, 255)))))
    assert rendered.getpixel((10, 20)) == pytest.approx((255, 0, 0, 128), abs=3)
    assert rendered.getpixel((50, 20)) == pytest.approx((0, 255, 0, 255), abs=3)


def test_gray_with_alpha_and_a_profile_keeps_both() -> None:
    body = encode(
        Image.new("LA", (60, 40), (60, 128)), "PNG", icc_profile=build_profile(BT709, 1.0)
    )
    assert mean(body) == pytest.approx((133, 133, 133, 128), abs=2)


@pytest.mark.parametrize("progressive", [False, True])
@pytest.mark.parametrize("cut", [1, 2])
def test_a_jpeg_without_its_end_marker_is_whole(progressive: bool, cut: int) -> None:
    image = draw_image((320, 240))
    rendered = render(encode(image, "JPEG", progressive=progressive)[:-cut])
    assert not rendered.damaged
    assert mean_difference(pixels(rendered), image) < 4


@pytest.mark.parametrize("progressive", [False, True])
@pytest.mark.parametrize("share", [0.3, 0.6, 0.95])
def test_a_jpeg_without_its_tail_is_damaged(progressive: bool, share: float) -> None:
    body = encode(draw_image(), "JPEG", progressive=progressive)
    rendered = render(body[: int(len(body) * share)])
    assert rendered.damaged
    assert rendered.size == (640, 400)


def test_what_is_missing_of_a_jpeg_is_gray() -> None:
    image = draw_image()
    body = encode(image, "JPEG")
    rendered = pixels(render(body[: int(len(body) * 0.6)]))
    top, bottom = (0, 0, 640, 80), (0, 392, 640, 400)
    assert mean_difference(rendered.crop(top), image.crop(top)) < 4
    assert ImageStat.Stat(rendered.crop(bottom)).mean == pytest.approx((128, 128, 128), abs=2)


def test_a_jpeg_that_ends_in_zeros_is_damaged() -> None:
    """As file systems leave it when the disk was full."""
    body = encode(draw_image(), "JPEG")
    half = len(body) // 2
    assert render(body[:half] + b"\0" * half).damaged


def test_a_jpeg_that_ends_before_its_pixels_is_broken() -> None:
    body = encode(draw_image(), "JPEG")
    assert code(body[: body.index(b"\xff\xda")]) == "broken_image"


@pytest.mark.parametrize("kind", ["PNG", "BMP", "GIF"])
@pytest.mark.parametrize("share", [0.3, 0.6, 0.9])
def test_the_rows_before_the_damage_are_shown(kind: str, share: float) -> None:
    image = draw_image()
    body = encode(image, kind, **({"interlace": 0} if kind == "GIF" else {}))
    rendered = render(body[: int(len(body) * share)])
    assert rendered.damaged
    shown = pixels(rendered).convert("RGB")
    # A BMP starts with its last row.
    first, last = (0, 0, 640, 40), (0, 396, 640, 400)
    if kind == "BMP":
        first, last = (0, 360, 640, 400), (0, 0, 640, 4)
    assert mean_difference(shown.crop(first), image.crop(first)) < 6
    # The palette of a GIF may have no gray.
    assert ImageStat.Stat(shown.crop(last)).mean == pytest.approx((128, 128, 128), abs=30)


def test_a_tiff_without_its_last_strips_is_damaged() -> None:
    size = (60, 100)
    body = make_tiff(describe_pixels(size, 2, (8, 8, 8), 200), data=b"")
    body = body.ljust(200, b"\0") + b"\xc8" * (60 * 60 * 3)
    rendered = render(body)
    assert rendered.damaged
    assert pixels(rendered).getpixel((30, 20)) == pytest.approx((200, 200, 200), abs=2)


@pytest.mark.parametrize("kind", ["WEBP", "AVIF", "HEIF"])
def test_other_formats_are_broken_without_their_tail(kind: str) -> None:
    body = encode(draw_image(), kind)
    for share in (0.3, 0.6, 0.9):
        assert code(body[: int(len(body) * share)]) == "broken_image"


def test_a_whole_file_is_not_damaged() -> None:
    for kind in ("JPEG", "PNG", "GIF", "BMP", "TIFF", "WEBP", "AVIF", "HEIF"):
        assert not render(encode(draw_image((64, 48)), kind)).damaged


@pytest.mark.parametrize(
    "chunk",
    [
        make_chunk(b"gAMA", struct.pack(">I", 45_455), valid=False),
        make_chunk(b"tEXt", b"Comment\0hello", valid=False),
        make_chunk(b"zTXt", b"Comment\0\0" + zlib.compress(b" " * 3_000_000)),
        make_chunk(b"iTXt", b"Comment\0\1\0\0\0" + zlib.compress(b" " * 3_000_000)),
        make_chunk(b"iCCP", b"sRGB\0\0" + zlib.compress(b"\0" * 2_000_000)),
        make_chunk(b"iCCP", b"sRGB\0\0" + b"no zlib"),
        make_chunk(b"acTL", struct.pack(">II", 1_000_000, 0)),
        make_chunk(b"acTL", struct.pack(">II", 0, 0)),
        make_chunk(b"pHYs", b"\0"),
        make_chunk(b"gAMA", b"\0"),
        make_chunk(b"cHRM", b"\0\0"),
        make_chunk(b"sRGB", b""),
        make_chunk(b"tIME", b""),
    ],
    ids=range(13),
)
def test_an_invalid_ancillary_chunk_of_a_png_is_dropped(chunk: bytes) -> None:
    image = draw_image((320, 240))
    rendered = render(insert_chunks(encode(image, "PNG"), chunk))
    assert (rendered.animated, rendered.damaged) == (False, False)
    assert mean_difference(pixels(rendered), image) < 4


def test_metadata_next_to_an_invalid_chunk_is_kept() -> None:
    body = with_exif(draw_image((320, 240)), "PNG", 6)
    assert render(insert_chunks(body, make_chunk(b"tIME", b"1234567", valid=False))).size == (
        240,
        320,
    )


def test_a_png_without_its_end_is_whole() -> None:
    assert not render(encode(draw_image((320, 240)), "PNG")[:-12]).damaged


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "GIF", "TIFF", "BMP", "AVIF", "HEIF"])
@pytest.mark.parametrize("size", [(1, 1), (2000, 1), (1, 2000), (3000, 2)])
def test_a_side_of_one_pixel_is_rendered(kind: str, size: tuple[int, int]) -> None:
    if kind == "HEIF" and 1 in size:
        pytest.skip("the encoder needs two pixels")
    rendered = render(encode(Image.new("RGB", size, "navy"), kind))
    assert rendered.size == size
    assert all(min(each.size) >= 1 for each in rendered.renditions)


def test_a_very_long_image_is_rendered() -> None:
    rendered = render(encode(Image.new("RGB", (20_000, 10), "navy"), "JPEG"))
    assert [each.size for each in rendered.renditions] == [(2048, 1), (1024, 1), (256, 1)]


def test_the_exif_orientation_of_a_heif_file_is_ignored() -> None:
    """Its own boxes rotate it, and writers leave the tag as it was."""
    assert render(with_exif(draw_image((320, 240)), "HEIF", 6)).size == (320, 240)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF", "AVIF"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_the_orientation_is_applied_in_every_format(kind: str, orientation: int) -> None:
    """The reference is Pillow's own rotation of the JPEG."""
    image = draw_image((320, 240))
    reference = render(with_exif(image, "JPEG", orientation))
    rendered = render(with_exif(image, kind, orientation))
    assert rendered.size == reference.size
    assert mean_difference(pixels(rendered), pixels(reference)) < 6


def test_a_jpeg_of_many_scans_is_rejected() -> None:
    body = encode(draw_image(), "JPEG", progressive=True)
    assert render(repeat_scans(body, 20)).size == (640, 400)
    assert code(repeat_scans(body, 2000)) == "too_complex"


def test_a_jpeg_of_many_segments_is_rejected() -> None:
    body = encode(draw_image((64, 48)), "JPEG")
    assert code(body[:2] + b"\xff\xfe\0\2" * 20_000 + body[2:]) == "too_complex"


def test_a_png_of_many_chunks_is_rejected() -> None:
    body = encode(draw_image((64, 48)), "PNG")
    assert code(insert_chunks(body, make_chunk(b"tEXt", b"a\0b") * MAX_CHUNKS)) == "too_complex"


@pytest.mark.parametrize("order", ["<", ">"])
def test_a_tiff_of_many_pages_is_rejected(order: str) -> None:
    page = describe_pixels((8, 8), 1, (8,))
    few = make_tiff(*[page] * 20, order=order, data=b"\x80" * 64)
    assert not render(few).animated
    many = make_tiff(*[page] * 10_000, order=order, data=b"\x80" * 64)
    assert code(many) == "too_many_frames"


def test_a_tiff_whose_pages_form_a_loop_is_rendered() -> None:
    body = bytearray(make_tiff(describe_pixels((8, 8), 1, (8,)), data=b"\x80" * 64))
    body[-4:] = body[4:8]
    assert render(bytes(body)).size == (8, 8)


def test_a_gif_of_many_frames_is_rejected() -> None:
    body = encode(Image.new("P", (1, 1)), "GIF")
    start = body.index(b"\x2c")
    frame = body[start : body.rindex(b"\x3b")]
    assert code(body[:start] + frame * 100_000 + b"\x3b") == "too_many_frames"


@pytest.mark.parametrize(
    ("magic", "fields"),
    [
        (b"", {}),
        (b"", {50706: b"\1\4\0\0"}),
        (b"IIRO", {}),
        (b"IIU\0", {}),
    ],
    ids=["NEF", "DNG", "ORF", "RW2"],
)
def test_a_raw_file_is_rendered_by_its_preview(magic: bytes, fields: Fields) -> None:
    image = draw_image((1500, 1000))
    rendered = render(make_raw(image, magic=magic, fields=fields))
    assert (rendered.media_type, rendered.size) == ("image/tiff", (1500, 1000))
    assert mean_difference(pixels(rendered), image) < 5


def test_the_orientation_of_a_raw_file_is_applied_to_its_preview() -> None:
    rendered = render(make_raw(draw_image((1500, 1000)), fields={274: [6]}))
    assert rendered.size == (1000, 1500)


def test_the_tags_of_a_raw_file_are_read() -> None:
    body = make_raw(draw_image((1500, 1000)), fields={271: b"Sightline", 272: b"Raw One"})
    assert render(body).capture.camera == "Sightline Raw One"


def test_a_preview_that_is_half_as_large_as_the_sensor_is_used() -> None:
    assert render(make_raw(draw_image((600, 400)), sensor=(1200, 800))).size == (600, 400)


@pytest.mark.parametrize("preview", [None, (160, 106), (640, 400)])
def test_a_raw_file_without_a_large_preview_is_not_supported(
    preview: tuple[int, int] | None,
) -> None:
    """Its thumbnail of 160 pixels is never shown as the image."""
    assert code(make_raw(preview and draw_image(preview))) == "unsupported_format"


def test_a_raw_file_of_fujifilm_is_rendered_by_its_preview() -> None:
    jpeg = encode(draw_image((1500, 1000)), "JPEG")
    head = b"FUJIFILMCCD-RAW 0201FF383501".ljust(84, b"\0") + struct.pack(">II", 92, len(jpeg))
    assert render(head + jpeg + b"sensor").size == (1500, 1000)


def test_a_compressed_raw_file_is_recognized_by_its_compression() -> None:
    fields = describe_pixels((160, 106), 2, (8, 8, 8)) | {259: [34713]}
    assert code(make_tiff(fields, data=b"\0" * 50_880)) == "unsupported_format"


def test_a_large_png_is_scaled_as_pillow_scales_it() -> None:
    image = draw_image((3000, 2000))
    expected = image.resize((2048, 1365), Image.Resampling.LANCZOS)
    with open_image(encode(image, "PNG", compress_level=1), LIMITS) as opened:
        decoded = opened.decode((2048, 1365), (2048, 1365))
        assert decoded.image.size == (2048, 1365)
        assert mean_difference(decoded.image, expected) < 1
        assert not opened.file.getexif()


@pytest.mark.parametrize("trailing", [False, True])
def test_the_metadata_of_a_large_png_is_read(trailing: bool) -> None:
    body = with_exif(draw_image((3000, 2000)), "PNG", 6)
    if trailing:
        (data,) = [data for kind, data in split_png(body) if kind == b"eXIf"]
        chunk = make_chunk(b"eXIf", data)
        body = body.replace(chunk, b"")
        body = body[:-12] + chunk + body[-12:]
    assert render(body).size == (2000, 3000)


def test_a_large_png_without_its_tail_is_damaged() -> None:
    body = encode(draw_image((3000, 2000)), "PNG", compress_level=1)
    rendered = render(body[: len(body) // 2])
    assert rendered.damaged
    assert pixels(rendered).getpixel((1000, 1360)) == pytest.approx((128, 128, 128), abs=2)


def test_the_profile_of_a_large_png_is_applied() -> None:
    body = encode(Image.new("RGB", (3000, 2000), COLOR), "PNG", icc_profile=build_profile(P3, 1.0))
    assert mean(body) != pytest.approx(COLOR, abs=4)


#: Mean colors of the drawn files of the folder of reported images, or the code of their failure.
REPORTED: dict[str, tuple[int, ...] | str] = {
    "c_avif_p3_nclx.avif": (215, 93, 31),
    "icc_linear_srgb_named.jpg": (131, 111, 78),
    "icc_linear_srgb_named.png": (131, 111, 78),
    "jpeg_10000_scans_2000.jpg": "too_complex",
    "jpeg_2000x1.jpg": (10, 10, 200),
    "jpeg_no_eoi.jpg": (131, 111, 78),
    "one_pixel.jpg": (200, 10, 10),
    "png_actl_bomb.png": (131, 111, 78),
    "png_ancillary_crc.png": (131, 111, 78),
    "png_gama_linear.png": (130, 111, 75),
    "png_iccp_2mb.png": (131, 111, 78),
    "tiff_cmyka.tif": (191, 128, 240),
    "tiff_grey16_bigendian.tif": (64, 64, 64),
}


@pytest.mark.parametrize(
    "path",
    [path for path in find_images("reported") if path.name in REPORTED],
    ids=lambda path: path.name,
)
def test_a_reported_image_is_right(path: Path) -> None:
    body, expected = path.read_bytes(), REPORTED[path.name]
    if isinstance(expected, str):
        assert code(body) == expected
    else:
        assert mean(body) == pytest.approx(expected, abs=5)


@pytest.mark.skipif(not find_images("reported"), reason="needs the reported images")
def test_the_reported_image_without_its_tail_is_damaged() -> None:
    rendered = render((IMAGES_FOLDER / "reported/x_last_5_percent_missing.jpg").read_bytes())
    assert (rendered.size, rendered.damaged) == ((1600, 1200), True)
