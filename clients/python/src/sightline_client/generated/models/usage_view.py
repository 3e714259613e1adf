from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

from ..types import UNSET, Unset
from typing import cast

if TYPE_CHECKING:
    from ..models.monthly_usage_view import MonthlyUsageView


T = TypeVar("T", bound="UsageView")


@_attrs_define
class UsageView:
    """What the caller stores now, the quotas (null: unlimited), and usage by month.

    `images` and `bytes` include the trash, and the quotas count it.

        Attributes:
            images (int):
            bytes_ (int):
            trashed_images (int): Images in the trash.
            trashed_bytes (int): Bytes of the images in the trash.
            max_images (int | None):
            max_bytes (int | None):
            months (list[MonthlyUsageView]):
            reserved_images (int | Unset): Outstanding uploads, which the quotas count as well. Default: 0.
            reserved_bytes (int | Unset): Declared bytes of the outstanding uploads. Default: 0.
    """

    images: int
    bytes_: int
    trashed_images: int
    trashed_bytes: int
    max_images: int | None
    max_bytes: int | None
    months: list[MonthlyUsageView]
    reserved_images: int | Unset = 0
    reserved_bytes: int | Unset = 0
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.monthly_usage_view import MonthlyUsageView  # noqa: PLC0415

        images = self.images

        bytes_ = self.bytes_

        trashed_images = self.trashed_images

        trashed_bytes = self.trashed_bytes

        max_images: int | None
        max_images = self.max_images

        max_bytes: int | None
        max_bytes = self.max_bytes

        months = []
        for months_item_data in self.months:
            months_item = months_item_data.to_dict()
            months.append(months_item)

        reserved_images = self.reserved_images

        reserved_bytes = self.reserved_bytes

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "images": images,
                "bytes": bytes_,
                "trashed_images": trashed_images,
                "trashed_bytes": trashed_bytes,
                "max_images": max_images,
                "max_bytes": max_bytes,
                "months": months,
            }
        )
        if reserved_images is not UNSET:
            field_dict["reserved_images"] = reserved_images
        if reserved_bytes is not UNSET:
            field_dict["reserved_bytes"] = reserved_bytes

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.monthly_usage_view import MonthlyUsageView  # noqa: PLC0415

        d = dict(src_dict)
        images = d.pop("images")

        bytes_ = d.pop("bytes")

        trashed_images = d.pop("trashed_images")

        trashed_bytes = d.pop("trashed_bytes")

        def _parse_max_images(data: object) -> int | None:
            if data is None:
                return data
            return cast(int | None, data)

        max_images = _parse_max_images(d.pop("max_images"))

        def _parse_max_bytes(data: object) -> int | None:
            if data is None:
                return data
            return cast(int | None, data)

        max_bytes = _parse_max_bytes(d.pop("max_bytes"))

        months = []
        _months = d.pop("months")
        for months_item_data in _months:
            months_item = MonthlyUsageView.from_dict(months_item_data)

            months.append(months_item)

        reserved_images = d.pop("reserved_images", UNSET)

        reserved_bytes = d.pop("reserved_bytes", UNSET)

        usage_view = cls(
            images=images,
            bytes_=bytes_,
            trashed_images=trashed_images,
            trashed_bytes=trashed_bytes,
            max_images=max_images,
            max_bytes=max_bytes,
            months=months,
            reserved_images=reserved_images,
            reserved_bytes=reserved_bytes,
        )

        usage_view.additional_properties = d
        return usage_view

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
