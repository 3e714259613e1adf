from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

from typing import cast

if TYPE_CHECKING:
    from ..models.timeline_month import TimelineMonth


T = TypeVar("T", bound="TimelineView")


@_attrs_define
class TimelineView:
    """The months that have images, newest first, and the number of all images in them.

    Attributes:
        images (int):
        months (list[TimelineMonth]):
    """

    images: int
    months: list[TimelineMonth]
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.timeline_month import TimelineMonth  # noqa: PLC0415

        images = self.images

        months = []
        for months_item_data in self.months:
            months_item = months_item_data.to_dict()
            months.append(months_item)

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "images": images,
                "months": months,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.timeline_month import TimelineMonth  # noqa: PLC0415

        d = dict(src_dict)
        images = d.pop("images")

        months = []
        _months = d.pop("months")
        for months_item_data in _months:
            months_item = TimelineMonth.from_dict(months_item_data)

            months.append(months_item)

        timeline_view = cls(
            images=images,
            months=months,
        )

        timeline_view.additional_properties = d
        return timeline_view

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
