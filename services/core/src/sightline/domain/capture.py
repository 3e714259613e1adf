"""Capture metadata of an image; free of pydantic, see `failures`."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class GeoPosition:
    """The position of the camera: degrees north and east (WGS 84), meters above sea level.

    `direction` is the direction of view, in degrees clockwise from north.
    """

    latitude: float
    longitude: float
    altitude: float | None = None
    direction: float | None = None


@dataclass(frozen=True, slots=True)
class Capture:
    """The metadata that the camera wrote into the image.

    `taken_at` has a UTC offset only if the camera recorded one. Most do not; the time is then the
    local time of the place. `exposure` is in seconds, `focal_length` in millimeters.
    """

    taken_at: datetime | None = None
    camera: str | None = None
    lens: str | None = None
    exposure: float | None = None
    f_number: float | None = None
    iso: int | None = None
    focal_length: float | None = None
    place: GeoPosition | None = None
