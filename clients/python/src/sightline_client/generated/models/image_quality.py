from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

from ..types import UNSET, Unset
from typing import cast


T = TypeVar("T", bound="ImageQuality")


@_attrs_define
class ImageQuality:
    """Measures from 0 to 100; None if not measured for this part of the image.

    Attributes:
        brightness (float | None | Unset):
        sharpness (float | None | Unset):
        contrast (float | None | Unset):
    """

    brightness: float | None | Unset = UNSET
    sharpness: float | None | Unset = UNSET
    contrast: float | None | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        brightness: float | None | Unset
        if isinstance(self.brightness, Unset):
            brightness = UNSET
        else:
            brightness = self.brightness

        sharpness: float | None | Unset
        if isinstance(self.sharpness, Unset):
            sharpness = UNSET
        else:
            sharpness = self.sharpness

        contrast: float | None | Unset
        if isinstance(self.contrast, Unset):
            contrast = UNSET
        else:
            contrast = self.contrast

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update({})
        if brightness is not UNSET:
            field_dict["brightness"] = brightness
        if sharpness is not UNSET:
            field_dict["sharpness"] = sharpness
        if contrast is not UNSET:
            field_dict["contrast"] = contrast

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)

        def _parse_brightness(data: object) -> float | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(float | None | Unset, data)

        brightness = _parse_brightness(d.pop("brightness", UNSET))

        def _parse_sharpness(data: object) -> float | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(float | None | Unset, data)

        sharpness = _parse_sharpness(d.pop("sharpness", UNSET))

        def _parse_contrast(data: object) -> float | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(float | None | Unset, data)

        contrast = _parse_contrast(d.pop("contrast", UNSET))

        image_quality = cls(
            brightness=brightness,
            sharpness=sharpness,
            contrast=contrast,
        )

        image_quality.additional_properties = d
        return image_quality

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
