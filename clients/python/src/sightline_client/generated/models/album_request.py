from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

from ..models.album_sort import AlbumSort
from ..types import UNSET, Unset
from typing import cast

if TYPE_CHECKING:
    from ..models.album_search import AlbumSearch


T = TypeVar("T", bound="AlbumRequest")


@_attrs_define
class AlbumRequest:
    """A new album.

    Attributes:
        title (str):
        description (None | str | Unset):
        sort (AlbumSort | Unset): The order of the images of an album.

            By the time of upload or of capture, as lists are; or as the owner arranged them.
        search (AlbumSearch | None | Unset): Add the newest images that match all of these filters of a list.
    """

    title: str
    description: None | str | Unset = UNSET
    sort: AlbumSort | Unset = UNSET
    search: AlbumSearch | None | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        from ..models.album_search import AlbumSearch  # noqa: PLC0415

        title = self.title

        description: None | str | Unset
        if isinstance(self.description, Unset):
            description = UNSET
        else:
            description = self.description

        sort: str | Unset = UNSET
        if not isinstance(self.sort, Unset):
            sort = self.sort.value

        search: dict[str, Any] | None | Unset
        if isinstance(self.search, Unset):
            search = UNSET
        elif isinstance(self.search, AlbumSearch):
            search = self.search.to_dict()
        else:
            search = self.search

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
        if search is not UNSET:
            field_dict["search"] = search

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.album_search import AlbumSearch  # noqa: PLC0415

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

        def _parse_search(data: object) -> AlbumSearch | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                search_type_0 = AlbumSearch.from_dict(data)

                return search_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(AlbumSearch | None | Unset, data)

        search = _parse_search(d.pop("search", UNSET))

        album_request = cls(
            title=title,
            description=description,
            sort=sort,
            search=search,
        )

        return album_request
