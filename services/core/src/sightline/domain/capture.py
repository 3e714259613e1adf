"""Capture metadata of an image; free of pydantic, see `failures`."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

#: How a panorama maps directions to pixels.
Projection = Literal["equirectangular", "cylindrical"]


@dataclass(frozen=True, slots=True)
class GeoPosition:
    """The position of the camera: degrees north and east (WGS 84), meters above sea level.

    `direction` is the direction of view, in degrees clockwise from north. `district` (of the city),
    `city`, `region` and `country` are the English names of the place, from the nearest city of the
    data set; `country_code` is of ISO 3166-1 (two letters).
    """

    latitude: float
    longitude: float
    altitude: float | None = None
    direction: float | None = None
    district: str | None = None
    city: str | None = None
    region: str | None = None
    country: str | None = None
    country_code: str | None = None

    @property
    def names(self) -> tuple[str, ...]:
        """The names that the place is found by."""
        names = (self.district, self.city, self.region, self.country)
        return tuple(name for name in names if name)


@dataclass(frozen=True, slots=True)
class Capture:
    """The metadata that a camera or an editor wrote into the image.

    `taken_at` has a UTC offset only if one was recorded. Often there is none; the time is then the
    local time of the place. `exposure` is in seconds, `focal_length` in millimeters. `motion` marks
    the still of a motion photo or Live Photo, `projection` a panorama such as a 360-degree photo.
    """

    taken_at: datetime | None = None
    camera: str | None = None
    lens: str | None = None
    exposure: float | None = None
    f_number: float | None = None
    iso: int | None = None
    focal_length: float | None = None
    place: GeoPosition | None = None
    motion: bool = False
    projection: Projection | None = None

    @property
    def taken_at_local(self) -> datetime | None:
        """The time that a clock at the place displayed."""
        return self.taken_at and self.taken_at.replace(tzinfo=None)
