from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

from typing import cast
import datetime

if TYPE_CHECKING:
    from ..models.upload_target_fields import UploadTargetFields


T = TypeVar("T", bound="UploadTarget")


@_attrs_define
class UploadTarget:
    """A presigned POST. Send `fields`, then the file as the last field `file`, to `url`.

    The encoding is multipart/form-data.

        Attributes:
            url (str):
            fields (UploadTargetFields):
            expires_at (datetime.datetime):
    """

    url: str
    fields: UploadTargetFields
    expires_at: datetime.datetime
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.upload_target_fields import UploadTargetFields  # noqa: PLC0415

        url = self.url

        fields = self.fields.to_dict()

        expires_at = self.expires_at.isoformat()

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "url": url,
                "fields": fields,
                "expires_at": expires_at,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.upload_target_fields import UploadTargetFields  # noqa: PLC0415

        d = dict(src_dict)
        url = d.pop("url")

        fields = UploadTargetFields.from_dict(d.pop("fields"))

        expires_at = datetime.datetime.fromisoformat(d.pop("expires_at"))

        upload_target = cls(
            url=url,
            fields=fields,
            expires_at=expires_at,
        )

        upload_target.additional_properties = d
        return upload_target

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
