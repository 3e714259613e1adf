"""Images that tests draw."""

import io
from typing import Any

from PIL import Image, ImageDraw

#: Transpositions of an upright image that its EXIF orientation undoes.
TRANSPOSITIONS = {
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
    """Draw a rectangle; the box is left, top, right, bottom in pixels, the last two exclusive."""
    image = Image.new("RGB", size, ground)
    image.paste(color, box)
    return image


def page(*lines: str, size: tuple[int, int] = (900, 400), color: str = "black") -> Image.Image:
    """Draw lines of large print, 100 pixels apart, starting at (60, 50)."""
    image = Image.new("RGB", size, "white")
    draw = ImageDraw.Draw(image)
    for number, line in enumerate(lines):
        draw.text((60, 50 + 100 * number), line, color, font_size=60)
    return image


def stored(upright: Image.Image, orientation: int, **options: Any) -> bytes:
    """Encode a rotated JPEG whose EXIF orientation restores the upright image."""
    image = upright
    for transposition in TRANSPOSITIONS[orientation]:
        image = image.transpose(transposition)
    exif = Image.Exif()
    exif[0x0112] = orientation
    return encode(image, "JPEG", quality=95, exif=exif, **options)
