from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

from ..models.album_sort import AlbumSort
from ..types import UNSET, Unset
from typing import cast


T = TypeVar("T", bound="AlbumChanges")


@_attrs_define
class AlbumChanges:
    """The fields to change. A field that is left out stays as it is.

    Attributes:
        title (None | str | Unset): Null keeps the title.
        description (None | str | Unset): Null removes the description.
        sort (AlbumSort | None | Unset): Null keeps the order.
        cover_id (None | str | Unset): Null selects the newest image.
    """

    title: None | str | Unset = UNSET
    description: None | str | Unset = UNSET
    sort: AlbumSort | None | Unset = UNSET
    cover_id: None | str | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        title: None | str | Unset
        if isinstance(self.title, Unset):
            title = UNSET
        else:
            title = self.title

        description: None | str | Unset
        if isinstance(self.description, Unset):
            description = UNSET
        else:
            description = self.description

        sort: None | str | Unset
        if isinstance(self.sort, Unset):
            sort = UNSET
        elif isinstance(self.sort, AlbumSort):
            sort = self.sort.value
        else:
            sort = self.sort

        cover_id: None | str | Unset
        if isinstance(self.cover_id, Unset):
            cover_id = UNSET
        else:
            cover_id = self.cover_id

        field_dict: dict[str, Any] = {}

        field_dict.update({})
        if title is not UNSET:
            field_dict["title"] = title
        if description is not UNSET:
            field_dict["description"] = description
        if sort is not UNSET:
            field_dict["sort"] = sort
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

        def _parse_description(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        description = _parse_description(d.pop("description", UNSET))

        def _parse_sort(data: object) -> AlbumSort | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                sort_type_0 = AlbumSort(data)

                return sort_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(AlbumSort | None | Unset, data)

        sort = _parse_sort(d.pop("sort", UNSET))

        def _parse_cover_id(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        cover_id = _parse_cover_id(d.pop("cover_id", UNSET))

        album_changes = cls(
            title=title,
            description=description,
            sort=sort,
            cover_id=cover_id,
        )

        return album_changes
