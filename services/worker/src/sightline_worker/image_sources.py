"""How Rekognition receives an image: as a reference to S3, or as a transcoded JPEG in the request.

Limits: https://docs.aws.amazon.com/rekognition/latest/dg/limits.html
"""

import asyncio
import io
from dataclasses import dataclass

from PIL import Image, ImageOps
from PIL.ExifTags import Base
from PIL.Image import Resampling

from sightline.domain.failures import Rejected
from sightline.imaging.color import convert_to_srgb
from sightline.imaging.decoding import Limits, open_header, open_image
from sightline.imaging.isolation import run_isolated
from sightline.imaging.process_pool import DecodePool
from sightline.ports.object_store import ObjectStore, StoredObject

#: Rekognition's limits: the size of an object in S3, the size of an image in the request, and the
#: length of a side.
MAX_OBJECT_BYTES = 15 * 10**6
MAX_INLINE_BYTES = 5 * 2**20
MIN_SIDE_PIXELS = 80
MAX_SIDE_PIXELS = 10_000

#: Formats that Rekognition reads from S3, by Pillow's names.
REKOGNITION_FORMATS = ("JPEG", "PNG")

#: Longest side of a transcoded image. A longer one finds no more labels and takes longer to send.
TRANSCODED_SIDE_PIXELS = 4_096

#: JPEG qualities, tried in this order until the image is small enough for the request.
JPEG_QUALITIES = (90, 80, 65, 50)

#: Bytes read from the start of a file to find its dimensions: before them, a JPEG may contain a
#: preview and two color profiles.
HEADER_BYTES = 256 * 2**10


@dataclass(frozen=True, slots=True)
class S3Reference:
    """The key of an original that Rekognition reads from S3 itself."""

    key: str


@dataclass(frozen=True, slots=True)
class InlineJpeg:
    """A JPEG that is part of the request."""

    body: bytes


ImageSource = S3Reference | InlineJpeg


class ImageSources:
    """Chooses how Rekognition receives an original, and transcodes it if necessary."""

    def __init__(
        self, originals: ObjectStore, pool: DecodePool, max_bytes: int, limits: Limits
    ) -> None:
        self._originals = originals
        self._pool = pool
        self._max_bytes = max_bytes
        self._limits = limits

    async def prepare(self, original: StoredObject) -> ImageSource:
        """Return the source of the image for Rekognition.

        Raises `Rejected` if the image is too small, or has to be transcoded and cannot be decoded
        or exceeds a limit.
        """
        if original.size <= MAX_OBJECT_BYTES:
            header = await self._originals.read(original, HEADER_BYTES)
            if await asyncio.to_thread(is_accepted, header, self._limits):
                return S3Reference(original.key)
        return await self.transcode(original)

    async def transcode(self, original: StoredObject) -> InlineJpeg:
        """Return the image as a JPEG that Rekognition accepts. Raises `Rejected`."""
        if original.size > self._max_bytes:
            raise Rejected("file_too_large", "The file exceeds the maximum size.")
        body = await self._originals.read(original)
        return InlineJpeg(await run_isolated(self._pool, transcode, body, self._limits))


def is_accepted(header: bytes, limits: Limits) -> bool:
    """Return whether Rekognition accepts the file with this header and reads it upright.

    Raises `Rejected` if the image is too small for recognition even after transcoding.
    """
    try:
        with open_header(header, limits, REKOGNITION_FORMATS) as opened:
            image = opened.file
            check_shape(image.size)
            # Rekognition applies the EXIF orientation of a JPEG, but ignores that of a PNG.
            misoriented = image.format == "PNG" and image.getexif().get(Base.Orientation, 1) != 1
            return max(image.size) <= MAX_SIDE_PIXELS and not misoriented
    except Rejected as rejection:
        if rejection.failure.code == "image_too_small":
            raise
        return False


def transcode(body: bytes, limits: Limits) -> bytes:
    """Return the image as an upright JPEG in sRGB that Rekognition accepts.

    Decoding may take much time and memory: run it in an isolated process. Raises `Rejected`.
    """
    with open_image(body, limits) as opened:
        check_shape(opened.size)
        size = fit(opened.size)
        decoded = opened.decode(size)
        scaled = decoded.image.resize(size, Resampling.LANCZOS, reducing_gap=2.0)
        converted = convert_to_srgb(scaled, decoded.profile)
        # Read after decoding, because a PNG may contain its EXIF data after its pixels.
        converted.getexif()[Base.Orientation] = opened.file.getexif().get(Base.Orientation, 1)
        upright = _flatten(ImageOps.exif_transpose(converted))
    while True:
        for quality in JPEG_QUALITIES:
            file = io.BytesIO()
            upright.save(file, "JPEG", quality=quality)
            if file.tell() <= MAX_INLINE_BYTES:
                return file.getvalue()
        # In practice, only images of noise are too large at the lowest quality.
        upright = upright.reduce(2)
        check_min_side(upright.size)


def fit(size: tuple[int, int]) -> tuple[int, int]:
    """Return the size to transcode an image to, from its own; it is never scaled up.

    The longest side is `TRANSCODED_SIDE_PIXELS`, or longer if the other one would be shorter than
    Rekognition's minimum: then it is as long as it may be.
    """
    scale = min(1.0, TRANSCODED_SIDE_PIXELS / max(size))
    if min(size) * scale < MIN_SIDE_PIXELS:
        scale = min(1.0, MAX_SIDE_PIXELS / max(size))
    return max(1, round(size[0] * scale)), max(1, round(size[1] * scale))


def check_shape(size: tuple[int, int]) -> None:
    """Raise `Rejected` if an image of this size is too small for Rekognition when it fits."""
    if min(size) * min(1.0, MAX_SIDE_PIXELS / max(size)) < MIN_SIDE_PIXELS - 0.5:
        raise _too_small()


def check_min_side(size: tuple[int, int]) -> None:
    """Raise `Rejected` if a side is shorter than Rekognition's minimum."""
    if min(size) < MIN_SIDE_PIXELS:
        raise _too_small()


def _too_small() -> Rejected:
    return Rejected(
        "image_too_small",
        f"The image is too small to be recognized: each side must have at least"
        f" {MIN_SIDE_PIXELS} pixels.",
    )


def _flatten(image: Image.Image) -> Image.Image:
    """Return the image in RGB on a white background, without metadata."""
    flat = image.convert("RGB")
    if image.mode == "RGBA":
        flat = Image.new("RGB", image.size, (255, 255, 255))
        flat.paste(image, mask=image.getchannel("A"))
    flat.info = {}
    return flat
