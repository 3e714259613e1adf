"""ThumbHash: a placeholder of some 25 bytes that shows roughly what is coming.

The format is Evan Wallace's (https://evanw.github.io/thumbhash/): the lowest frequencies of a
cosine transform of luminance, two color differences and alpha, four bits each. The transform is
done by rows and then by columns, which takes a tenth of the work of the direct sum.
"""

import math
from collections.abc import Sequence
from functools import cache
from operator import mul
from typing import NamedTuple

from PIL import Image

#: Pixels of the longer side that is transformed. The format keeps seven frequencies at most, so
#: more pixels cost more and change next to nothing.
SIDE = 16

Channel = Sequence[float]


class Spectrum(NamedTuple):
    """One channel: its mean, its other frequencies scaled to 0..1, and that scale."""

    mean: float
    rest: list[float]
    scale: float


def hash_thumb(picture: Image.Image) -> bytes:
    """The ThumbHash of an RGB or RGBA picture."""
    small = picture.convert("RGBA")
    small.thumbnail((SIDE, SIDE))
    width, height = small.size
    lightness, yellowness, redness, alpha = _split(small)
    opaque = min(alpha) == 1
    most = 7 if opaque else 5
    columns = max(1, round(most * width / max(width, height)))
    rows = max(1, round(most * height / max(width, height)))
    light = _transform(lightness, width, max(3, columns), max(3, rows))
    yellow = _transform(yellowness, width, 3, 3)
    red = _transform(redness, width, 3, 3)
    landscape = width > height
    first = (
        round(63 * light.mean)
        | round(31.5 + 31.5 * yellow.mean) << 6
        | round(31.5 + 31.5 * red.mean) << 12
        | round(31 * light.scale) << 18
        | (not opaque) << 23
    )
    second = (
        (rows if landscape else columns)
        | round(63 * yellow.scale) << 3
        | round(63 * red.scale) << 9
        | landscape << 15
    )
    head = first.to_bytes(3, "little") + second.to_bytes(2, "little")
    rest = [*light.rest, *yellow.rest, *red.rest]
    if not opaque:
        cover = _transform(alpha, width, 5, 5)
        head += bytes([round(15 * cover.mean) | round(15 * cover.scale) << 4])
        rest += cover.rest
    return head + _pack(rest)


def _split(picture: Image.Image) -> tuple[Channel, Channel, Channel, Channel]:
    """Luminance, blue against yellow, green against red, and alpha of every pixel.

    What is transparent is filled with the mean color of what is not.
    """
    red, green, blue, alpha = (
        [value / 255 for value in band.tobytes()] for band in picture.split()
    )
    weight = sum(alpha)
    if weight < len(alpha):
        red, green, blue = (_fill(band, alpha, weight) for band in (red, green, blue))
    return (
        [(r + g + b) / 3 for r, g, b in zip(red, green, blue, strict=True)],
        [(r + g) / 2 - b for r, g, b in zip(red, green, blue, strict=True)],
        [r - g for r, g in zip(red, green, strict=True)],
        alpha,
    )


def _fill(band: Channel, alpha: Channel, weight: float) -> list[float]:
    mean = _dot(band, alpha) / weight if weight else 0.0
    return [mean * (1 - cover) + value * cover for value, cover in zip(band, alpha, strict=True)]


def _transform(channel: Channel, width: int, columns: int, rows: int) -> Spectrum:
    """The lowest frequencies, those in the triangle below the diagonal, row by row."""
    height = len(channel) // width
    across, down = _cosines(width, columns), _cosines(height, rows)
    lines = [channel[start : start + width] for start in range(0, len(channel), width)]
    by_row = [[_dot(line, wave) for line in lines] for wave in across]
    frequencies = [
        _dot(by_row[x], down[y]) / len(channel)
        for y in range(rows)
        for x in range(columns)
        if x * rows < columns * (rows - y)
    ]
    mean, *rest = frequencies
    scale = max(map(abs, rest), default=0.0)
    return Spectrum(mean, [0.5 + 0.5 * value / scale if scale else value for value in rest], scale)


@cache
def _cosines(length: int, count: int) -> list[list[float]]:
    return [
        [math.cos(math.pi / length * wave * (at + 0.5)) for at in range(length)]
        for wave in range(count)
    ]


def _dot(one: Channel, other: Channel) -> float:
    product: float = sum(map(mul, one, other))
    return product


def _pack(values: Sequence[float]) -> bytes:
    """Four bits each, the earlier of two in the lower half of a byte."""
    nibbles = [round(15 * value) for value in values]
    if len(nibbles) % 2:
        nibbles.append(0)
    return bytes(low | high << 4 for low, high in zip(nibbles[::2], nibbles[1::2], strict=True))
