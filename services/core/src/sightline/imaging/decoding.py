"""Open and decode an image: detect its format from the content only, and enforce limits.

Needs the extra `imaging`: only services that decode images import this module.
"""

import io
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import NamedTuple

from PIL import Image, ImageChops, ImageFile, TiffImagePlugin
from PIL.ExifTags import IFD

from sightline.domain.failures import Rejected
from sightline.imaging import jpeg, png
from sightline.imaging.blame import broken, explain, unsupported
from sightline.imaging.gif import count_frames
from sightline.imaging.pixels import convert_pixels, find_opacity
from sightline.imaging.png_scaling import scale_png
from sightline.imaging.raw import find_preview, is_raw
from sightline.imaging.source_profile import find_profile
from sightline.imaging.tiff import read_tiff

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

#: Media type of raw files, most of which are built as a TIFF.
RAW_MEDIA_TYPE = "image/tiff"

#: Formats whose frames are an animation. Those of a TIFF are pages, those of an MPO are views.
ANIMATED_FORMATS = frozenset({"PNG", "WEBP", "GIF", "AVIF"})

#: Formats of which the rows before a damage are shown. The decoders of the others return all
#: pixels or none.
RECOVERABLE_FORMATS = frozenset({"PNG", "GIF", "BMP", "TIFF"})

#: The gray of pixels that are missing, as libjpeg writes it.
MISSING_GRAY = 128

#: What follows the data of a JPEG that has no end. If the pixels depend on it, data is missing.
PROBE_DATA = bytes(range(1, 200, 7))

# Pillow reads CMYK with an extra channel, but not if that is declared as transparency.
for _order in (TiffImagePlugin.II, TiffImagePlugin.MM):
    for _kind in (1, 2):
        TiffImagePlugin.OPEN_INFO[(_order, 5, (1,), 1, (8,) * 5, (_kind,))] = ("CMYK", "CMYKX")
# It reads 16-bit grayscale whose white is zero in one byte order only.
TiffImagePlugin.OPEN_INFO[(TiffImagePlugin.MM, 0, (1,), 1, (16,), ())] = ("I;16B", "I;16B")


@dataclass(frozen=True, slots=True)
class Limits:
    """Limits on an image; one that exceeds them is rejected before any pixel is decoded.

    For JPEGs, `jpeg_pixels` replaces `pixels`: they are scaled down while they are decoded, so
    three times the pixels take less memory than in any other format. `frames` also limits the pages
    of a TIFF.
    """

    pixels: int = 64_000_000
    jpeg_pixels: int = 200_000_000
    side: int = 30_000
    frames: int = 2_000


class DecodedPixels(NamedTuple):
    """Pixels in L, LA, RGB, RGBA or CMYK, and the ICC profile to convert them from.

    `profile` is None for sRGB. `damaged` is whether some pixels are missing in the file, and gray.
    """

    image: Image.Image
    profile: bytes | None
    damaged: bool


class OpenedImage:
    """An image whose header has been read.

    `file` has the size as stored, and the metadata; that of a PNG only after `decode`.
    """

    def __init__(
        self,
        body: bytes,
        file: ImageFile.ImageFile,
        media_type: str,
        cicp: tuple[int, int] | None = None,
        cut: jpeg.JpegFile | None = None,
    ) -> None:
        self.file = file
        self.media_type = media_type
        self._body = body
        self._cicp = cicp
        #: The structure of a JPEG without an end.
        self._cut = cut

    @property
    def size(self) -> tuple[int, int]:
        return self.file.size

    @property
    def animated(self) -> bool:
        """Whether the image is an animation; only its first frame is processed."""
        return is_animated(self.file)

    def decode(
        self, min_size: tuple[int, int], size: tuple[int, int] | None = None
    ) -> DecodedPixels:
        """Decode the first frame.

        A JPEG may be scaled down, which is nearly free while decoding, but not below `min_size`
        (pixels, before the orientation is applied). A PNG may be scaled down to `size`. Raises
        `Rejected`.
        """
        if self.file.format == "PNG" and size is not None:
            scaled = scale_png(self.file, self._body, size)
            if scaled is not None:
                return DecodedPixels(scaled, find_profile(self.file, self._body, self._cicp), False)
        if self.file.format == "TIFF":
            # Pillow cannot read these directories once it has closed the file.
            for directory in (IFD.Exif, IFD.GPSInfo, IFD.Interop):
                self.file.getexif().get_ifd(directory)
        opacity = find_opacity(self.file, self._body)
        damaged = self._load(min_size)
        profile = find_profile(self.file, self._body, self._cicp)
        image, profile = convert_pixels(self.file, profile)
        if opacity is not None:
            image.putalpha(opacity)
        return DecodedPixels(image, profile, damaged)

    def _load(self, min_size: tuple[int, int]) -> bool:
        """Load the pixels; return whether some are missing."""
        self.file.draft(None, min_size)
        try:
            self.file.load()
            return self._cut is not None and self._is_cut_short(self._cut, min_size)
        except MemoryError:
            raise
        except Exception:
            if self.file.format not in RECOVERABLE_FORMATS:
                raise
            self._recover()
            return True

    def _is_cut_short(self, structure: jpeg.JpegFile, min_size: tuple[int, int]) -> bool:
        """Return whether more is missing of a loaded JPEG than its end marker."""
        if structure.missing_scans:
            return True
        data = self._body[: structure.end]
        with Image.open(io.BytesIO(data + PROBE_DATA + jpeg.END), formats=("JPEG",)) as other:
            other.draft(None, min_size)
            other.load()
            return ImageChops.difference(self.file, other).getbbox() is not None

    def _recover(self) -> None:
        """Load the pixels before the damage, and make the others gray."""
        with Image.open(io.BytesIO(self._body), formats=(self.file.format or "",)) as file:
            fill = _fill(file)
            file.im = fill.copy().im
            ImageFile.LOAD_TRUNCATED_IMAGES = True
            try:
                file.load()
            finally:
                ImageFile.LOAD_TRUNCATED_IMAGES = False
            if file.tobytes() == fill.tobytes():
                raise broken()
            self.file.im = file.im
            self.file.tile = []
            self.file.info |= file.info


@contextmanager
def open_image(
    body: bytes, limits: Limits, formats: tuple[str, ...] | None = None
) -> Iterator[OpenedImage]:
    """Open the image in these bytes without decoding its pixels; the context closes it.

    Of a raw file, the preview is opened. Raises `Rejected`, also for any error of decoding inside
    the context, and `MemoryError`.
    """
    try:
        with _open(body, limits, formats) as opened:
            yield opened
    except (Rejected, MemoryError):
        raise
    except Exception as error:
        # Decoders raise exceptions of many kinds; the same bytes would fail in the same way again.
        raise explain(body, error) from error


@contextmanager
def open_header(header: bytes, limits: Limits, formats: tuple[str, ...]) -> Iterator[OpenedImage]:
    """Open the beginning of a file; its pixels cannot be decoded. Raises as `open_image` does."""
    try:
        if header.startswith(jpeg.SIGNATURE):
            jpeg.read_jpeg(header)
        with Image.open(io.BytesIO(header), formats=formats) as file:
            _check_limits(file, limits)
            yield OpenedImage(header, file, MEDIA_TYPES[file.format or ""])
    except (Rejected, MemoryError):
        raise
    except Exception as error:
        raise explain(header, error) from error


def is_animated(image: Image.Image) -> bool:
    """Return whether the image is an animation; only its first frame is processed."""
    return image.format in ANIMATED_FORMATS and getattr(image, "is_animated", False)


@contextmanager
def _open(body: bytes, limits: Limits, formats: tuple[str, ...] | None) -> Iterator[OpenedImage]:
    media_type, tags, cicp, cut = None, None, None, None
    if is_raw(body):
        preview = find_preview(body)
        if preview is None:
            raise unsupported()
        media_type, body, tags = RAW_MEDIA_TYPE, preview.jpeg, preview.tags
    if body.startswith(jpeg.SIGNATURE):
        body, cut = _complete_jpeg(body)
    elif body.startswith(png.SIGNATURE):
        checked = png.read_png(body, limits.frames)
        body, cicp = checked.body, checked.cicp
    else:
        _check_frames(body, limits)
    with Image.open(io.BytesIO(body), formats=formats or _formats(body)) as file:
        _check_limits(file, limits)
        if tags is not None:
            file.info["exif"] = b"Exif\0\0" + tags
        media_type = media_type or MEDIA_TYPES[file.format or ""]
        yield OpenedImage(body, file, media_type, cicp, cut)


def _complete_jpeg(body: bytes) -> tuple[bytes, jpeg.JpegFile | None]:
    """Return the JPEG with an end marker, and its structure if that was missing.

    libjpeg waits for the marker, and then makes missing pixels gray.
    """
    structure = jpeg.read_jpeg(body)
    if structure.ended:
        return body, None
    if structure.scans == 0:
        raise broken()
    return body[: structure.end] + jpeg.END, structure


def _check_frames(body: bytes, limits: Limits) -> None:
    """Count frames and pages where decoders take long to."""
    if body.startswith((b"GIF87a", b"GIF89a")):
        frames = count_frames(body, limits.frames + 1)
    elif (tiff := read_tiff(body)) is not None:
        frames = tiff.count_pages(limits.frames + 1)
    else:
        return
    if frames > limits.frames:
        raise Rejected("too_many_frames", "The file exceeds the maximum number of frames.")


def _fill(file: ImageFile.ImageFile) -> Image.Image:
    """Return a gray image of the mode and the size of the file."""
    if file.mode == "P":
        palette = file.palette.getdata()[1] if file.palette else b""
        colors = [palette[at : at + 3] for at in range(0, len(palette) - 2, 3)]
        nearest = min(
            range(len(colors)),
            key=lambda index: sum(abs(value - MISSING_GRAY) for value in colors[index]),
            default=0,
        )
        return Image.new("P", file.size, nearest)
    if file.mode.startswith("I"):
        return Image.new(file.mode, file.size, MISSING_GRAY * 257)
    bands = len(file.getbands())
    if bands == 1:
        return Image.new(file.mode, file.size, MISSING_GRAY)
    colors_only = [MISSING_GRAY] * bands
    if file.mode in {"RGBA", "LA", "PA"}:
        colors_only[-1] = 255
    return Image.new(file.mode, file.size, tuple(colors_only))


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
        raise Rejected("too_many_frames", "The file exceeds the maximum number of frames.")
