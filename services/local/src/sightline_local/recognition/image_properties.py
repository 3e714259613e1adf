"""Measured properties of an image: Rekognition's IMAGE_PROPERTIES.

Rekognition publishes no formulas. The emulator uses these, each from 0 to 100:

- Brightness: the mean luma (Rec. 601); 100 is white.
- Contrast: the standard deviation of the luma; 100 is black and white in equal parts, the maximum.
- Sharpness: `100 v / (v + 100)`, where `v` is the variance of the luma's Laplacian in an image of
  `MEASURING_SIDE` pixels; 50 at `v` = 100, the common threshold for a blurred image.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sightline_local.recognition.colors import (
    Color,
    Floats,
    Rgb,
    dominant_colors,
    lab_palette,
    palette_numbers,
    to_lab,
)
from sightline_local.recognition.geometry import Box
from sightline_local.recognition.image_loading import DecodedImage

#: Longest side at which images are measured, in pixels.
MEASURING_SIDE = 512

#: Variance of the Laplacian at which sharpness is 50.
BLUR_VARIANCE = 100.0

#: The border counts as background: its share of each side, the minimum share of a border color, and
#: the maximum distance of a pixel from a border color in CIELAB.
BORDER = 0.05
BORDER_SHARE = 0.15
BORDER_DISTANCE = 18.0

#: Minimum and maximum share of the image for a foreground to be reported.
FOREGROUND_SHARES = (0.02, 0.95)

Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Quality:
    """Quality measures, each from 0 to 100."""

    brightness: float
    sharpness: float
    contrast: float

    def describe(self) -> dict[str, float]:
        """Return Rekognition's `DetectLabelsImageQuality`."""
        return {
            "Brightness": self.brightness,
            "Sharpness": self.sharpness,
            "Contrast": self.contrast,
        }


class Measurements:
    """The pixel arrays of an image, computed once, and what is measured on them."""

    def __init__(self, image: DecodedImage) -> None:
        pixels = image.fit(MEASURING_SIDE)
        self.rgb: Rgb = np.asarray(pixels)
        self.luma = np.asarray(pixels.convert("L"), dtype=np.float32)
        self._edges = _laplacian(self.luma)

    @property
    def shape(self) -> tuple[int, int]:
        height, width = self.luma.shape
        return height, width

    def quality(self, mask: Mask | None = None) -> Quality:
        """Measure the pixels in the mask (which must not be empty), or all pixels."""
        chosen = slice(None) if mask is None else mask
        luma = self.luma[chosen]
        variance = float(self._edges[chosen].var())
        return Quality(
            brightness=float(luma.mean()) / 2.55,
            sharpness=100 * variance / (variance + BLUR_VARIANCE),
            contrast=min(100.0, float(luma.std()) / 1.275),
        )

    @cached_property
    def lab(self) -> Floats:
        """Each pixel in CIELAB."""
        return to_lab(self.rgb)

    @cached_property
    def dominant(self) -> list[Color]:
        """The dominant colors of the whole image."""
        return dominant_colors(self.rgb.reshape(-1, 3))

    def colors(self, limit: int, mask: Mask | None = None) -> list[dict[str, Any]]:
        """Return up to `limit` of Rekognition's `DominantColor`."""
        found = self.dominant if mask is None else dominant_colors(self.rgb[mask])
        return [color.describe() for color in found[:limit]]

    def mask(self, boxes: Sequence[Box]) -> Mask:
        """Return a mask of the pixels in any of the boxes."""
        height, width = self.shape
        mask = np.zeros(self.shape, dtype=bool)
        for box in boxes:
            mask[_span(box.top, box.bottom, height), _span(box.left, box.right, width)] = True
        return mask


def measure(image: DecodedImage) -> Measurements:
    """Return the measurements of an image, which its operations share."""
    return image.memo.get("measurements", lambda: Measurements(image))


def _span(begin: float, end: float, length: int) -> slice:
    """Return the pixels between two fractions of a side; at least one."""
    first = min(int(begin * length), length - 1)
    return slice(first, max(first + 1, round(end * length)))


def describe_properties(
    measurements: Measurements, boxes: Sequence[Box], limit: int
) -> dict[str, Any]:
    """Return Rekognition's `DetectLabelsImageProperties`, with up to `limit` colors each.

    The foreground is the area of the boxes. Without boxes it is the area that does not have the
    colors of the border. If that does not separate the image, neither a foreground nor a background
    is reported.
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
    """Return a mask of the pixels that have none of the border's colors."""
    height, width = measurements.shape
    rows, columns = max(1, int(height * BORDER)), max(1, int(width * BORDER))
    border = np.ones((height, width), dtype=bool)
    border[rows : height - rows, columns : width - columns] = False
    different = np.ones((height, width), dtype=bool)
    # Distances are computed per color of a palette, which takes a fifth of the time.
    palette, numbers = lab_palette(), palette_numbers(measurements.rgb)
    for color in dominant_colors(measurements.rgb[border]):
        if color.share >= BORDER_SHARE:
            border_color = to_lab(np.array([color[:3]], dtype=np.uint8))
            distances = np.linalg.norm(palette - border_color, axis=-1)
            different &= (distances > BORDER_DISTANCE)[numbers]
    return different


def _laplacian(luma: Floats) -> Floats:
    """Return the Laplacian (four neighbors), with edge pixels repeated beyond the edge."""
    padded = np.pad(luma, 1, mode="edge")
    around = padded[:-2, 1:-1] + padded[2:, 1:-1] + padded[1:-1, :-2] + padded[1:-1, 2:]
    return around - 4 * luma
