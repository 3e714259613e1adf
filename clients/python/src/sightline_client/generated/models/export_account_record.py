from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

from typing import cast
from typing import Literal, cast

if TYPE_CHECKING:
    from ..models.usage_view import UsageView


T = TypeVar("T", bound="ExportAccountRecord")


@_attrs_define
class ExportAccountRecord:
    """The first line: the owner, and the usage.

    Attributes:
        kind (Literal['account']):  Default: 'account'.
        owner (str):
        usage (UsageView): What the caller stores now, the quotas (null: unlimited), and usage by month.
    """

    owner: str
    usage: UsageView
    kind: Literal["account"] = "account"
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.usage_view import UsageView  # noqa: PLC0415

        kind = self.kind

        owner = self.owner

        usage = self.usage.to_dict()

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "kind": kind,
                "owner": owner,
                "usage": usage,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.usage_view import UsageView  # noqa: PLC0415

        d = dict(src_dict)
        kind = cast(Literal["account"], d.pop("kind"))
        if kind != "account":
            raise ValueError(f"kind must match const 'account', got '{kind}'")

        owner = d.pop("owner")

        usage = UsageView.from_dict(d.pop("usage"))

        export_account_record = cls(
            kind=kind,
            owner=owner,
            usage=usage,
        )

        export_account_record.additional_properties = d
        return export_account_record

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
