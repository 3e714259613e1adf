"""Dominant colors of an image and their names."""

import colorsys
from functools import cache
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from PIL import ImageColor

#: RGB, one pixel per row.
Rgb = NDArray[np.uint8]
Floats = NDArray[np.float32]

#: High bits of each channel by which pixels are grouped before colors are compared.
KEPT_BITS = 4
DROPPED_BITS = 8 - KEPT_BITS

#: High bits of each channel that the palette keeps. Its colors are at most 3 units of CIELAB from
#: those they replace, except for the darkest.
PALETTE_BITS = 5

#: Pixels from which the colors of an image are determined: of more, a regular sample is taken.
COLOR_SAMPLE_SIZE = 65_536

#: Distinct colors per image.
MAX_COLORS = 32

#: Colors closer than this in CIELAB are merged. 2.3 is the just noticeable difference (Mahy, Van
#: Eycken and Oosterlinck, 1994); shading on one object causes several times that.
MERGE_DISTANCE = 12.0

#: The twelve simplified names. Rekognition has twelve too, but does not list them.
SIMPLIFIED_COLORS = (
    "black", "blue", "brown", "cyan", "green", "grey",
    "orange", "pink", "purple", "red", "white", "yellow",
)  # fmt: skip

#: Upper limit of the hue of each simplified color, in degrees; red wraps around.
HUE_LIMITS = (
    (15, "red"), (45, "orange"), (68, "yellow"), (165, "green"),
    (200, "cyan"), (255, "blue"), (290, "purple"), (345, "pink"), (361, "red"),
)  # fmt: skip


class Color(NamedTuple):
    """A color and the share of pixels that have it."""

    red: int
    green: int
    blue: int
    share: float

    @property
    def simplified(self) -> str:
        return simplified_name(self.red, self.green, self.blue)

    def describe(self) -> dict[str, Any]:
        """Return Rekognition's `DominantColor`."""
        rgb = (self.red, self.green, self.blue)
        return {
            "Red": self.red,
            "Green": self.green,
            "Blue": self.blue,
            "HexCode": "#{:02x}{:02x}{:02x}".format(*rgb),
            "CSSColor": css_name(*rgb),
            "SimplifiedColor": self.simplified,
            "PixelPercent": self.share * 100,
        }


def dominant_colors(pixels: Rgb) -> list[Color]:
    """Return the colors of the pixels, similar ones merged, largest share first.

    The shares add up to 1. Without pixels the list is empty.
    """
    if not len(pixels):
        return []
    pixels = pixels[:: -(-len(pixels) // COLOR_SAMPLE_SIZE)]
    red, green, blue = (pixels[:, channel].astype(np.int32) for channel in range(3))
    buckets = (
        (red >> DROPPED_BITS << 2 * KEPT_BITS)
        | (green >> DROPPED_BITS << KEPT_BITS)
        | (blue >> DROPPED_BITS)
    )
    counts = np.bincount(buckets)
    used = np.flatnonzero(counts)
    used = used[np.argsort(-counts[used], kind="stable")]
    sums = [np.bincount(buckets, channel)[used] for channel in (red, green, blue)]
    colors = np.stack(sums, axis=1) / counts[used, None]
    return _merge(colors, counts[used] / len(pixels))


def _merge(colors: NDArray[np.float64], shares: NDArray[np.float64]) -> list[Color]:
    """Merge each color into the largest similar one; return the mean of each group."""
    lab = to_lab(np.rint(colors).astype(np.uint8))
    group = np.full(len(colors), -1)
    leaders: list[int] = []
    while len(leaders) < MAX_COLORS and (group < 0).any():
        leader = int(np.argmax(group < 0))
        similar = (group < 0) & (np.linalg.norm(lab - lab[leader], axis=1) < MERGE_DISTANCE)
        group[similar] = len(leaders)
        leaders.append(leader)
    # Beyond `MAX_COLORS`: merge each rest into the nearest group.
    for rest in np.flatnonzero(group < 0):
        group[rest] = np.linalg.norm(lab[leaders] - lab[rest], axis=1).argmin()
    merged = [_mean(colors[group == each], shares[group == each]) for each in range(len(leaders))]
    return sorted(merged, key=lambda color: -color.share)


def _mean(colors: NDArray[np.float64], shares: NDArray[np.float64]) -> Color:
    share = float(shares.sum())
    red, green, blue = (round(float(each)) for each in shares @ colors / share)
    return Color(red, green, blue, share)


def to_lab(rgb: Rgb) -> Floats:
    """Convert sRGB (last axis) to CIELAB (D65), where distance approximates perception.

    https://www.w3.org/TR/css-color-4/#color-conversion-code
    """
    xyz = _LINEAR[rgb] @ _TO_XYZ
    root = np.where(xyz > 216 / 24389, np.cbrt(xyz), (xyz * (24389 / 27) + 16) / 116)
    x, y, z = root[..., 0], root[..., 1], root[..., 2]
    return np.stack([116 * y - 16, 500 * (x - y), 200 * (y - z)], axis=-1)


@cache
def lab_palette() -> Floats:
    """Return the colors of the palette in CIELAB; see `palette_numbers`."""
    step = 1 << 8 - PALETTE_BITS
    levels = np.arange(step // 2, 256, step, dtype=np.uint8)
    red, green, blue = np.meshgrid(levels, levels, levels, indexing="ij")
    return to_lab(np.stack([red, green, blue], axis=-1).reshape(-1, 3))


def palette_numbers(rgb: Rgb) -> NDArray[np.uint16]:
    """Return the number of each pixel's nearest color in the palette."""
    red, green, blue = np.moveaxis(rgb.astype(np.uint16) >> 8 - PALETTE_BITS, -1, 0)
    numbers: NDArray[np.uint16] = red << 2 * PALETTE_BITS | green << PALETTE_BITS | blue
    return numbers


def _linear() -> Floats:
    """Return the linear-light value of each of the 256 sRGB values."""
    value = np.arange(256, dtype=np.float32) / 255
    light = np.where(value <= 0.04045, value / 12.92, ((value + 0.055) / 1.055) ** 2.4)
    return light.astype(np.float32)


_LINEAR = _linear()

#: Linear RGB to XYZ, relative to the white point.
_TO_XYZ = (
    np.array(
        [
            [0.4123908, 0.3575843, 0.1804808],
            [0.2126390, 0.7151687, 0.0721923],
            [0.0193308, 0.1191948, 0.9505322],
        ],
        dtype=np.float32,
    )
    / np.array([[0.9504559], [1.0], [1.0890578]], dtype=np.float32)
).T


def css_name(red: int, green: int, blue: int) -> str:
    """Return the name of the nearest CSS color."""
    names, lab = _css_colors()
    color = to_lab(np.array([[red, green, blue]], dtype=np.uint8))
    return names[int(np.linalg.norm(lab - color, axis=1).argmin())]


@cache
def _css_colors() -> tuple[list[str], Floats]:
    # "grey" and "gray" are the same color; sorting makes the result deterministic.
    names = sorted(ImageColor.colormap)
    rgb = [ImageColor.getrgb(name)[:3] for name in names]
    return names, to_lab(np.array(rgb, dtype=np.uint8))


def simplified_name(red: int, green: int, blue: int) -> str:
    """Return one of `SIMPLIFIED_COLORS`, by hue, lightness and chroma."""
    hue, lightness, _ = colorsys.rgb_to_hls(red / 255, green / 255, blue / 255)
    chroma = (max(red, green, blue) - min(red, green, blue)) / 255
    if lightness < 0.1 or (lightness < 0.2 and chroma < 0.08):
        return "black"
    if chroma < 0.12 or (chroma < 0.2 and lightness < 0.3):
        return "white" if lightness > 0.88 else "grey"
    name = next(name for end, name in HUE_LIMITS if hue * 360 < end)
    if 10 <= hue * 360 < 45 and _is_brown(lightness, chroma):
        return "brown"
    if name == "yellow" and lightness < 0.4:
        return "green"
    if name == "red" and lightness > 0.7:
        return "pink"
    return name


def _is_brown(lightness: float, chroma: float) -> bool:
    """Return whether an orange is dark or faint enough to be brown."""
    return chroma < 0.35 or (lightness < 0.45 and chroma < 0.6)
