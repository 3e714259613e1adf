"""The perceptual hash of an image, by the signs of its lowest frequencies.

Each bit is whether a coefficient of the cosine transform of the luminance is above their median:
encoding, scaling and a change of colors hardly change the order of the lowest frequencies. The
method is known as pHash (Zauner 2010, https://phash.org/docs/pubs/thesis_zauner.pdf), and the bits
are those of `phash` in ImageHash (https://pypi.org/project/ImageHash/).
"""

import math
import statistics
from operator import mul

from PIL import Image, ImageStat
from PIL.Image import Resampling

#: Side in pixels of the square that is transformed.
SIDE_PIXELS = 32

#: Frequencies in each direction; their product is the number of bits.
FREQUENCIES = 8

#: Standard deviation of the luminance (0 to 255) below which an image is one plain color: its bits
#: would be those of its noise.
MIN_CONTRAST = 3.0

#: The cosine of each frequency at each pixel.
_COSINES = [
    [
        math.cos(math.pi * (2 * pixel + 1) * frequency / (2 * SIDE_PIXELS))
        for pixel in range(SIDE_PIXELS)
    ]
    for frequency in range(FREQUENCIES)
]


def compute_perceptual_hash(image: Image.Image) -> str | None:
    """Return the hash of an upright image in RGB or RGBA as 16 hexadecimal digits.

    Transparent pixels count as white. None if the image is one plain color.
    """
    opaque = image
    if image.has_transparency_data:
        opaque = Image.new("RGBA", image.size, "white")
        opaque.alpha_composite(image.convert("RGBA"))
    small = opaque.convert("L").resize((SIDE_PIXELS, SIDE_PIXELS), Resampling.LANCZOS)
    if ImageStat.Stat(small).stddev[0] < MIN_CONTRAST:
        return None
    pixels = small.tobytes()
    rows = [
        [sum(map(mul, cosines, pixels[start : start + SIDE_PIXELS])) for cosines in _COSINES]
        for start in range(0, SIDE_PIXELS**2, SIDE_PIXELS)
    ]
    coefficients = [
        sum(map(mul, cosines, column)) for cosines in _COSINES for column in zip(*rows, strict=True)
    ]
    median = statistics.median(coefficients)
    bits = sum(1 << index for index, value in enumerate(coefficients) if value > median)
    return f"{bits:016x}"
