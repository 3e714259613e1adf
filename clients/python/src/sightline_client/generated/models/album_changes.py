from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

from ..types import UNSET, Unset
from typing import cast


T = TypeVar("T", bound="AlbumChanges")


@_attrs_define
class AlbumChanges:
    """The fields to change. A field that is left out stays as it is.

    Attributes:
        title (None | str | Unset): Null keeps the title.
        cover_id (None | str | Unset): Null selects the newest image.
    """

    title: None | str | Unset = UNSET
    cover_id: None | str | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        title: None | str | Unset
        if isinstance(self.title, Unset):
            title = UNSET
        else:
            title = self.title

        cover_id: None | str | Unset
        if isinstance(self.cover_id, Unset):
            cover_id = UNSET
        else:
            cover_id = self.cover_id

        field_dict: dict[str, Any] = {}

        field_dict.update({})
        if title is not UNSET:
            field_dict["title"] = title
        if cover_id is not UNSET:
            field_dict["cover_id"] = cover_id

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)

        def _parse_title(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        title = _parse_title(d.pop("title", UNSET))

        def _parse_cover_id(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        cover_id = _parse_cover_id(d.pop("cover_id", UNSET))

        album_changes = cls(
            title=title,
            cover_id=cover_id,
        )

        return album_changes
