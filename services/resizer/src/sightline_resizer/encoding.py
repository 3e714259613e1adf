"""Encoding of renditions. Encoded files contain no metadata."""

import io
from enum import StrEnum
from typing import Any

from PIL import Image


class RenditionFormat(StrEnum):
    """File format of a rendition; the value is also the file extension."""

    WEBP = "webp"
    JPEG = "jpeg"
    AVIF = "avif"

    @property
    def media_type(self) -> str:
        return f"image/{self.value}"


#: Pillow's save options for each format, with the default quality.
#:
#: WebP: method 2 takes 0.44 of the time of method 4 for 3.6 % more bytes. AVIF: speed 9 takes less
#: time than WebP's method 4, for about as many bytes.
SAVE_OPTIONS: dict[RenditionFormat, dict[str, Any]] = {
    RenditionFormat.WEBP: {"quality": 80, "method": 2},
    RenditionFormat.JPEG: {"quality": 82, "progressive": True, "optimize": True},
    RenditionFormat.AVIF: {"quality": 62, "speed": 9, "max_threads": 1},
}

#: Background (RGB) of transparent images in JPEG, which has no alpha channel.
JPEG_BACKGROUND = (255, 255, 255)


def encode(
    image: Image.Image, rendition_format: RenditionFormat, quality: int | None = None
) -> bytes:
    """Encode an image in RGB or RGBA; None selects the default quality of the format."""
    if rendition_format is RenditionFormat.JPEG and image.mode == "RGBA":
        flat = Image.new("RGB", image.size, JPEG_BACKGROUND)
        flat.paste(image, mask=image.getchannel("A"))
        image = flat
    # Pillow writes the metadata that it finds here: position, camera, serial numbers.
    image.info = {}
    options = SAVE_OPTIONS[rendition_format]
    if quality is not None:
        options = options | {"quality": quality}
    file = io.BytesIO()
    image.save(file, rendition_format.name, **options)
    return file.getvalue()
