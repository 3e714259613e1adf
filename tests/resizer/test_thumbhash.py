"""ThumbHash, against another implementation of it."""

import io

import pytest
from PIL import Image
from PIL.Image import Transpose
from thumbhash import rgba_to_thumb_hash, thumb_hash_to_average_rgba

from sightline_local.sample_image import draw_sample
from sightline_resizer.thumbhash import SIDE, hash_thumb


def reference(picture: Image.Image) -> bytes:
    small = picture.convert("RGBA")
    small.thumbnail((SIDE, SIDE))
    return bytes(rgba_to_thumb_hash(*small.size, list(small.tobytes())))


@pytest.mark.parametrize(
    "size", [(640, 400), (400, 640), (500, 500), (1000, 30), (30, 1000), (7, 5), (1, 1)]
)
def test_an_opaque_picture_has_the_hash_that_others_find(size: tuple[int, int]) -> None:
    with Image.open(io.BytesIO(draw_sample(size=(640, 400)))) as sample:
        picture = sample.convert("RGB").resize(size)
    assert hash_thumb(picture) == reference(picture)


def test_a_transparent_picture_shows_its_color_and_how_much_there_is() -> None:
    """The other implementation cannot make such hashes, but reads their means."""
    picture = Image.new("RGBA", (300, 300), (0, 0, 0, 0))
    picture.paste((200, 30, 60, 255), (0, 0, 150, 300))
    shown = hash_thumb(picture)
    red, green, blue, alpha = thumb_hash_to_average_rgba(list(shown))
    assert (red, green, blue) == pytest.approx((200 / 255, 30 / 255, 60 / 255), abs=0.05)
    assert alpha == pytest.approx(0.5, abs=0.05)
    flipped = hash_thumb(picture.transpose(Transpose.FLIP_LEFT_RIGHT))
    assert (len(flipped), flipped[:5]) == (len(shown), shown[:5])
    assert flipped[6:] != shown[6:]


def test_nothing_at_all_has_a_hash_too() -> None:
    assert hash_thumb(Image.new("RGBA", (10, 10), (0, 0, 0, 0)))
