from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

from typing import cast
import datetime


T = TypeVar("T", bound="OriginalView")


@_attrs_define
class OriginalView:
    """A URL that downloads the original; it needs no token, and is valid until `expires_at`.

    Attributes:
        url (str):
        file_name (str): The title, or else the id, with the suffix of the format.
        media_type (str):
        bytes_ (int):
        expires_at (datetime.datetime):
    """

    url: str
    file_name: str
    media_type: str
    bytes_: int
    expires_at: datetime.datetime
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        url = self.url

        file_name = self.file_name

        media_type = self.media_type

        bytes_ = self.bytes_

        expires_at = self.expires_at.isoformat()

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "url": url,
                "file_name": file_name,
                "media_type": media_type,
                "bytes": bytes_,
                "expires_at": expires_at,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        url = d.pop("url")

        file_name = d.pop("file_name")

        media_type = d.pop("media_type")

        bytes_ = d.pop("bytes")

        expires_at = datetime.datetime.fromisoformat(d.pop("expires_at"))

        original_view = cls(
            url=url,
            file_name=file_name,
            media_type=media_type,
            bytes_=bytes_,
            expires_at=expires_at,
        )

        original_view.additional_properties = d
        return original_view

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
