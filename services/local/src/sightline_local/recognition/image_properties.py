"""What can be measured of a picture as a whole: Rekognition's IMAGE_PROPERTIES.

Rekognition publishes no formulas. Ours, each from 0 to 100:

- Brightness: the mean luma (Rec. 601), 100 for white.
- Contrast: the standard deviation of the luma, 100 for black and white in equal parts, which is
  the most there can be.
- Sharpness: `100 v / (v + 100)` with the variance `v` of the luma's Laplacian, on a picture of
  `SIDE` pixels; 50 where `v` is 100, the usual limit below which a picture counts as blurred.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sightline_local.recognition.colors import Color, Floats, Rgb, dominant_colors, to_lab
from sightline_local.recognition.geometry import Box
from sightline_local.recognition.image_loading import DecodedImage

#: Pixels of the longest side at which everything is measured.
MEASURING_SIDE = 512

#: The variance of the Laplacian at which sharpness is 50.
BLUR_VARIANCE = 100.0

#: The border that is taken for background: its share of each side, the share of it that a color
#: must have to count, and how far in CIELAB a pixel may be from such a color.
BORDER = 0.05
BORDER_SHARE = 0.15
BORDER_DISTANCE = 18.0

#: Shares of a picture between which there is a foreground worth telling of.
FOREGROUND_SHARES = (0.02, 0.95)

Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Quality:
    """Each from 0 to 100."""

    brightness: float
    sharpness: float
    contrast: float

    def describe(self) -> dict[str, float]:
        """Rekognition's `DetectLabelsImageQuality`."""
        return {
            "Brightness": self.brightness,
            "Sharpness": self.sharpness,
            "Contrast": self.contrast,
        }


class Measurements:
    """The arrays that everything is measured on, made once for a picture."""

    def __init__(self, image: DecodedImage) -> None:
        pixels = image.fit(MEASURING_SIDE)
        self.rgb: Rgb = np.asarray(pixels)
        self.luma = np.asarray(pixels.convert("L"), dtype=np.float32)
        self.lab = to_lab(self.rgb)
        self._edges = _laplacian(self.luma)

    @property
    def shape(self) -> tuple[int, int]:
        height, width = self.luma.shape
        return height, width

    def quality(self, mask: Mask | None = None) -> Quality:
        """Of the pixels in the mask, which may not be empty; of all without one."""
        chosen = slice(None) if mask is None else mask
        luma = self.luma[chosen]
        variance = float(self._edges[chosen].var())
        return Quality(
            brightness=float(luma.mean()) / 2.55,
            sharpness=100 * variance / (variance + BLUR_VARIANCE),
            contrast=min(100.0, float(luma.std()) / 1.275),
        )

    @cached_property
    def dominant(self) -> list[Color]:
        """The colors of the whole picture."""
        return dominant_colors(self.rgb.reshape(-1, 3))

    def colors(self, limit: int, mask: Mask | None = None) -> list[dict[str, Any]]:
        """At most so many of Rekognition's `DominantColor`."""
        found = self.dominant if mask is None else dominant_colors(self.rgb[mask])
        return [color.describe() for color in found[:limit]]

    def mask(self, boxes: Sequence[Box]) -> Mask:
        """The pixels in any of the boxes."""
        height, width = self.shape
        mask = np.zeros(self.shape, dtype=bool)
        for box in boxes:
            mask[_span(box.top, box.bottom, height), _span(box.left, box.right, width)] = True
        return mask


def _span(begin: float, end: float, length: int) -> slice:
    """The pixels between two shares of a side; at least one."""
    first = min(int(begin * length), length - 1)
    return slice(first, max(first + 1, round(end * length)))


def describe_properties(
    measurements: Measurements, boxes: Sequence[Box], limit: int
) -> dict[str, Any]:
    """Rekognition's `DetectLabelsImageProperties`, with at most `limit` colors each.

    The foreground is what lies in the boxes. Where nothing was found, it is what does not have
    the colors of the picture's border; where that tells nothing apart, there is neither a
    foreground nor a background, rather than a made-up one.
    """
    foreground = measurements.mask(boxes) if boxes else mask_foreground(measurements)
    parts: dict[str, Any] = _describe_part(measurements, limit, None)
    low, high = FOREGROUND_SHARES
    if low <= foreground.mean() <= high:
        parts["Foreground"] = _describe_part(measurements, limit, foreground)
        parts["Background"] = _describe_part(measurements, limit, ~foreground)
    return parts


def _describe_part(measurements: Measurements, limit: int, mask: Mask | None) -> dict[str, Any]:
    return {
        "Quality": measurements.quality(mask).describe(),
        "DominantColors": measurements.colors(limit, mask),
    }


def mask_foreground(measurements: Measurements) -> Mask:
    """The pixels that have none of the border's colors."""
    height, width = measurements.shape
    rows, columns = max(1, int(height * BORDER)), max(1, int(width * BORDER))
    border = np.ones((height, width), dtype=bool)
    border[rows : height - rows, columns : width - columns] = False
    different = np.ones((height, width), dtype=bool)
    for color in dominant_colors(measurements.rgb[border]):
        if color.share >= BORDER_SHARE:
            here = to_lab(np.array([color[:3]], dtype=np.uint8))
            different &= np.linalg.norm(measurements.lab - here, axis=-1) > BORDER_DISTANCE
    return different


def _laplacian(luma: Floats) -> Floats:
    """How much each pixel differs from its four neighbours; a picture goes on past its edge."""
    padded = np.pad(luma, 1, mode="edge")
    around = padded[:-2, 1:-1] + padded[2:, 1:-1] + padded[1:-1, :-2] + padded[1:-1, 2:]
    return around - 4 * luma
