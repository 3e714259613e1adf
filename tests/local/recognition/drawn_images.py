"""Pictures that tests draw themselves."""

import io
from typing import Any

from PIL import Image, ImageDraw

#: What must be done to an upright picture so that the orientation makes it upright again.
STORED = {
    1: (),
    2: (Image.Transpose.FLIP_LEFT_RIGHT,),
    3: (Image.Transpose.ROTATE_180,),
    4: (Image.Transpose.FLIP_TOP_BOTTOM,),
    5: (Image.Transpose.TRANSPOSE,),
    6: (Image.Transpose.ROTATE_90,),
    7: (Image.Transpose.TRANSVERSE,),
    8: (Image.Transpose.ROTATE_270,),
}


def encode(image: Image.Image, kind: str = "PNG", **options: Any) -> bytes:
    output = io.BytesIO()
    image.save(output, kind, **options)
    return output.getvalue()


def blank(size: tuple[int, int] = (200, 100), color: Any = "gray", kind: str = "PNG") -> bytes:
    return encode(Image.new("RGB", size, color), kind)


def rectangle(
    size: tuple[int, int], box: tuple[int, int, int, int], color: str, ground: str = "white"
) -> Image.Image:
    """A rectangle; the box is left, top, right and bottom in pixels, the last two excluded."""
    image = Image.new("RGB", size, ground)
    image.paste(color, box)
    return image


def page(*lines: str, size: tuple[int, int] = (900, 400), color: str = "black") -> Image.Image:
    """Lines of large print, 100 pixels apart, from (60, 50) on."""
    image = Image.new("RGB", size, "white")
    draw = ImageDraw.Draw(image)
    for number, line in enumerate(lines):
        draw.text((60, 50 + 100 * number), line, color, font_size=60)
    return image


def stored(upright: Image.Image, orientation: int, **options: Any) -> bytes:
    """A JPEG whose EXIF orientation makes it the upright picture."""
    image = upright
    for turn in STORED[orientation]:
        image = image.transpose(turn)
    exif = Image.Exif()
    exif[0x0112] = orientation
    return encode(image, "JPEG", quality=95, exif=exif, **options)
