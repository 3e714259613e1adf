"""Open and decode an image: detect its format from the content only, and enforce limits.

Needs the extra `imaging`: only services that decode images import this module.
"""

import io
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from PIL import Image, ImageFile, UnidentifiedImageError

from sightline.domain.failures import Rejected

# `_check_limits` replaces it, with more precise errors.
Image.MAX_IMAGE_PIXELS = None

#: Formats that are tried, by Pillow's names.
FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "TIFF", "BMP")

#: Formats of files that start as ISO base media files do. Their libraries take memory, so they are
#: loaded for such files only.
ISO_FORMATS = ("AVIF", "HEIF")

#: Media types by the detected format; a JPEG that is followed by more JPEGs is an MPO.
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

#: Formats whose frames are an animation. Those of a TIFF are pages, those of an MPO are views.
ANIMATED_FORMATS = frozenset({"PNG", "WEBP", "GIF", "AVIF"})

#: Modes of 16-bit grayscale, in either byte order; Pillow's own conversion would clip them.
DEEP_GRAYSCALE_MODES = frozenset({"I;16", "I;16L", "I;16B", "I;16N"})

#: Modes of pixels whose range is not recorded: rendering them would be a guess.
UNBOUNDED_MODES = frozenset({"I", "F"})


@dataclass(frozen=True, slots=True)
class Limits:
    """Limits on an image; one that exceeds them is rejected before any pixel is decoded.

    For JPEGs, `jpeg_pixels` replaces `pixels`: they are scaled down while they are decoded, so
    three times the pixels take less memory than in any other format.
    """

    pixels: int = 64_000_000
    jpeg_pixels: int = 200_000_000
    side: int = 30_000
    frames: int = 2_000


@contextmanager
def open_image(
    body: bytes, limits: Limits, formats: tuple[str, ...] | None = None
) -> Iterator[ImageFile.ImageFile]:
    """Open the image in these bytes without decoding its pixels; the context closes it.

    Raises `Rejected`, also for any error of decoding inside the context, and `MemoryError`.
    """
    try:
        with Image.open(io.BytesIO(body), formats=formats or _formats(body)) as image:
            _check_limits(image, limits)
            yield image
    except UnidentifiedImageError:
        raise _unsupported() from None
    except (Rejected, MemoryError):
        raise
    except Exception as error:
        # Decoders raise exceptions of many kinds; the same bytes would fail in the same way again.
        raise Rejected("broken_image", "The image is damaged or truncated.") from error


def is_animated(image: Image.Image) -> bool:
    """Return whether the image is an animation; only its first frame is processed."""
    return image.format in ANIMATED_FORMATS and getattr(image, "is_animated", False)


def decode(image: ImageFile.ImageFile, min_size: tuple[int, int]) -> Image.Image:
    """Decode the first frame to one of the modes L, RGB, RGBA and CMYK.

    A JPEG may be scaled down, which is nearly free while decoding, but not below `min_size`
    (pixels, before the orientation is applied). Raises `Rejected`.
    """
    image.draft(None, min_size)
    image.load()
    if image.mode in UNBOUNDED_MODES:
        raise _unsupported()
    if image.mode in DEEP_GRAYSCALE_MODES:
        return image.point(lambda value: value * (1 / 256)).convert("L")
    if image.has_transparency_data:
        return image.convert("RGBA")
    if image.mode in {"L", "RGB", "CMYK"}:
        return image
    return image.convert("L" if image.mode == "1" else "RGB")


def _formats(body: bytes) -> tuple[str, ...]:
    if body[4:8] != b"ftyp":
        return FORMATS
    from PIL import AvifImagePlugin
    from pillow_heif import register_heif_opener

    # One image is decoded per core at a time, so each needs one thread only.
    AvifImagePlugin.DEFAULT_MAX_THREADS = 1
    register_heif_opener(thumbnails=False)
    return ISO_FORMATS


def _check_limits(image: Image.Image, limits: Limits) -> None:
    if max(image.size) > limits.side:
        raise Rejected("side_too_long", "A side of the image exceeds the maximum length.")
    max_pixels = limits.jpeg_pixels if image.format in {"JPEG", "MPO"} else limits.pixels
    if image.width * image.height > max_pixels:
        raise Rejected("too_many_pixels", "The image exceeds the maximum number of pixels.")
    if is_animated(image) and getattr(image, "n_frames", 1) > limits.frames:
        raise Rejected("too_many_frames", "The animation exceeds the maximum number of frames.")


def _unsupported() -> Rejected:
    return Rejected("unsupported_format", "The file is not an image in a supported format.")
