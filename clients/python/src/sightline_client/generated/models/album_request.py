from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

from ..models.album_sort import AlbumSort
from ..types import UNSET, Unset
from typing import cast


T = TypeVar("T", bound="AlbumRequest")


@_attrs_define
class AlbumRequest:
    """A new album.

    Attributes:
        title (str):
        description (None | str | Unset):
        sort (AlbumSort | Unset): The order of the images of an album.

            By the time of upload or of capture, as lists are; or as the owner arranged them.
    """

    title: str
    description: None | str | Unset = UNSET
    sort: AlbumSort | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        title = self.title

        description: None | str | Unset
        if isinstance(self.description, Unset):
            description = UNSET
        else:
            description = self.description

        sort: str | Unset = UNSET
        if not isinstance(self.sort, Unset):
            sort = self.sort.value

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "title": title,
            }
        )
        if description is not UNSET:
            field_dict["description"] = description
        if sort is not UNSET:
            field_dict["sort"] = sort

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        title = d.pop("title")

        def _parse_description(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        description = _parse_description(d.pop("description", UNSET))

        _sort = d.pop("sort", UNSET)
        sort: AlbumSort | Unset
        if isinstance(_sort, Unset):
            sort = UNSET
        else:
            sort = AlbumSort(_sort)

        album_request = cls(
            title=title,
            description=description,
            sort=sort,
        )

        return album_request
