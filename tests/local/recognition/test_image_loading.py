import io
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import numpy as np
import pytest
from PIL import Image, ImageFilter

from local.recognition.drawn_images import blank, encode, page, rectangle, stored
from sightline_local.recognition import image_loading
from sightline_local.recognition.errors import (
    ImageTooLarge,
    InvalidImageFormat,
    InvalidParameter,
    ServiceError,
)
from sightline_local.recognition.image_loading import (
    MAX_WORKING_SIDE,
    PREVIEW_SIDE,
    DecodedImage,
    ImageCache,
    load_image,
)
from sightline_testing.sample_images import find_images


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_jpeg_is_turned_upright(orientation: int) -> None:
    """For every EXIF orientation the red corner is at the top left."""
    upright = rectangle((300, 200), (0, 0, 60, 40), "red")
    decoded = load_image(stored(upright, orientation))
    assert (decoded.width, decoded.height) == (300, 200)
    assert decoded.pixels.size == (300, 200)
    difference = np.abs(np.asarray(decoded.pixels, int) - np.asarray(upright, int))
    assert difference.mean() < 2


def test_the_orientation_of_a_png_is_ignored() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    decoded = load_image(encode(Image.new("RGB", (300, 200)), exif=exif))
    assert (decoded.width, decoded.height) == (300, 200)


def test_a_large_jpeg_is_reduced_and_reports_its_original_size() -> None:
    upright = rectangle((4000, 3000), (0, 0, 400, 300), "red").filter(ImageFilter.BLUR)
    decoded = load_image(stored(upright, 6))
    assert (decoded.width, decoded.height) == (4000, 3000)
    assert decoded.pixels.size == (MAX_WORKING_SIDE, MAX_WORKING_SIDE * 3 // 4)


def test_a_jpeg_is_decoded_at_half_the_size_if_that_suffices() -> None:
    decoded = load_image(blank((3264, 2448), kind="JPEG"))
    assert decoded.pixels.size == (1632, 1224)
    assert load_image(blank((3100, 2000), kind="JPEG")).pixels.size == (MAX_WORKING_SIDE, 1290)


def test_copies_are_made_once() -> None:
    decoded = load_image(blank((1000, 500)))
    assert decoded.fit(1200) is decoded.pixels
    assert decoded.fit(300).size == (300, 150)
    assert decoded.fit(300) is decoded.fit(300)
    assert decoded.stretch(64).size == (64, 64)
    assert decoded.stretch(64) is decoded.stretch(64)


def test_small_copies_look_like_those_made_from_the_original() -> None:
    original = page("Hello world", size=(1600, 1200))
    decoded = DecodedImage(original, *original.size)
    for side in (224, 300, PREVIEW_SIDE - 1):
        copy = np.asarray(decoded.fit(side), float)
        direct = original.resize(decoded.fit(side).size, Image.Resampling.LANCZOS)
        assert np.abs(copy - np.asarray(direct, float)).mean() < 1.5


def test_a_file_is_decoded_once_for_concurrent_operations(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    calls: list[bytes] = []

    def count(body: bytes) -> DecodedImage:
        calls.append(body)
        return load_image(body)

    monkeypatch.setattr(image_loading, "load_image", count)
    cache, body, barrier = ImageCache(), blank(), Barrier(4)

    def load(_: int) -> DecodedImage:
        barrier.wait(timeout=10)
        return cache.load(body)

    with ThreadPoolExecutor(4) as executor:
        images = list(executor.map(load, range(4)))
    assert len(calls) == 1
    assert all(image is images[0] for image in images)


def test_the_cache_keeps_the_images_used_last() -> None:
    cache = ImageCache(size=2)
    red, green, blue = (blank(color=color) for color in ("red", "green", "blue"))
    first, second = cache.load(red), cache.load(green)
    assert cache.load(red) is first
    cache.load(blue)
    assert cache.load(red) is first
    assert cache.load(green) is not second


def test_the_cache_does_not_keep_failures() -> None:
    cache = ImageCache(size=1)
    first = cache.load(blank())
    for _ in range(2):
        with pytest.raises(InvalidImageFormat):
            cache.load(b"no image")
    assert cache.load(blank()).pixels.size == first.pixels.size


@pytest.mark.parametrize("mode", ["RGB", "RGBA", "P", "L"])
def test_a_large_png_is_reduced_in_bands(mode: str) -> None:
    """No row is lost or duplicated: the edge in the middle stays there."""
    image = rectangle((4300, 4100), (0, 2050, 4300, 4100), "black").convert(mode)
    decoded = load_image(encode(image))
    assert decoded.pixels.size == (MAX_WORKING_SIDE, round(4100 * MAX_WORKING_SIDE / 4300))
    rows = np.asarray(decoded.pixels.convert("L"), int).mean(axis=1)
    middle = len(rows) // 2
    assert (rows[: middle - 2] == 255).all()
    assert (rows[middle + 2 :] == 0).all()


@pytest.mark.parametrize(
    ("image", "expected"),
    [
        (Image.new("L", (90, 90), 77), (77, 77, 77)),
        (Image.new("1", (90, 90), 1), (255, 255, 255)),
        (Image.new("P", (90, 90), 0), (0, 0, 0)),
        (Image.new("RGBA", (90, 90), (255, 0, 0, 0)), (255, 255, 255)),
        (Image.new("RGBA", (90, 90), (255, 0, 0, 255)), (255, 0, 0)),
        (Image.new("LA", (90, 90), (0, 0)), (255, 255, 255)),
        (Image.new("I;16", (90, 90), 0x8080), (128, 128, 128)),
    ],
    ids=lambda value: value.mode if isinstance(value, Image.Image) else "",
)
def test_every_png_mode_becomes_rgb(image: Image.Image, expected: tuple[int, int, int]) -> None:
    """Transparent pixels become white, and 16-bit values are scaled, not clipped."""
    assert load_image(encode(image)).pixels.getpixel((45, 45)) == expected


@pytest.mark.parametrize("mode", ["RGB", "L", "P"])
def test_a_transparent_color_becomes_white(mode: str) -> None:
    image = Image.new(mode, (90, 90), 0)
    body = encode(image, transparency=(0, 0, 0) if mode == "RGB" else 0)
    assert load_image(body).pixels.getpixel((45, 45)) == (255, 255, 255)


def test_a_cmyk_jpeg_becomes_rgb() -> None:
    body = encode(Image.new("CMYK", (90, 90), (0, 255, 255, 0)), "JPEG")
    red, green, blue = np.asarray(load_image(body).pixels)[45, 45]
    assert red > 230
    assert max(green, blue) < 40


def test_an_mpo_is_decoded_as_its_first_image() -> None:
    """Phones store high dynamic range photos in this format."""
    output = io.BytesIO()
    first, second = Image.new("RGB", (90, 120), "red"), Image.new("RGB", (90, 120), "blue")
    first.save(output, "MPO", save_all=True, append_images=[second])
    red, _, blue = np.asarray(load_image(output.getvalue()).pixels)[45, 45]
    assert red > 200
    assert blue < 50


@pytest.mark.parametrize("size", [(80, 80), (10_000, 80), (80, 10_000)])
@pytest.mark.parametrize("kind", ["PNG", "JPEG"])
def test_sides_at_the_limits_are_accepted(size: tuple[int, int], kind: str) -> None:
    assert load_image(blank(size, kind=kind)).width == size[0]


@pytest.mark.parametrize("size", [(79, 80), (80, 79), (1, 1)])
def test_an_image_that_is_too_small_is_an_invalid_parameter(size: tuple[int, int]) -> None:
    with pytest.raises(InvalidParameter):
        load_image(blank(size))


@pytest.mark.parametrize("size", [(10_001, 80), (80, 10_001)])
def test_an_image_that_is_too_large_is_rejected(size: tuple[int, int]) -> None:
    with pytest.raises(ImageTooLarge):
        load_image(blank(size))


def test_a_decompression_bomb_is_rejected_before_it_is_decoded() -> None:
    """The header claims 2,147,483,647 pixels a side."""
    body = bytearray(blank())
    body[16:24] = b"\x7f\xff\xff\xff" * 2
    with pytest.raises(ServiceError) as caught:
        load_image(bytes(body))
    assert isinstance(caught.value, ImageTooLarge | InvalidImageFormat)


@pytest.mark.parametrize("kind", ["GIF", "WEBP", "BMP", "TIFF"])
def test_other_formats_are_rejected(kind: str) -> None:
    with pytest.raises(InvalidImageFormat):
        load_image(encode(page("Hello"), kind))


@pytest.mark.parametrize("kind", ["PNG", "JPEG"])
@pytest.mark.parametrize("share", [0.0, 0.1, 0.5, 0.9])
def test_a_truncated_file_is_rejected(kind: str, share: float) -> None:
    body = encode(page("Hello", "world"), kind)
    with pytest.raises(InvalidImageFormat):
        load_image(body[: int(len(body) * share)])


@pytest.mark.filterwarnings("ignore:Corrupt EXIF data")
def test_broken_exif_is_ignored() -> None:
    body = encode(Image.new("RGB", (90, 120)), "JPEG", exif=b"Exif\0\0MM\0*\xff\xff\xff\xff")
    assert load_image(body).height == 120


def test_random_damage_is_decoded_or_rejected() -> None:
    """An image with random bytes changed either decodes or raises a `ServiceError`."""
    random = np.random.default_rng(7)
    bodies = [encode(page("Hello"), kind) for kind in ("PNG", "JPEG")]
    for round_ in range(200):
        body = bytearray(bodies[round_ % 2])
        for position in random.integers(0, len(body), 12):
            body[position] = random.integers(0, 256)
        try:
            decoded = load_image(bytes(body))
        except ServiceError:
            continue
        assert max(decoded.pixels.size) <= MAX_WORKING_SIDE


def test_malformed_files_are_decoded_or_rejected() -> None:
    """Files that broke other decoders; the test is empty without the test image folder."""
    for file in find_images("malformed"):
        try:
            decoded = load_image(file.read_bytes())
        except ServiceError:
            continue
        assert decoded.pixels.mode == "RGB"
