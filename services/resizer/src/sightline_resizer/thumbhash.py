"""ThumbHash: a blurred placeholder of about 25 bytes, displayed until the image is loaded.

The format is Evan Wallace's (https://evanw.github.io/thumbhash/): the lowest frequencies of a
cosine transform of luminance, two color differences and alpha, in four bits each. The transform
processes the rows and then the columns, which takes a tenth of the operations of the direct sum.
"""

import math
from collections.abc import Sequence
from functools import cache
from operator import mul
from typing import NamedTuple

from PIL import Image

#: Longest side in pixels of the image that is transformed. The format contains at most seven
#: frequencies per direction, so more pixels take more time and hardly change the result.
MAX_SIDE_PIXELS = 16

#: Maximum number of luminance frequencies per direction, without and with an alpha channel.
OPAQUE_FREQUENCIES = 7
TRANSPARENT_FREQUENCIES = 5

#: The values of one channel, row by row.
Channel = Sequence[float]


class Spectrum(NamedTuple):
    """The frequencies of a channel: the mean, and the others scaled to 0..1 with their scale."""

    mean: float
    rest: list[float]
    scale: float


def encode_thumbhash(image: Image.Image) -> bytes:
    """Return the ThumbHash of an image in RGB or RGBA."""
    small = image.convert("RGBA")
    small.thumbnail((MAX_SIDE_PIXELS, MAX_SIDE_PIXELS))
    width, height = small.size
    luminance, yellow_blue, red_green, alpha = _split_channels(small)
    opaque = min(alpha) == 1
    frequencies = OPAQUE_FREQUENCIES if opaque else TRANSPARENT_FREQUENCIES
    columns = max(1, round(frequencies * width / max(width, height)))
    rows = max(1, round(frequencies * height / max(width, height)))
    # L, P, Q and A are the names of the channels in the description of the format.
    l_channel = _transform(luminance, width, max(3, columns), max(3, rows))
    p_channel = _transform(yellow_blue, width, 3, 3)
    q_channel = _transform(red_green, width, 3, 3)
    landscape = width > height
    header24 = (
        round(63 * l_channel.mean)
        | round(31.5 + 31.5 * p_channel.mean) << 6
        | round(31.5 + 31.5 * q_channel.mean) << 12
        | round(31 * l_channel.scale) << 18
        | (not opaque) << 23
    )
    header16 = (
        (rows if landscape else columns)
        | round(63 * p_channel.scale) << 3
        | round(63 * q_channel.scale) << 9
        | landscape << 15
    )
    header = header24.to_bytes(3, "little") + header16.to_bytes(2, "little")
    values = [*l_channel.rest, *p_channel.rest, *q_channel.rest]
    if not opaque:
        a_channel = _transform(alpha, width, 5, 5)
        header += bytes([round(15 * a_channel.mean) | round(15 * a_channel.scale) << 4])
        values += a_channel.rest
    return header + _pack(values)


def _split_channels(image: Image.Image) -> tuple[Channel, Channel, Channel, Channel]:
    """Return luminance, yellow minus blue, red minus green, and alpha of every pixel.

    Transparent pixels take the mean color of the others.
    """
    red, green, blue, alpha = ([value / 255 for value in band.tobytes()] for band in image.split())
    weight = sum(alpha)
    if weight < len(alpha):
        red, green, blue = (_fill_transparent(band, alpha, weight) for band in (red, green, blue))
    return (
        [(r + g + b) / 3 for r, g, b in zip(red, green, blue, strict=True)],
        [(r + g) / 2 - b for r, g, b in zip(red, green, blue, strict=True)],
        [r - g for r, g in zip(red, green, strict=True)],
        alpha,
    )


def _fill_transparent(band: Channel, alpha: Channel, weight: float) -> list[float]:
    """Blend the band over its mean, weighted by alpha; `weight` is the sum of alpha."""
    mean = _dot(band, alpha) / weight if weight else 0.0
    return [
        mean * (1 - opacity) + value * opacity for value, opacity in zip(band, alpha, strict=True)
    ]


def _transform(channel: Channel, width: int, columns: int, rows: int) -> Spectrum:
    """Return the lowest frequencies: a triangle at the origin, row by row."""
    height = len(channel) // width
    horizontal, vertical = _cosines(width, columns), _cosines(height, rows)
    lines = [channel[start : start + width] for start in range(0, len(channel), width)]
    by_line = [[_dot(line, cosine) for line in lines] for cosine in horizontal]
    frequencies = [
        _dot(by_line[x], vertical[y]) / len(channel)
        for y in range(rows)
        for x in range(columns)
        if x * rows < columns * (rows - y)
    ]
    mean, *rest = frequencies
    scale = max(map(abs, rest), default=0.0)
    return Spectrum(mean, [0.5 + 0.5 * value / scale if scale else value for value in rest], scale)


@cache
def _cosines(length: int, count: int) -> list[list[float]]:
    """Return the first `count` cosine functions, sampled at the centers of `length` pixels."""
    return [
        [math.cos(math.pi / length * frequency * (position + 0.5)) for position in range(length)]
        for frequency in range(count)
    ]


def _dot(one: Channel, other: Channel) -> float:
    product: float = sum(map(mul, one, other))
    return product


def _pack(values: Sequence[float]) -> bytes:
    """Pack values from 0 to 1 into four bits each, the first of two in the low half of a byte."""
    nibbles = [round(15 * value) for value in values]
    if len(nibbles) % 2:
        nibbles.append(0)
    return bytes(low | high << 4 for low, high in zip(nibbles[::2], nibbles[1::2], strict=True))
