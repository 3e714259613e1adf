"""From a file's bytes to an upright picture of a workable size."""

import contextlib
import io
import logging
from dataclasses import dataclass

from PIL import Image, ImageFile, UnidentifiedImageError

from sightline_local.recognition.errors import (
    ImageTooLarge,
    InvalidImageFormat,
    InvalidParameter,
    ServiceError,
)

logger = logging.getLogger(__name__)

#: What Rekognition takes; an MPO is a JPEG with more JPEGs behind it.
FORMATS = ("JPEG", "PNG")

#: Pixels a side. https://docs.aws.amazon.com/rekognition/latest/dg/limits.html
MIN_SIDE = 80
MAX_SIDE = 10_000

#: Pixels of the longest side beyond which nothing here looks closer. What is larger is made
#: smaller while it is decoded, so that a picture of 100 megapixels needs no gigabyte.
MAX_WORKING_SIDE = 2000

#: Rows of the reduced picture that are made at a time.
BAND_ROWS = 128

EXIF_ORIENTATION = 0x0112

#: What makes a picture upright, by its EXIF orientation; from 5 on the sides change places.
TRANSPOSE_BY_ORIENTATION = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
SIDEWAYS_ORIENTATIONS = range(5, 9)

Pixels = Image.Image


@dataclass(frozen=True, slots=True)
class DecodedImage:
    """An upright picture: `pixels` are RGB, at most `WORKING_SIDE` long.

    `width` and `height` are those of the upright original.
    """

    pixels: Pixels
    width: int
    height: int

    def fit(self, side: int) -> Pixels:
        """The pixels, made smaller where their longest side is longer than `side`."""
        return _shrink(self.pixels, side)


def allow_large_images() -> None:
    """Have Pillow accept, in this process, all that `load_picture` does."""
    Image.MAX_IMAGE_PIXELS = MAX_SIDE**2


def load_image(body: bytes) -> DecodedImage:
    """Decode a file.

    A JPEG is turned upright by its EXIF orientation, as Rekognition does; a PNG is taken as it
    lies. What is transparent is shown on white.

    Raises `InvalidImageFormat`, `ImageTooLarge` and, for a picture that is too small,
    `InvalidParameter`: that is what the service answers.
    """
    try:
        with Image.open(io.BytesIO(body), formats=FORMATS) as image:
            _check_sides(image)
            return _upright(image)
    except ServiceError:
        raise
    except UnidentifiedImageError:
        raise InvalidImageFormat("The image is neither a JPEG nor a PNG.") from None
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise _too_large() from None
    except MemoryError:
        raise
    except Exception as error:
        # Decoders fail in every way there is; the same bytes would fail in the same way again.
        logger.info("could not decode a picture", exc_info=True)
        raise InvalidImageFormat("The image is damaged or cut short.") from error


def _check_sides(image: Image.Image) -> None:
    if max(image.size) > MAX_SIDE:
        raise _too_large()
    if min(image.size) < MIN_SIDE:
        raise InvalidParameter(
            f"Request has invalid parameters: the image is smaller than {MIN_SIDE} pixels a side."
        )


def _too_large() -> ImageTooLarge:
    return ImageTooLarge(f"The image is larger than {MAX_SIDE} pixels a side.")


def _upright(image: ImageFile.ImageFile) -> DecodedImage:
    width, height = image.size
    orientation = _orientation(image)
    # libjpeg leaves out what is not needed. Other decoders take no notice.
    image.draft(None, (MAX_WORKING_SIDE, MAX_WORKING_SIDE))
    pixels = _shrink(_reduce(image, max(1, max(image.size) // MAX_WORKING_SIDE)), MAX_WORKING_SIDE)
    if orientation in TRANSPOSE_BY_ORIENTATION:
        pixels = pixels.transpose(TRANSPOSE_BY_ORIENTATION[orientation])
    if orientation in SIDEWAYS_ORIENTATIONS:
        width, height = height, width
    return DecodedImage(pixels, width, height)


def _orientation(image: ImageFile.ImageFile) -> int:
    if image.format == "PNG":
        return 1
    # EXIF is a camera's small talk: where it is broken, the picture may still be whole.
    with contextlib.suppress(Exception):
        found = image.getexif().get(EXIF_ORIENTATION, 1)
        return found if isinstance(found, int) else 1
    return 1


def _reduce(image: Image.Image, factor: int) -> Pixels:
    """The pixels as RGB, each the mean of a square of `factor` pixels a side.

    One band after the other: a second copy of all the pixels might not fit into the memory.
    """
    image.load()
    width, height = image.size
    reduced = Image.new("RGB", (-(-width // factor), -(-height // factor)))
    for top in range(0, height, BAND_ROWS * factor):
        band = image.crop((0, top, width, min(height, top + BAND_ROWS * factor)))
        reduced.paste(_flatten(_eight_bits(band)).reduce(factor), (0, top // factor))
    return reduced


def _eight_bits(image: Image.Image) -> Pixels:
    """The pixels in a mode that `_flatten` knows."""
    if image.mode.startswith("I"):
        # Sixteen bits of grey: converting would clip them, not scale them.
        return image.convert("I").point(lambda value: value * (1 / 256)).convert("L")
    if image.mode in {"P", "PA", "1"}:
        return image.convert("RGBA" if _is_transparent(image) else "RGB")
    if image.mode == "L" and _is_transparent(image):
        return image.convert("LA")
    if image.mode == "RGB" and _is_transparent(image):
        return image.convert("RGBA")
    return image


def _is_transparent(image: Image.Image) -> bool:
    return "transparency" in image.info or image.mode == "PA"


def _shrink(pixels: Pixels, side: int) -> Pixels:
    longest = max(pixels.size)
    if longest <= side:
        return pixels
    width, height = (max(1, round(each * side / longest)) for each in pixels.size)
    return pixels.resize((width, height), Image.Resampling.BILINEAR, reducing_gap=2.0)


def _flatten(pixels: Pixels) -> Pixels:
    if pixels.mode in {"RGBA", "LA"}:
        shown = pixels.convert("RGBA")
        white = Image.new("RGBA", shown.size, "white")
        return Image.alpha_composite(white, shown).convert("RGB")
    return pixels.convert("RGB")
