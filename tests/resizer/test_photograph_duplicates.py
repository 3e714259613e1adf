"""Near duplicates of photographs, from the bytes of an upload to the distance of their hashes.

The figures of docs/api-guide.md are of more photographs, which no Python package carries.
"""

import itertools
import random
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import pytest
from PIL import Image, ImageEnhance, ImageOps
from PIL.Image import Resampling

from local.recognition.photographs import find_photographs
from sightline.domain.perceptual_hash import MAX_DISTANCE, measure_distance
from sightline.imaging.decoding import Limits
from sightline_resizer.perceptual_hash import compute_perceptual_hash
from sightline_resizer.renditions import RenderOptions, render_image
from sightline_testing.sample_images import encode, find_images

OPTIONS = RenderOptions(sizes=(("thumb", 256),))

#: Photographs are divided into this number of tiles in each direction, as different photographs.
TILES = 6

#: Tiles that are compared with each other.
COMPARED_TILES = 1_000

#: Two photographs of the same motorcycle, from positions a few centimeters apart.
STEREO_PAIR = {"motorcycle_left.png", "motorcycle_right.png"}

#: Hashes by ImageHash 4.3.2 (`imagehash.phash`), which writes the bits in the opposite order.
REFERENCE_HASHES = {
    "astronaut.png": 0xC2924C5532BDDFC8,
    "chelsea.png": 0xB15FE6465121175E,
    "coffee.png": 0xBB8320376C0F3637,
}

Change = Callable[[Image.Image], bytes]


def hash_body(body: bytes) -> str:
    value = render_image(body, Limits(), OPTIONS).perceptual_hash
    assert value is not None
    return value


@cache
def load_photographs() -> dict[str, Image.Image]:
    return {photograph.file.name: load(photograph.file) for photograph in find_photographs()}


@cache
def hash_photographs() -> dict[str, str]:
    return {
        name: hash_body(encode(image, "JPEG", quality=95))
        for name, image in load_photographs().items()
    }


def load(file: Path) -> Image.Image:
    with Image.open(file) as image:
        image.draft("RGB", (1_600, 1_600))
        upright = ImageOps.exif_transpose(image)
        opaque = Image.new("RGBA", upright.size, "white")
        opaque.alpha_composite(upright.convert("RGBA"))
        return opaque.convert("RGB")


def halve(image: Image.Image) -> bytes:
    small = image.resize((image.width // 2, image.height // 2), Resampling.BICUBIC)
    return encode(small, "JPEG", quality=92)


def recolor(factor: float) -> Change:
    """Return a change of brightness and saturation by the factor."""

    def change(image: Image.Image) -> bytes:
        bright = ImageEnhance.Brightness(image).enhance(factor)
        return encode(ImageEnhance.Color(bright).enhance(factor), "JPEG", quality=92)

    return change


def crop(left: float, top: float, right: float, bottom: float) -> Change:
    """Return a crop that removes these parts of the width and height."""

    def change(image: Image.Image) -> bytes:
        box = (
            round(image.width * left),
            round(image.height * top),
            round(image.width * (1 - right)),
            round(image.height * (1 - bottom)),
        )
        return encode(image.crop(box), "JPEG", quality=92)

    return change


def measure_distances(change: Change) -> list[int]:
    """Return the distance of each photograph to its changed copy."""
    hashes = hash_photographs()
    return [
        measure_distance(hashes[name], hash_body(change(image)))
        for name, image in load_photographs().items()
    ]


@pytest.mark.parametrize("name", REFERENCE_HASHES)
def test_the_hash_is_that_of_imagehash(name: str) -> None:
    bits = f"{int(compute_perceptual_hash(load_photographs()[name]) or '', 16):064b}"
    assert int(bits[::-1], 2) == REFERENCE_HASHES[name]


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda image: encode(image, "JPEG", quality=40), id="jpeg-quality-40"),
        pytest.param(lambda image: encode(image, "WEBP", quality=50), id="webp"),
        pytest.param(lambda image: encode(image.convert("L"), "PNG"), id="gray"),
        pytest.param(halve, id="halved"),
        pytest.param(recolor(1.2), id="brighter"),
        pytest.param(recolor(0.8), id="darker"),
    ],
)
def test_every_encoded_resized_or_recolored_copy_is_found(change: Change) -> None:
    assert max(measure_distances(change)) <= MAX_DISTANCE


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(crop(0.025, 0.025, 0.025, 0.025), id="all-sides"),
        pytest.param(crop(0.05, 0, 0, 0), id="left"),
        pytest.param(crop(0, 0, 0, 0.05), id="bottom"),
    ],
)
def test_most_copies_with_five_percent_cropped_are_found(change: Change) -> None:
    distances = measure_distances(change)
    found = sum(distance <= MAX_DISTANCE for distance in distances)
    assert found >= 0.85 * len(distances)


def test_no_other_photograph_is_found() -> None:
    pairs = itertools.combinations(hash_photographs().items(), 2)
    found = [
        {name, other}
        for (name, one), (other, another) in pairs
        if measure_distance(one, another) <= MAX_DISTANCE
    ]
    assert found == [STEREO_PAIR]


def test_few_of_a_thousand_tiles_are_taken_for_others() -> None:
    hashes = random.Random(0).sample(list(hash_tiles()), COMPARED_TILES)
    false_pairs = sum(
        measure_distance(one, other) <= MAX_DISTANCE
        for one, other in itertools.combinations(hashes, 2)
    )
    # Of 499,500 pairs; many tiles show a plain background with something in one corner.
    assert false_pairs <= 20


def hash_tiles() -> Iterator[str]:
    """Yield the hashes of all tiles that are not one plain color."""
    for image in load_photographs().values():
        for column, row in itertools.product(range(TILES), repeat=2):
            box = (
                column * image.width // TILES,
                row * image.height // TILES,
                (column + 1) * image.width // TILES,
                (row + 1) * image.height // TILES,
            )
            value = compute_perceptual_hash(image.crop(box))
            if value is not None:
                yield value


@pytest.mark.skipif(not find_images("photos"), reason="needs the folder of sample images")
def test_every_stored_orientation_of_a_photograph_has_nearly_the_same_hash() -> None:
    files = [file for file in find_images("photos") if file.name.startswith("orientation_")]
    hashes = [hash_body(file.read_bytes()) for file in files]
    assert len(hashes) == 8
    assert max(measure_distance(hashes[0], each) for each in hashes) <= 4
