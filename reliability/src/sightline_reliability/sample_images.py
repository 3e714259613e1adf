"""Small pictures, each unlike every other, and files that only look like one."""

import io
import random

from PIL import Image, ImageDraw

SIZE = (160, 120)

#: Pillow's names, with what a client announces and how often.
FORMATS = {"JPEG": ("image/jpeg", 80), "PNG": ("image/png", 15), "WEBP": ("image/webp", 5)}


def draw_picture(chance: random.Random) -> tuple[bytes, str]:
    """A file and its media type."""
    kind = chance.choices(list(FORMATS), [weight for _, weight in FORMATS.values()])[0]
    picture = Image.new("RGB", SIZE, _color(chance))
    canvas = ImageDraw.Draw(picture)
    for _ in range(6):
        left, top = chance.randrange(SIZE[0]), chance.randrange(SIZE[1])
        canvas.rectangle((left, top, left + 40, top + 30), fill=_color(chance))
    file = io.BytesIO()
    picture.save(file, kind)
    return file.getvalue(), FORMATS[kind][0]


def break_picture(chance: random.Random) -> tuple[bytes, str]:
    """Noise, a page, or the first half of a picture's head: nothing that can be shown."""
    body, media_type = draw_picture(chance)
    broken = [
        chance.randbytes(900),
        b"<html><script>alert(1)</script></html>" + chance.randbytes(20),
        body[:24] + chance.randbytes(60),
    ]
    return chance.choice(broken), media_type


def _color(chance: random.Random) -> tuple[int, int, int]:
    return chance.randrange(256), chance.randrange(256), chance.randrange(256)
