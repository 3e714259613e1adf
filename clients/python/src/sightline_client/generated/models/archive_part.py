from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset


T = TypeVar("T", bound="ArchivePart")


@_attrs_define
class ArchivePart:
    """A part of an archive: a ZIP file.

    Attributes:
        url (str): Path that returns the ZIP file, with the credential of the caller.
        file_name (str):
        images (int):
        bytes_ (int): Size of its originals; the file is a little larger.
    """

    url: str
    file_name: str
    images: int
    bytes_: int
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        url = self.url

        file_name = self.file_name

        images = self.images

        bytes_ = self.bytes_

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "url": url,
                "file_name": file_name,
                "images": images,
                "bytes": bytes_,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        url = d.pop("url")

        file_name = d.pop("file_name")

        images = d.pop("images")

        bytes_ = d.pop("bytes")

        archive_part = cls(
            url=url,
            file_name=file_name,
            images=images,
            bytes_=bytes_,
        )

        archive_part.additional_properties = d
        return archive_part

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
