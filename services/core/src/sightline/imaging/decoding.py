"""Opening a picture: what it is, told by its content alone, and whether it may be decoded.

Needs the extra `pictures`: only services that look at pixels import this module.
"""

import io
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from PIL import Image, ImageFile, UnidentifiedImageError

from sightline.domain.failures import Rejected

# Our own limits are checked in the same place and say more.
Image.MAX_IMAGE_PIXELS = None

#: The decoders that are tried, by Pillow's names.
FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "TIFF", "BMP")

#: Those for what begins as an ISO base media file does. Their libraries take memory, so they are
#: loaded for such files only.
ISO_FORMATS = ("AVIF", "HEIF")

#: Media type by the format that a decoder finds: a JPEG with more JPEGs behind it is an MPO.
MEDIA_TYPES = {
    "JPEG": "image/jpeg",
    "MPO": "image/jpeg",
    "PNG": "image/png",
    "WEBP": "image/webp",
    "GIF": "image/gif",
    "TIFF": "image/tiff",
    "BMP": "image/bmp",
    "AVIF": "image/avif",
    "HEIF": "image/heic",
}

#: Formats whose frames follow each other in time. A TIFF has pages, an MPO has views.
ANIMATED_FORMATS = frozenset({"PNG", "WEBP", "GIF", "AVIF"})

#: Grey of 16 bits, in either order of bytes; Pillow clips it when it converts.
DEEP_GREY = frozenset({"I;16", "I;16L", "I;16B", "I;16N"})

#: Pixels whose range is not said anywhere: to show them would be a guess.
UNBOUNDED_MODES = frozenset({"I", "F"})


@dataclass(frozen=True, slots=True)
class Limits:
    """Beyond these a picture is refused before a pixel of it is decoded.

    `jpeg_pixels` is for JPEGs in the place of `pixels`: they are scaled down while they are
    decoded, so that three times the pixels take less memory than those of any other format.
    """

    pixels: int = 64_000_000
    jpeg_pixels: int = 200_000_000
    side: int = 30_000
    frames: int = 2_000


@contextmanager
def open_image(
    body: bytes, limits: Limits, formats: tuple[str, ...] | None = None
) -> Iterator[ImageFile.ImageFile]:
    """The picture in these bytes, its pixels not decoded yet; closed with the context.

    Raises `Rejected`, also for whatever decoding inside the context stumbles over; and
    `MemoryError`.
    """
    try:
        with Image.open(io.BytesIO(body), formats=formats or _formats(body)) as picture:
            _check_limits(picture, limits)
            yield picture
    except UnidentifiedImageError:
        raise _unsupported() from None
    except (Rejected, MemoryError):
        raise
    except Exception as error:
        # Decoders fail in every way there is; the same bytes would fail in the same way again.
        raise Rejected("broken_image", "The picture is damaged or cut short.") from error


def is_animated(picture: Image.Image) -> bool:
    """Whether the picture moves; only its first frame is looked at."""
    return picture.format in ANIMATED_FORMATS and getattr(picture, "is_animated", False)


def decode(picture: ImageFile.ImageFile, least: tuple[int, int]) -> Image.Image:
    """The pixels, in one of the modes L, RGB, RGBA and CMYK; the first frame of several.

    A JPEG may come out smaller, but not smaller than `least` (pixels, as it is stored): scaling
    while decoding is nearly free. Raises `Rejected`.
    """
    picture.draft(None, least)
    picture.load()
    if picture.mode in UNBOUNDED_MODES:
        raise _unsupported()
    if picture.mode in DEEP_GREY:
        return picture.point(lambda value: value * (1 / 256)).convert("L")
    if picture.has_transparency_data:
        return picture.convert("RGBA")
    if picture.mode in {"L", "RGB", "CMYK"}:
        return picture
    return picture.convert("L" if picture.mode == "1" else "RGB")


def _formats(body: bytes) -> tuple[str, ...]:
    if body[4:8] != b"ftyp":
        return FORMATS
    from PIL import AvifImagePlugin
    from pillow_heif import register_heif_opener

    # As many pictures are decoded at once as there are cores; each is a matter of one thread.
    AvifImagePlugin.DEFAULT_MAX_THREADS = 1
    register_heif_opener(thumbnails=False)
    return ISO_FORMATS


def _check_limits(picture: Image.Image, limits: Limits) -> None:
    if max(picture.size) > limits.side:
        raise Rejected("side_too_long", "A side of the picture is longer than is accepted.")
    most = limits.jpeg_pixels if picture.format in {"JPEG", "MPO"} else limits.pixels
    if picture.width * picture.height > most:
        raise Rejected("too_many_pixels", "The picture has more pixels than are accepted.")
    if is_animated(picture) and getattr(picture, "n_frames", 1) > limits.frames:
        raise Rejected("too_many_frames", "The animation has more frames than are accepted.")


def _unsupported() -> Rejected:
    return Rejected("unsupported_format", "The file is not a picture of a kind that is supported.")
