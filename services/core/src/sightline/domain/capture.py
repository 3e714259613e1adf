"""What a camera tells of the taking of a picture; free of pydantic, see `rejection`."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class GeoPosition:
    """Where the camera was: degrees north and east (WGS 84), metres above sea level.

    `direction` is where it looked, in degrees from north, clockwise.
    """

    latitude: float
    longitude: float
    altitude: float | None = None
    direction: float | None = None


@dataclass(frozen=True, slots=True)
class Capture:
    """What the camera wrote into the picture about its taking.

    `taken_at` has an offset only where the camera recorded one: most do not, and then it is
    the clock on the wall at the place. `exposure` is in seconds, `focal_length` in millimetres.
    """

    taken_at: datetime | None = None
    camera: str | None = None
    lens: str | None = None
    exposure: float | None = None
    f_number: float | None = None
    iso: int | None = None
    focal_length: float | None = None
    place: GeoPosition | None = None
