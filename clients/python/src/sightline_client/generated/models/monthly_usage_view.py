from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

from typing import cast

if TYPE_CHECKING:
    from ..models.monthly_usage_view_calls import MonthlyUsageViewCalls


T = TypeVar("T", bound="MonthlyUsageView")


@_attrs_define
class MonthlyUsageView:
    """Usage in one month; deleting images does not reduce it.

    Attributes:
        month (str):
        images (int):
        bytes_ (int):
        calls (MonthlyUsageViewCalls): Paid recognition calls by feature.
        estimated_cost (float): Cost of these calls in US dollars.
    """

    month: str
    images: int
    bytes_: int
    calls: MonthlyUsageViewCalls
    estimated_cost: float
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.monthly_usage_view_calls import MonthlyUsageViewCalls  # noqa: PLC0415

        month = self.month

        images = self.images

        bytes_ = self.bytes_

        calls = self.calls.to_dict()

        estimated_cost = self.estimated_cost

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "month": month,
                "images": images,
                "bytes": bytes_,
                "calls": calls,
                "estimated_cost": estimated_cost,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.monthly_usage_view_calls import MonthlyUsageViewCalls  # noqa: PLC0415

        d = dict(src_dict)
        month = d.pop("month")

        images = d.pop("images")

        bytes_ = d.pop("bytes")

        calls = MonthlyUsageViewCalls.from_dict(d.pop("calls"))

        estimated_cost = d.pop("estimated_cost")

        monthly_usage_view = cls(
            month=month,
            images=images,
            bytes_=bytes_,
            calls=calls,
            estimated_cost=estimated_cost,
        )

        monthly_usage_view.additional_properties = d
        return monthly_usage_view

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
