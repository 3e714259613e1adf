"""Positions that owners give."""

from typing import Annotated, Self

from pydantic import AfterValidator, BaseModel, Field, model_validator

from sightline.domain.position_override import PositionOverride as StoredOverride
from sightline_api.images.bounding_box import MAX_LATITUDE, MAX_LONGITUDE

#: Decimals of a coordinate, about a centimeter: as many as the resizer reads from files.
COORDINATE_DECIMALS = 7


def _round(degrees: float | None) -> float | None:
    # The sum turns a negative zero, which DynamoDB does not store, into zero.
    return None if degrees is None else round(degrees, COORDINATE_DECIMALS) + 0.0


Latitude = Annotated[
    float | None,
    Field(ge=-MAX_LATITUDE, le=MAX_LATITUDE, allow_inf_nan=False, examples=[38.7109]),
    AfterValidator(_round),
]
Longitude = Annotated[
    float | None,
    Field(ge=-MAX_LONGITUDE, le=MAX_LONGITUDE, allow_inf_nan=False, examples=[-9.1366]),
    AfterValidator(_round),
]


class PositionOverride(BaseModel):
    """The position of an image as the owner corrected it, in degrees north and east (WGS 84).

    If both coordinates are null, the image has no position, whatever its file records.
    """

    model_config = {"extra": "forbid"}

    latitude: Latitude
    longitude: Longitude

    @model_validator(mode="after")
    def _check_pair(self) -> Self:
        if (self.latitude is None) is not (self.longitude is None):
            raise ValueError("Provide both coordinates, or null for both.")
        return self

    @classmethod
    def of(cls, stored: StoredOverride | None) -> Self | None:
        if stored is None:
            return None
        return cls(latitude=stored.latitude, longitude=stored.longitude)
