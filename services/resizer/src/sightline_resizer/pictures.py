"""Opening a picture: what it is, told by its content alone, and whether it may be decoded."""

import io
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from PIL import Image, ImageFile, UnidentifiedImageError

from sightline.consumer import Rejected

logger = logging.getLogger(__name__)

#: The decoders that are tried, by Pillow's names.
FORMATS = ("JPEG", "PNG", "WEBP")

#: Media type by the format that a decoder finds: a JPEG with more JPEGs behind it is an MPO.
MEDIA_TYPES = {
    "JPEG": "image/jpeg",
    "MPO": "image/jpeg",
    "PNG": "image/png",
    "WEBP": "image/webp",
}


@dataclass(frozen=True, slots=True)
class Limits:
    """Beyond these a picture is refused before a pixel of it is decoded."""

    pixels: int


@contextmanager
def open_picture(body: bytes, limits: Limits) -> Iterator[ImageFile.ImageFile]:
    """The picture in these bytes, its pixels not decoded yet; closed with the context.

    Raises `Rejected`, also for whatever decoding inside the context stumbles over.
    """
    try:
        with Image.open(io.BytesIO(body), formats=FORMATS) as picture:
            check_limits(picture, limits)
            yield picture
    except UnidentifiedImageError:
        raise Rejected(
            "unsupported_format", "The file is not a picture of a kind that is supported."
        ) from None
    except Image.DecompressionBombError:
        raise _too_many_pixels() from None
    except (Rejected, MemoryError):
        raise
    except Exception as error:
        # Decoders fail in every way there is; the same bytes would fail in the same way again.
        logger.info("could not decode a picture", exc_info=True)
        raise Rejected("broken_picture", "The picture is damaged or cut short.") from error


def check_limits(picture: Image.Image, limits: Limits) -> None:
    if picture.width * picture.height > limits.pixels:
        raise _too_many_pixels()


def _too_many_pixels() -> Rejected:
    return Rejected("too_many_pixels", "The picture has more pixels than are accepted.")
