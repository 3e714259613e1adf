"""Geometry in an image, in fractions of its width and height from the top left corner."""

from typing import Any, NamedTuple


class Box(NamedTuple):
    left: float
    top: float
    width: float
    height: float

    @property
    def right(self) -> float:
        return self.left + self.width

    @property
    def bottom(self) -> float:
        return self.top + self.height

    def describe(self) -> dict[str, float]:
        """Return Rekognition's `BoundingBox`."""
        return {"Left": self.left, "Top": self.top, "Width": self.width, "Height": self.height}


class Point(NamedTuple):
    x: float
    y: float


Polygon = tuple[Point, ...]


def clip_box(left: float, top: float, right: float, bottom: float) -> Box | None:
    """Return the part of a box that is inside the image, or None if there is none."""
    left, top, right, bottom = (min(1.0, max(0.0, each)) for each in (left, top, right, bottom))
    if right <= left or bottom <= top:
        return None
    return Box(left, top, right - left, bottom - top)


def bounding_box(polygon: Polygon) -> Box:
    xs, ys = [point.x for point in polygon], [point.y for point in polygon]
    return Box(min(xs), min(ys), max(xs) - min(xs), max(ys) - min(ys))


def box_polygon(box: Box) -> Polygon:
    """Return the corners of a box, clockwise from the top left."""
    return (
        Point(box.left, box.top),
        Point(box.right, box.top),
        Point(box.right, box.bottom),
        Point(box.left, box.bottom),
    )


def center(polygon: Polygon) -> Point:
    return Point(
        sum(point.x for point in polygon) / len(polygon),
        sum(point.y for point in polygon) / len(polygon),
    )


def is_inside(point: Point, polygon: Polygon) -> bool:
    """Return whether a point is inside a polygon (ray casting, even-odd rule)."""
    inside = False
    for one, other in zip(polygon, (*polygon[1:], polygon[0]), strict=True):
        if (one.y > point.y) != (other.y > point.y):
            crossing = one.x + (point.y - one.y) * (other.x - one.x) / (other.y - one.y)
            inside ^= point.x < crossing
    return inside


def describe_geometry(polygon: Polygon) -> dict[str, Any]:
    """Return Rekognition's `Geometry`."""
    return {
        "BoundingBox": bounding_box(polygon).describe(),
        "Polygon": [{"X": point.x, "Y": point.y} for point in polygon],
    }
