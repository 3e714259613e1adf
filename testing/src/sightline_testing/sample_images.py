"""Where tests find pictures: a folder of real and hostile ones beside the repository, if there is
one, and always those that the repository draws itself."""

import io
import os
from pathlib import Path

from PIL import Image, ImageChops, ImageStat

from sightline_local.sample_image import draw_sample

_ROOT = Path(__file__).parents[3]

#: Real photographs and malformed files; tests that use it say what they do without it.
FOLDER = Path(os.environ.get("SIGHTLINE_TEST_IMAGES", _ROOT.parent / "shared" / "images"))


def find_images(kind: str) -> list[Path]:
    """The files of `photos` or `malformed`; empty where the folder is not there."""
    return sorted(path for path in (FOLDER / kind).glob("*") if path.is_file())


def encode(picture: Image.Image, kind: str, **options: object) -> bytes:
    """The picture as a file of Pillow's format `kind`."""
    file = io.BytesIO()
    picture.save(file, kind, **options)
    return file.getvalue()


def draw_image(size: tuple[int, int] = (640, 400)) -> Image.Image:
    """The drawn picture in RGB, without its metadata."""
    with Image.open(io.BytesIO(draw_sample(size=size))) as picture:
        return picture.convert("RGB")


def mean_difference(one: Image.Image, other: Image.Image) -> float:
    """Mean difference of the samples, 0 to 255."""
    return max(ImageStat.Stat(ImageChops.difference(one, other)).mean)
