from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset


T = TypeVar("T", bound="RenditionView")


@_attrs_define
class RenditionView:
    """A rendition; sides are in pixels, and `url` is valid for at least an hour.

    Attributes:
        name (str):
        media_type (str):
        width (int):
        height (int):
        bytes_ (int):
        url (str):
    """

    name: str
    media_type: str
    width: int
    height: int
    bytes_: int
    url: str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        name = self.name

        media_type = self.media_type

        width = self.width

        height = self.height

        bytes_ = self.bytes_

        url = self.url

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "name": name,
                "media_type": media_type,
                "width": width,
                "height": height,
                "bytes": bytes_,
                "url": url,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        name = d.pop("name")

        media_type = d.pop("media_type")

        width = d.pop("width")

        height = d.pop("height")

        bytes_ = d.pop("bytes")

        url = d.pop("url")

        rendition_view = cls(
            name=name,
            media_type=media_type,
            width=width,
            height=height,
            bytes_=bytes_,
            url=url,
        )

        rendition_view.additional_properties = d
        return rendition_view

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
