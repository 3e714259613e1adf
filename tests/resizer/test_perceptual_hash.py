"""The perceptual hash: the same scene has nearly the same hash, and no other scene has."""

import io
import itertools
import random
from collections.abc import Callable

import pytest
from PIL import Image, ImageDraw, ImageEnhance
from PIL.Image import Transpose

from sightline.domain.perceptual_hash import HASH_BITS, MAX_DISTANCE, measure_distance
from sightline_resizer.perceptual_hash import compute_perceptual_hash

#: Different scenes, and the size in pixels that they are drawn in.
SCENES = 1_000
SIZE = (240, 180)


def draw_scene(seed: int) -> Image.Image:
    """Draw a horizon under a sky with a gradient, and shapes before it."""
    choose = random.Random(seed)
    image = Image.linear_gradient("L").resize(SIZE)
    image = Image.merge("RGB", [image.point(lambda x: x * choose.uniform(0.3, 1))] * 3)
    draw = ImageDraw.Draw(image)
    horizon = choose.randrange(SIZE[1] // 3, SIZE[1])
    draw.rectangle((0, horizon, *SIZE), fill=random_color(choose))
    for _ in range(choose.randrange(4, 12)):
        left, top = choose.randrange(-40, SIZE[0]), choose.randrange(-40, SIZE[1])
        box = (left, top, left + choose.randrange(20, 140), top + choose.randrange(20, 140))
        choose.choice((draw.ellipse, draw.rectangle))(box, fill=random_color(choose))
    return image


def random_color(choose: random.Random) -> tuple[int, int, int]:
    return choose.randrange(256), choose.randrange(256), choose.randrange(256)


def hash_image(image: Image.Image) -> str:
    value = compute_perceptual_hash(image)
    assert value is not None
    return value


def reencode(image: Image.Image) -> Image.Image:
    file = io.BytesIO()
    image.save(file, "JPEG", quality=40)
    return Image.open(file).convert("RGB")


def halve(image: Image.Image) -> Image.Image:
    return image.resize((image.width // 2, image.height // 2))


def crop(image: Image.Image) -> Image.Image:
    """Remove 5 % of the width and of the height, equally on both sides."""
    x, y = round(image.width * 0.025), round(image.height * 0.025)
    return image.crop((x, y, image.width - x, image.height - y))


def recolor(image: Image.Image) -> Image.Image:
    return ImageEnhance.Color(ImageEnhance.Brightness(image).enhance(1.2)).enhance(1.3)


@pytest.mark.parametrize("change", [reencode, halve, crop, recolor])
def test_a_changed_copy_is_a_near_duplicate(
    change: Callable[[Image.Image], Image.Image],
) -> None:
    distances = [
        measure_distance(hash_image(scene), hash_image(change(scene)))
        for scene in map(draw_scene, range(100))
    ]
    assert max(distances) <= MAX_DISTANCE


def test_different_scenes_are_no_near_duplicates() -> None:
    hashes = [hash_image(draw_scene(seed)) for seed in range(SCENES)]
    false_pairs = sum(
        measure_distance(first, second) <= MAX_DISTANCE
        for first, second in itertools.combinations(hashes, 2)
    )
    # Of 499,500 pairs.
    assert false_pairs <= 10


def test_a_hash_has_as_many_bits_set_as_not() -> None:
    value = int(hash_image(draw_scene(0)), 16)
    assert value.bit_count() == HASH_BITS // 2


def test_a_mirrored_scene_is_another_one() -> None:
    scene = draw_scene(0)
    mirrored = hash_image(scene.transpose(Transpose.FLIP_LEFT_RIGHT))
    assert measure_distance(hash_image(scene), mirrored) > MAX_DISTANCE


@pytest.mark.parametrize("mode", ["RGB", "RGBA"])
@pytest.mark.parametrize("size", [(1, 1), (300, 200)])
def test_one_plain_color_has_no_hash(mode: str, size: tuple[int, int]) -> None:
    assert compute_perceptual_hash(Image.new(mode, size, "red")) is None


def test_transparent_pixels_count_as_white() -> None:
    scene = draw_scene(0)
    opaque = Image.new("RGB", (300, 300), "white")
    opaque.paste(scene, (30, 30))
    # The hidden color must not matter.
    transparent = Image.new("RGBA", (300, 300), (0, 0, 0, 0))
    transparent.paste(scene, (30, 30))
    assert hash_image(transparent) == hash_image(opaque)
