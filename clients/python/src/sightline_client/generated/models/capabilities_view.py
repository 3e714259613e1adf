from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

from typing import cast

if TYPE_CHECKING:
    from ..models.limits_view import LimitsView


T = TypeVar("T", bound="CapabilitiesView")


@_attrs_define
class CapabilitiesView:
    """What the API accepts. Values may be added: ignore those that you do not know.

    Attributes:
        media_types (list[str]): Media types of images to upload. Raw files are `image/tiff`.
        features (list[str]): Features to recognize.
        sort_orders (list[str]): Values of `sort`.
        limits (LimitsView): Limits on requests and on what an owner stores; null is unlimited.
    """

    media_types: list[str]
    features: list[str]
    sort_orders: list[str]
    limits: LimitsView
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.limits_view import LimitsView  # noqa: PLC0415

        media_types = self.media_types

        features = self.features

        sort_orders = self.sort_orders

        limits = self.limits.to_dict()

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "media_types": media_types,
                "features": features,
                "sort_orders": sort_orders,
                "limits": limits,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.limits_view import LimitsView  # noqa: PLC0415

        d = dict(src_dict)
        media_types = cast(list[str], d.pop("media_types"))

        features = cast(list[str], d.pop("features"))

        sort_orders = cast(list[str], d.pop("sort_orders"))

        limits = LimitsView.from_dict(d.pop("limits"))

        capabilities_view = cls(
            media_types=media_types,
            features=features,
            sort_orders=sort_orders,
            limits=limits,
        )

        capabilities_view.additional_properties = d
        return capabilities_view

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
