"""The rotation that an owner gives an image; free of pydantic, see `failures`."""

from typing import Literal, get_args

#: Degrees clockwise, in addition to the orientation that the file records.
Rotation = Literal[0, 90, 180, 270]

ROTATIONS: tuple[Rotation, ...] = get_args(Rotation)

#: EXIF orientations, each followed by that of the same image a quarter turn clockwise: those
#: without and those with mirroring. EXIF 3.0, tag 0x0112 (Orientation).
_QUARTER_TURNS = ((1, 6, 3, 8), (2, 7, 4, 5))


def add_rotation(rotation: Rotation, turn: Rotation) -> Rotation:
    """Return the rotation after a further turn."""
    return ROTATIONS[(rotation + turn) // 90 % len(ROTATIONS)]


def rotate_orientation(orientation: int, rotation: Rotation) -> int:
    """Return the EXIF orientation (1 to 8) that also rotates the image by this much."""
    cycle = next(cycle for cycle in _QUARTER_TURNS if orientation in cycle)
    return cycle[(cycle.index(orientation) + rotation // 90) % len(cycle)]


def rotate_point(x: float, y: float, rotation: Rotation) -> tuple[float, float]:
    """Return where a point of an image is after the rotation.

    Coordinates are fractions of the width and the height, from the top left corner.
    """
    match rotation:
        case 0:
            return x, y
        case 90:
            return 1 - y, x
        case 180:
            return 1 - x, 1 - y
        case 270:
            return y, 1 - x
