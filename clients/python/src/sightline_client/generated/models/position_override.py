from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

from typing import cast


T = TypeVar("T", bound="PositionOverride")


@_attrs_define
class PositionOverride:
    """The position of an image as the owner corrected it, in degrees north and east (WGS 84).

    If both coordinates are null, the image has no position, whatever its file records.

        Attributes:
            latitude (float | None):
            longitude (float | None):
    """

    latitude: float | None
    longitude: float | None

    def to_dict(self) -> dict[str, Any]:
        latitude: float | None
        latitude = self.latitude

        longitude: float | None
        longitude = self.longitude

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "latitude": latitude,
                "longitude": longitude,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)

        def _parse_latitude(data: object) -> float | None:
            if data is None:
                return data
            return cast(float | None, data)

        latitude = _parse_latitude(d.pop("latitude"))

        def _parse_longitude(data: object) -> float | None:
            if data is None:
                return data
            return cast(float | None, data)

        longitude = _parse_longitude(d.pop("longitude"))

        position_override = cls(
            latitude=latitude,
            longitude=longitude,
        )

        return position_override
