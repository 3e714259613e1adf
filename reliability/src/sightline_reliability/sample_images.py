"""Small random images, and corrupt files that cannot be decoded."""

import functools
import io
import random

from PIL import Image, ImageDraw

SIZE = (160, 120)

#: Square, so that it can be rotated.
LARGE_SIZE = (2000, 2000)

#: Pillow's format names, with the media type and the relative frequency.
FORMATS = {"JPEG": ("image/jpeg", 80), "PNG": ("image/png", 15), "WEBP": ("image/webp", 5)}


def draw_image(rng: random.Random) -> tuple[bytes, str]:
    """Return an encoded image, unlike every other, and its media type."""
    format_name = rng.choices(list(FORMATS), [weight for _, weight in FORMATS.values()])[0]
    image = Image.new("RGB", SIZE, _choose_color(rng))
    canvas = ImageDraw.Draw(image)
    for _ in range(6):
        left, top = rng.randrange(SIZE[0]), rng.randrange(SIZE[1])
        canvas.rectangle((left, top, left + 40, top + 30), fill=_choose_color(rng))
    file = io.BytesIO()
    image.save(file, format_name)
    return file.getvalue(), FORMATS[format_name][0]


def draw_large_image(rng: random.Random) -> tuple[bytes, str]:
    """Return a JPEG with the pixels of a camera, unlike every other, and its media type.

    They are drawn once, because that takes as long as processing them, and compress well, so that
    thousands of files fit into memory. A comment makes each file differ.
    """
    start_of_image, rest = _encode_large_image()
    comment = rng.randbytes(16)
    marker = b"\xff\xfe" + (len(comment) + 2).to_bytes(2, "big")
    return start_of_image + marker + comment + rest, "image/jpeg"


@functools.cache
def _encode_large_image() -> tuple[bytes, bytes]:
    """Return the first marker of the file, and what follows it."""
    gradient = Image.linear_gradient("L").resize(LARGE_SIZE)
    image = Image.merge("RGB", (gradient, gradient.rotate(90), gradient.rotate(180)))
    file = io.BytesIO()
    image.save(file, "JPEG", quality=80)
    return file.getvalue()[:2], file.getvalue()[2:]


def make_corrupt_image(rng: random.Random) -> tuple[bytes, str]:
    """Return random bytes, an HTML page or half an image header, with an image's media type."""
    body, media_type = draw_image(rng)
    corrupt = [
        rng.randbytes(900),
        b"<html><script>alert(1)</script></html>" + rng.randbytes(20),
        body[:24] + rng.randbytes(60),
    ]
    return rng.choice(corrupt), media_type


def _choose_color(rng: random.Random) -> tuple[int, int, int]:
    return rng.randrange(256), rng.randrange(256), rng.randrange(256)
