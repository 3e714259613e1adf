"""Which colors a picture is made of, and what they are called."""

import colorsys
from functools import cache
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from PIL import ImageColor

#: RGB, one row a pixel.
Rgb = NDArray[np.uint8]
Floats = NDArray[np.float32]

#: Pixels are sorted by this many high bits of each channel before colors are compared.
KEPT_BITS = 4
DROPPED_BITS = 8 - KEPT_BITS

#: Colors told apart in one picture.
MAX_COLORS = 32

#: Two colors nearer than this in CIELAB count as one; 2.3 is the least difference that is seen
#: side by side (Mahy, Van Eycken and Oosterlinck, 1994), and shading makes many times that.
MERGE_DISTANCE = 12.0

#: The twelve plain names. Rekognition has twelve too, without saying which.
SIMPLIFIED_COLORS = (
    "black", "blue", "brown", "cyan", "green", "grey",
    "orange", "pink", "purple", "red", "white", "yellow",
)  # fmt: skip

#: Where a plain color's hue ends, in degrees; from the last one on it is red again.
HUE_LIMITS = (
    (15, "red"), (45, "orange"), (68, "yellow"), (165, "green"),
    (200, "cyan"), (255, "blue"), (290, "purple"), (345, "pink"), (361, "red"),
)  # fmt: skip


class Color(NamedTuple):
    """A color and the share of the pixels that have it."""

    red: int
    green: int
    blue: int
    share: float

    @property
    def simplified(self) -> str:
        return simplified_name(self.red, self.green, self.blue)

    def describe(self) -> dict[str, Any]:
        """Rekognition's `DominantColor`."""
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
    """The colors of these pixels, those that look alike put together, largest share first.

    The shares add up to 1; without pixels there are no colors.
    """
    if not len(pixels):
        return []
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
    """Give each color to the largest one that it resembles; a group is shown as its mean."""
    lab = to_lab(np.rint(colors).astype(np.uint8))
    owner = np.full(len(colors), -1)
    leaders: list[int] = []
    while len(leaders) < MAX_COLORS and (owner < 0).any():
        leader = int(np.argmax(owner < 0))
        similar = (owner < 0) & (np.linalg.norm(lab - lab[leader], axis=1) < MERGE_DISTANCE)
        owner[similar] = len(leaders)
        leaders.append(leader)
    # The long tail: each to what is nearest, however far that is.
    for stray in np.flatnonzero(owner < 0):
        owner[stray] = np.linalg.norm(lab[leaders] - lab[stray], axis=1).argmin()
    merged = [_mean(colors[owner == each], shares[owner == each]) for each in range(len(leaders))]
    return sorted(merged, key=lambda color: -color.share)


def _mean(colors: NDArray[np.float64], shares: NDArray[np.float64]) -> Color:
    share = float(shares.sum())
    red, green, blue = (round(float(each)) for each in shares @ colors / share)
    return Color(red, green, blue, share)


def to_lab(rgb: Rgb) -> Floats:
    """CIELAB (D65) of sRGB, in which distance is difference to the eye; RGB is the last axis.

    https://www.w3.org/TR/css-color-4/#color-conversion-code
    """
    xyz = _LINEAR[rgb] @ _TO_XYZ
    root = np.where(xyz > 216 / 24389, np.cbrt(xyz), (xyz * (24389 / 27) + 16) / 116)
    x, y, z = root[..., 0], root[..., 1], root[..., 2]
    return np.stack([116 * y - 16, 500 * (x - y), 200 * (y - z)], axis=-1)


def _linear() -> Floats:
    """The light of each of the 256 values."""
    value = np.arange(256, dtype=np.float32) / 255
    light = np.where(value <= 0.04045, value / 12.92, ((value + 0.055) / 1.055) ** 2.4)
    return light.astype(np.float32)


_LINEAR = _linear()

#: From linear RGB to XYZ in shares of the white point.
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
    """The CSS color that looks most like this one."""
    names, lab = _css_colors()
    here = to_lab(np.array([[red, green, blue]], dtype=np.uint8))
    return names[int(np.linalg.norm(lab - here, axis=1).argmin())]


@cache
def _css_colors() -> tuple[list[str], Floats]:
    # "grey" and "gray" are the same; sorted, so that it is always the same one that is found.
    names = sorted(ImageColor.colormap)
    rgb = [ImageColor.getrgb(name)[:3] for name in names]
    return names, to_lab(np.array(rgb, dtype=np.uint8))


def simplified_name(red: int, green: int, blue: int) -> str:
    """One of `SIMPLE`, by hue, lightness and how much color there is at all."""
    hue, lightness, _ = colorsys.rgb_to_hls(red / 255, green / 255, blue / 255)
    chroma = (max(red, green, blue) - min(red, green, blue)) / 255
    if lightness < 0.1 or (lightness < 0.2 and chroma < 0.08):
        return "black"
    if chroma < 0.12 or (chroma < 0.2 and lightness < 0.3):
        return "white" if lightness > 0.88 else "grey"
    name = next(name for end, name in HUE_LIMITS if hue * 360 < end)
    if 10 <= hue * 360 < 45 and _is_earthy(lightness, chroma):
        return "brown"
    if name == "yellow" and lightness < 0.4:
        return "green"
    if name == "red" and lightness > 0.7:
        return "pink"
    return name


def _is_earthy(lightness: float, chroma: float) -> bool:
    """Brown is a dark or a faint orange."""
    return chroma < 0.35 or (lightness < 0.45 and chroma < 0.6)
