"""What Rekognition is given to look at: the object itself where it can take it, else a JPEG.

Limits: https://docs.aws.amazon.com/rekognition/latest/dg/limits.html
"""

import asyncio
import io
from dataclasses import dataclass

from PIL import Image, ImageOps
from PIL.ExifTags import Base
from PIL.Image import Resampling

from sightline.domain.failures import Rejected
from sightline.imaging.decoding import Limits, decode, open_image
from sightline.imaging.isolation import run_isolated
from sightline.imaging.process_pool import DecodePool
from sightline.ports.object_store import ObjectStore, StoredObject

#: What Rekognition takes: bytes by reference to S3, bytes in the call itself, pixels of a side.
MAX_REFERENCED = 15 * 10**6
MAX_SENT = 5 * 2**20
MIN_SIDE = 80
MAX_SIDE = 10_000

#: Formats that it reads from S3.
READABLE = ("JPEG", "PNG")

#: The longest side of what is sent in their place. More finds no more, and takes longer to send.
TRANSCODED_SIDE = 4_096

#: Tried in turn until the file is small enough.
QUALITIES = (90, 80, 65, 50)

#: Bytes from the start of a file in which its header is looked for: a JPEG may carry a preview
#: and two profiles before it.
HEADER = 256 * 2**10


@dataclass(frozen=True, slots=True)
class Reference:
    """An object that Rekognition reads by itself."""

    key: str


@dataclass(frozen=True, slots=True)
class Sent:
    """A JPEG that goes with the call."""

    body: bytes


Source = Reference | Sent


class Sources:
    """Decides what Rekognition is given, and makes it where it must."""

    def __init__(
        self, originals: ObjectStore, bench: DecodePool, max_bytes: int, limits: Limits
    ) -> None:
        self._originals = originals
        self._bench = bench
        self._max_bytes = max_bytes
        self._limits = limits

    async def prepare(self, original: StoredObject) -> Source:
        """Raises `Rejected` where nothing can be made of the picture that would be taken."""
        if original.size <= MAX_REFERENCED:
            header = await self._originals.read(original, HEADER)
            if await asyncio.to_thread(is_readable, header, self._limits):
                return Reference(original.key)
        if original.size > self._max_bytes:
            raise Rejected("file_too_large", "The file is larger than what is accepted.")
        body = await self._originals.read(original)
        return Sent(await run_isolated(self._bench, transcode, body, self._limits))


def is_readable(header: bytes, limits: Limits) -> bool:
    """Whether Rekognition can take the file that begins so, and sees it as we show it.

    Raises `Rejected` for a picture that is too small to be recognised whatever is done to it.
    """
    try:
        with open_image(header, limits, READABLE) as picture:
            check_side(picture.size)
            # It heeds a JPEG's orientation, and overlooks a PNG's.
            lies = picture.format == "PNG" and picture.getexif().get(Base.Orientation, 1) != 1
            return max(picture.size) <= MAX_SIDE and not lies
    except Rejected as rejection:
        if rejection.failure.code == "image_too_small":
            raise
        return False


def transcode(body: bytes, limits: Limits) -> bytes:
    """An upright JPEG that Rekognition takes; heavy, for a process of its own.

    Raises `Rejected`.
    """
    with open_image(body, limits) as picture:
        scale = min(1.0, TRANSCODED_SIDE / max(picture.size))
        size = tuple(max(1, round(side * scale)) for side in picture.size)
        check_side(size)
        decoded = decode(picture, (size[0], size[1]))
        decoded = decoded.resize((size[0], size[1]), Resampling.LANCZOS, reducing_gap=2.0)
        decoded.info = picture.info
        upright = _flatten(ImageOps.exif_transpose(decoded))
    while True:
        for quality in QUALITIES:
            file = io.BytesIO()
            upright.save(file, "JPEG", quality=quality)
            if file.tell() <= MAX_SENT:
                return file.getvalue()
        # Hardly anything but noise gets here.
        upright = upright.reduce(2)
        check_side(upright.size)


def check_side(size: tuple[int, ...]) -> None:
    """Raises `Rejected` where a side is shorter than Rekognition takes."""
    if min(size) < MIN_SIDE:
        raise Rejected(
            "image_too_small", f"A side of less than {MIN_SIDE} pixels is too small to recognise."
        )


def _flatten(picture: Image.Image) -> Image.Image:
    """The picture on white, without anything that a JPEG would carry along."""
    flat = picture.convert("RGB")
    if picture.mode == "RGBA":
        flat = Image.new("RGB", picture.size, (255, 255, 255))
        flat.paste(picture, mask=picture.getchannel("A"))
    flat.info = {}
    return flat
