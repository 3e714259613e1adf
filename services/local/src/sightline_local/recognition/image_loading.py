"""Decoding of image files to upright images of a bounded size."""

import contextlib
import hashlib
import io
import logging
import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from typing import Any, TypeVar

from PIL import Image, ImageFile, UnidentifiedImageError

from sightline_local.recognition.errors import (
    ImageTooLarge,
    InvalidImageFormat,
    InvalidParameter,
    ServiceError,
)
from sightline_local.recognition.lazy import Lazy

logger = logging.getLogger(__name__)

#: Formats that Rekognition accepts; an MPO is a JPEG followed by more JPEGs.
FORMATS = ("JPEG", "PNG")

#: Side limits in pixels. https://docs.aws.amazon.com/rekognition/latest/dg/limits.html
MIN_SIDE = 80
MAX_SIDE = 10_000

#: Longest side of a decoded image, in pixels. Larger images are reduced while they are decoded, so
#: that an image of 100 megapixels does not need a gigabyte of memory.
MAX_WORKING_SIDE = 2000

#: Longest side that a JPEG keeps at least when it is reduced while it is decoded, in pixels. No
#: engine needs more, and decoding at half the size costs a third.
MIN_WORKING_SIDE = 1600

#: Longest side of the copy from which all smaller copies are made, in pixels.
PREVIEW_SIDE = 640

#: Images kept after decoding: the operations on one image are usually requested together.
CACHE_SIZE = 2

#: Rows of the reduced image that are computed at a time.
BAND_ROWS = 128

EXIF_ORIENTATION = 0x0112

#: How to turn an image upright, by EXIF orientation; from 5 on width and height are swapped.
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
Value = TypeVar("Value")


class Memo:
    """Values computed once by key; concurrent callers of one key wait for its value."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._values: dict[Hashable, Lazy[Any]] = {}

    def get(self, key: Hashable, create: Callable[[], Value]) -> Value:
        """Return the value of the key, created on the first call."""
        with self._lock:
            lazy = self._values.setdefault(key, Lazy(create))
        value: Value = lazy.get()
        return value


@dataclass(frozen=True, slots=True, eq=False)
class DecodedImage:
    """An upright image: `pixels` are RGB, with sides up to `MAX_WORKING_SIDE`.

    `width` and `height` are those of the upright original. `memo` holds what the engines computed
    from the image, so that they share it.
    """

    pixels: Pixels
    width: int
    height: int
    memo: Memo = field(default_factory=Memo, repr=False)

    def fit(self, side: int) -> Pixels:
        """Return the pixels, reduced if their longest side exceeds `side`."""
        if side >= max(self.pixels.size):
            return self.pixels
        return self.memo.get(("fit", side), lambda: _shrink(self._source(side), side))

    def stretch(self, side: int) -> Pixels:
        """Return the pixels resized to a square, as most classifiers need them."""
        return self.memo.get(
            ("stretch", side),
            lambda: self._source(side).resize(
                (side, side), Image.Resampling.BILINEAR, reducing_gap=2.0
            ),
        )

    def _source(self, side: int) -> Pixels:
        """Return the smallest copy that has the details of an image of this longest side."""
        return self.fit(PREVIEW_SIDE) if side < PREVIEW_SIDE else self.pixels


class ImageCache:
    """Decodes files; the images used last are kept, by the SHA-256 of the file."""

    def __init__(self, size: int = CACHE_SIZE) -> None:
        self._size = size
        self._lock = threading.Lock()
        self._images: OrderedDict[bytes, Lazy[DecodedImage]] = OrderedDict()

    def load(self, body: bytes) -> DecodedImage:
        """Return the decoded file; see `load_image`. Concurrent callers decode it once."""
        digest = hashlib.sha256(body).digest()
        with self._lock:
            lazy = self._images.setdefault(digest, Lazy(lambda: load_image(body)))
            self._images.move_to_end(digest)
            if len(self._images) > self._size:
                self._images.popitem(last=False)
        try:
            return lazy.get()
        except Exception:
            with self._lock:
                self._images.pop(digest, None)
            raise


def allow_large_images() -> None:
    """Raise Pillow's pixel limit in this process to what `load_image` accepts."""
    Image.MAX_IMAGE_PIXELS = MAX_SIDE**2


def load_image(body: bytes) -> DecodedImage:
    """Decode a file.

    As in Rekognition, a JPEG is turned upright by its EXIF orientation; a PNG is not.
    Transparent pixels are composited on white.

    Raises `InvalidImageFormat`, `ImageTooLarge` and, as the service does for an image that is too
    small, `InvalidParameter`.
    """
    try:
        with Image.open(io.BytesIO(body), formats=FORMATS) as image:
            _check_sides(image)
            return _decode_upright(image)
    except ServiceError:
        raise
    except UnidentifiedImageError:
        raise InvalidImageFormat("The image is neither a JPEG nor a PNG.") from None
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise _too_large() from None
    except MemoryError:
        raise
    except Exception as error:
        # Decoders raise arbitrary exceptions. A retry with the same bytes would fail again.
        logger.info("could not decode an image", exc_info=True)
        raise InvalidImageFormat("The image is damaged or truncated.") from error


def _check_sides(image: Image.Image) -> None:
    if max(image.size) > MAX_SIDE:
        raise _too_large()
    if min(image.size) < MIN_SIDE:
        raise InvalidParameter(
            f"Request has invalid parameters: the image is smaller than {MIN_SIDE} pixels a side."
        )


def _too_large() -> ImageTooLarge:
    return ImageTooLarge(f"The image is larger than {MAX_SIDE} pixels a side.")


def _decode_upright(image: ImageFile.ImageFile) -> DecodedImage:
    width, height = image.size
    orientation = _orientation(image)
    # libjpeg decodes at a reduced size. Other decoders ignore this call.
    share = min(1.0, MIN_WORKING_SIDE / max(image.size))
    image.draft(None, (int(width * share), int(height * share)))
    pixels = _shrink(_reduce(image, max(1, max(image.size) // MAX_WORKING_SIDE)), MAX_WORKING_SIDE)
    if pixels is image:
        # A copy without the file, whose decoder and metadata would be kept with the image.
        pixels = image.copy()
    if orientation in TRANSPOSE_BY_ORIENTATION:
        pixels = pixels.transpose(TRANSPOSE_BY_ORIENTATION[orientation])
    if orientation in SIDEWAYS_ORIENTATIONS:
        width, height = height, width
    return DecodedImage(pixels, width, height)


def _orientation(image: ImageFile.ImageFile) -> int:
    if image.format == "PNG":
        return 1
    # The image may be intact even if its EXIF is broken.
    with contextlib.suppress(Exception):
        found = image.getexif().get(EXIF_ORIENTATION, 1)
        return found if isinstance(found, int) else 1
    return 1


def _reduce(image: Image.Image, factor: int) -> Pixels:
    """Return the pixels as RGB, each the mean of a square of `factor` pixels a side.

    The image is reduced in bands: a second full copy might not fit into memory.
    """
    image.load()
    if factor == 1 and image.mode == "RGB" and not _is_transparent(image):
        return image
    width, height = image.size
    reduced = Image.new("RGB", (-(-width // factor), -(-height // factor)))
    for top in range(0, height, BAND_ROWS * factor):
        band = image.crop((0, top, width, min(height, top + BAND_ROWS * factor)))
        reduced.paste(_flatten(_convert_to_eight_bits(band)).reduce(factor), (0, top // factor))
    return reduced


def _convert_to_eight_bits(image: Image.Image) -> Pixels:
    """Convert the pixels to a mode that `_flatten` supports."""
    if image.mode.startswith("I"):
        # 16-bit grayscale: a plain conversion would clip instead of scale.
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
        foreground = pixels.convert("RGBA")
        white = Image.new("RGBA", foreground.size, "white")
        return Image.alpha_composite(white, foreground).convert("RGB")
    return pixels.convert("RGB")
