"""Images for tests: drawn ones, and real and malformed files from an optional folder."""

import io
import os
from pathlib import Path

from PIL import Image, ImageChops, ImageStat

from sightline_local.sample_image import draw_sample

_ROOT = Path(__file__).parents[3]

#: Folder of photographs and malformed files. Tests that use it define what they do without it.
IMAGES_FOLDER = Path(os.environ.get("SIGHTLINE_TEST_IMAGES", _ROOT.parent / "shared" / "images"))


def find_images(kind: str) -> list[Path]:
    """Return the files of `photos` or `malformed`; empty if the folder does not exist."""
    return sorted(path for path in (IMAGES_FOLDER / kind).glob("*") if path.is_file())


def encode(image: Image.Image, kind: str, **options: object) -> bytes:
    """Encode the image in Pillow's format `kind`."""
    file = io.BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def draw_image(size: tuple[int, int] = (640, 400)) -> Image.Image:
    """Return the drawn sample image in RGB, without its metadata."""
    with Image.open(io.BytesIO(draw_sample(size=size))) as image:
        return image.convert("RGB")


def mean_difference(one: Image.Image, other: Image.Image) -> float:
    """Return the largest mean difference of a channel, from 0 to 255."""
    return max(ImageStat.Stat(ImageChops.difference(one, other)).mean)
