from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

from ..types import UNSET, Unset
from typing import cast
import datetime

if TYPE_CHECKING:
    from ..models.geo_position import GeoPosition


T = TypeVar("T", bound="Capture")


@_attrs_define
class Capture:
    """What the camera or an editor recorded; a field that is missing or invalid is null.

    `exposure` is in seconds, `focal_length` in millimeters.

        Attributes:
            taken_at (datetime.datetime | None | Unset): The instant of capture; null if its offset from UTC is unknown.
            taken_at_local (None | str | Unset):
            camera (None | str | Unset):
            lens (None | str | Unset):
            exposure (float | None | Unset):
            f_number (float | None | Unset):
            iso (int | None | Unset):
            focal_length (float | None | Unset):
            place (GeoPosition | None | Unset):
    """

    taken_at: datetime.datetime | None | Unset = UNSET
    taken_at_local: None | str | Unset = UNSET
    camera: None | str | Unset = UNSET
    lens: None | str | Unset = UNSET
    exposure: float | None | Unset = UNSET
    f_number: float | None | Unset = UNSET
    iso: int | None | Unset = UNSET
    focal_length: float | None | Unset = UNSET
    place: GeoPosition | None | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.geo_position import GeoPosition  # noqa: PLC0415

        taken_at: None | str | Unset
        if isinstance(self.taken_at, Unset):
            taken_at = UNSET
        elif isinstance(self.taken_at, datetime.datetime):
            taken_at = self.taken_at.isoformat()
        else:
            taken_at = self.taken_at

        taken_at_local: None | str | Unset
        if isinstance(self.taken_at_local, Unset):
            taken_at_local = UNSET
        else:
            taken_at_local = self.taken_at_local

        camera: None | str | Unset
        if isinstance(self.camera, Unset):
            camera = UNSET
        else:
            camera = self.camera

        lens: None | str | Unset
        if isinstance(self.lens, Unset):
            lens = UNSET
        else:
            lens = self.lens

        exposure: float | None | Unset
        if isinstance(self.exposure, Unset):
            exposure = UNSET
        else:
            exposure = self.exposure

        f_number: float | None | Unset
        if isinstance(self.f_number, Unset):
            f_number = UNSET
        else:
            f_number = self.f_number

        iso: int | None | Unset
        if isinstance(self.iso, Unset):
            iso = UNSET
        else:
            iso = self.iso

        focal_length: float | None | Unset
        if isinstance(self.focal_length, Unset):
            focal_length = UNSET
        else:
            focal_length = self.focal_length

        place: dict[str, Any] | None | Unset
        if isinstance(self.place, Unset):
            place = UNSET
        elif isinstance(self.place, GeoPosition):
            place = self.place.to_dict()
        else:
            place = self.place

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update({})
        if taken_at is not UNSET:
            field_dict["taken_at"] = taken_at
        if taken_at_local is not UNSET:
            field_dict["taken_at_local"] = taken_at_local
        if camera is not UNSET:
            field_dict["camera"] = camera
        if lens is not UNSET:
            field_dict["lens"] = lens
        if exposure is not UNSET:
            field_dict["exposure"] = exposure
        if f_number is not UNSET:
            field_dict["f_number"] = f_number
        if iso is not UNSET:
            field_dict["iso"] = iso
        if focal_length is not UNSET:
            field_dict["focal_length"] = focal_length
        if place is not UNSET:
            field_dict["place"] = place

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.geo_position import GeoPosition  # noqa: PLC0415

        d = dict(src_dict)

        def _parse_taken_at(data: object) -> datetime.datetime | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                taken_at_type_0 = datetime.datetime.fromisoformat(data)

                return taken_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None | Unset, data)

        taken_at = _parse_taken_at(d.pop("taken_at", UNSET))

        def _parse_taken_at_local(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        taken_at_local = _parse_taken_at_local(d.pop("taken_at_local", UNSET))

        def _parse_camera(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        camera = _parse_camera(d.pop("camera", UNSET))

        def _parse_lens(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        lens = _parse_lens(d.pop("lens", UNSET))

        def _parse_exposure(data: object) -> float | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(float | None | Unset, data)

        exposure = _parse_exposure(d.pop("exposure", UNSET))

        def _parse_f_number(data: object) -> float | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(float | None | Unset, data)

        f_number = _parse_f_number(d.pop("f_number", UNSET))

        def _parse_iso(data: object) -> int | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(int | None | Unset, data)

        iso = _parse_iso(d.pop("iso", UNSET))

        def _parse_focal_length(data: object) -> float | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(float | None | Unset, data)

        focal_length = _parse_focal_length(d.pop("focal_length", UNSET))

        def _parse_place(data: object) -> GeoPosition | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                place_type_0 = GeoPosition.from_dict(data)

                return place_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(GeoPosition | None | Unset, data)

        place = _parse_place(d.pop("place", UNSET))

        capture = cls(
            taken_at=taken_at,
            taken_at_local=taken_at_local,
            camera=camera,
            lens=lens,
            exposure=exposure,
            f_number=f_number,
            iso=iso,
            focal_length=focal_length,
            place=place,
        )

        capture.additional_properties = d
        return capture

    @property
    def additional_keys(self) -> list[str]:
        return list(self.additional_properties.keys())

    def __getitem__(self, key: str) -> Any:
        return self.additional_properties[key]

    def __setitem__(self, key: str, value: Any) -> None:
        self.additional_properties[key] = value

    def __delitem__(self, key: str) -> None:
        del self.additional_properties[key]

    def __contains__(self, key: str) -> bool:
        return key in self.additional_properties
