"""Draw the icons of the installed web application from the shapes of web/public/icon.svg.

python docs/draw_icons.py    (or: make icons)
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from PIL import Image, ImageDraw

FOLDER = Path(__file__).parents[1] / "web" / "public" / "icons"

#: Units of the drawing, as in the SVG.
UNITS = 32

#: Pixels drawn for each pixel of an icon, in both directions.
SUPERSAMPLING = 4

BLUE = (59, 91, 219)
WHITE = (255, 255, 255)

CORNER_RADIUS = 8
OUTLINE_WIDTH = 2.2
PUPIL_RADIUS = 3.6

#: The eye: cubic Bezier curves from one point to the next, as in the path of the SVG.
OUTLINE = (
    ((5, 16), (8, 11), (11.7, 8.5), (16, 8.5)),
    ((16, 8.5), (20.3, 8.5), (24, 11), (27, 16)),
    ((27, 16), (24, 21), (20.3, 23.5), (16, 23.5)),
    ((16, 23.5), (11.7, 23.5), (8, 21), (5, 16)),
)

#: Points on each curve; a brush is pressed at each of them.
CURVE_STEPS = 400

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Icon:
    """An icon file. `scale` is the size of the eye relative to the SVG."""

    name: str
    pixels: int
    rounded: bool
    scale: float = 1.0


ICONS = (
    Icon("icon-192", 192, rounded=True),
    Icon("icon-512", 512, rounded=True),
    # Launchers cut this one to any shape around a circle of 80 % of its width (W3C, Web Application
    # Manifest, "maskable").
    Icon("maskable-512", 512, rounded=False, scale=0.86),
    # iOS rounds the corners itself, and draws transparent pixels black.
    Icon("apple-touch-180", 180, rounded=False),
)


def draw_icon(icon: Icon) -> Image.Image:
    """Return the icon as RGBA."""
    size = icon.pixels * SUPERSAMPLING
    unit = size / UNITS
    image = Image.new("RGBA", (size, size), (*BLUE, 0))
    canvas = ImageDraw.Draw(image)
    canvas.rounded_rectangle((0, 0, size - 1, size - 1), CORNER_RADIUS * unit * icon.rounded, BLUE)

    def place(point: Point) -> Point:
        x, y = (size / 2 + (value - UNITS / 2) * unit * icon.scale for value in point)
        return x, y

    for curve in OUTLINE:
        for point in _follow(curve):
            canvas.circle(place(point), OUTLINE_WIDTH / 2 * unit * icon.scale, WHITE)
    canvas.circle((size / 2, size / 2), PUPIL_RADIUS * unit * icon.scale, WHITE)
    return image.reduce(SUPERSAMPLING)


def _follow(curve: tuple[Point, Point, Point, Point]) -> Iterator[Point]:
    """Yield points on a cubic Bezier curve."""
    for step in range(CURVE_STEPS):
        t = step / CURVE_STEPS
        weights = [math.comb(3, k) * t**k * (1 - t) ** (3 - k) for k in range(4)]
        x, y = (sum(w * p[axis] for w, p in zip(weights, curve, strict=True)) for axis in (0, 1))
        yield x, y


def main() -> None:
    """Write all icons."""
    FOLDER.mkdir(exist_ok=True)
    for icon in ICONS:
        draw_icon(icon).save(FOLDER / f"{icon.name}.png", optimize=True)


if __name__ == "__main__":
    main()
