"""Bounding boxes of positions, as GeoJSON and the OGC APIs write them."""

from typing import NamedTuple, Self

from sightline.domain.capture import GeoPosition

#: West, south, east and north, in degrees (WGS 84): https://www.rfc-editor.org/rfc/rfc7946#section-5
BBOX_PATTERN = r"^(-?[0-9]{1,3}(\.[0-9]{1,12})?,){3}-?[0-9]{1,3}(\.[0-9]{1,12})?$"

#: Characters of four numbers of the pattern, with a sign and twelve decimals each.
MAX_BBOX_LENGTH = 71

MAX_LONGITUDE, MAX_LATITUDE = 180, 90


class BoundingBox(NamedTuple):
    """A box between two meridians and two parallels; it includes its edges.

    A box whose west is greater than its east crosses the antimeridian.
    """

    west: float
    south: float
    east: float
    north: float

    @classmethod
    def parse(cls, text: str) -> Self:
        """Parse text that `BBOX_PATTERN` matches. Raises `ValueError`."""
        box = cls(*map(float, text.split(",")))
        if max(abs(box.west), abs(box.east)) > MAX_LONGITUDE:
            raise ValueError("A longitude must be from -180 to 180.")
        if max(abs(box.south), abs(box.north)) > MAX_LATITUDE:
            raise ValueError("A latitude must be from -90 to 90.")
        if box.south > box.north:
            raise ValueError("The south must not be greater than the north.")
        return box

    def contains(self, position: GeoPosition | None) -> bool:
        """Return whether the position is known, and inside."""
        if position is None or not self.south <= position.latitude <= self.north:
            return False
        longitude = position.longitude
        if self.west <= self.east:
            return self.west <= longitude <= self.east
        return longitude >= self.west or longitude <= self.east
