"""ThumbHash, compared with another implementation."""

import io

import pytest
from PIL import Image
from PIL.Image import Transpose
from thumbhash import rgba_to_thumb_hash, thumb_hash_to_average_rgba

from sightline_local.sample_image import draw_sample
from sightline_resizer.thumbhash import MAX_SIDE_PIXELS, encode_thumbhash


def reference_thumbhash(image: Image.Image) -> bytes:
    small = image.convert("RGBA")
    small.thumbnail((MAX_SIDE_PIXELS, MAX_SIDE_PIXELS))
    return bytes(rgba_to_thumb_hash(*small.size, list(small.tobytes())))


@pytest.mark.parametrize(
    "size", [(640, 400), (400, 640), (500, 500), (1000, 30), (30, 1000), (7, 5), (1, 1)]
)
def test_the_hash_of_an_opaque_image_equals_the_reference(size: tuple[int, int]) -> None:
    with Image.open(io.BytesIO(draw_sample(size=(640, 400)))) as sample:
        image = sample.convert("RGB").resize(size)
    assert encode_thumbhash(image) == reference_thumbhash(image)


def test_the_hash_of_a_transparent_image_has_its_mean_color_and_opacity() -> None:
    """The reference cannot create hashes with alpha, but reads their mean values."""
    image = Image.new("RGBA", (300, 300), (0, 0, 0, 0))
    image.paste((200, 30, 60, 255), (0, 0, 150, 300))
    encoded = encode_thumbhash(image)
    red, green, blue, alpha = thumb_hash_to_average_rgba(list(encoded))
    assert (red, green, blue) == pytest.approx((200 / 255, 30 / 255, 60 / 255), abs=0.05)
    assert alpha == pytest.approx(0.5, abs=0.05)
    flipped = encode_thumbhash(image.transpose(Transpose.FLIP_LEFT_RIGHT))
    assert (len(flipped), flipped[:5]) == (len(encoded), encoded[:5])
    assert flipped[6:] != encoded[6:]


def test_a_fully_transparent_image_has_a_hash() -> None:
    assert encode_thumbhash(Image.new("RGBA", (10, 10), (0, 0, 0, 0)))
