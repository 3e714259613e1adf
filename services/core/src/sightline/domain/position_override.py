"""The position that an owner gives an image, in place of the one that the file records."""

from sightline.domain.capture import GeoPosition
from sightline.domain.model import Value


class PositionOverride(Value):
    """Degrees north and east (WGS 84); without coordinates, the image has no position."""

    latitude: float | None = None
    longitude: float | None = None

    @property
    def position(self) -> GeoPosition | None:
        """The position, without the names of its place."""
        if self.latitude is None or self.longitude is None:
            return None
        return GeoPosition(self.latitude, self.longitude)

    def is_named_by(self, place: GeoPosition | None) -> bool:
        """Return whether these are the names of the place, if there is a position to name."""
        position = self.position
        if position is None or place is None:
            return position is None
        return (position.latitude, position.longitude) == (place.latitude, place.longitude)


def find_place(
    override: PositionOverride | None, recorded: GeoPosition | None, named: GeoPosition | None
) -> GeoPosition | None:
    """Return the place of an image: that of the owner's position, or else that of the file.

    `named` is the last position of the owner that the resizer named. Until it names another one,
    that one has no names.
    """
    if override is None:
        return recorded
    position = override.position
    return named if position is not None and override.is_named_by(named) else position
