from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

from ..models.album_sort import AlbumSort
from ..models.album_view_role import AlbumViewRole
from typing import cast
import datetime

if TYPE_CHECKING:
    from ..models.cover_view import CoverView


T = TypeVar("T", bound="AlbumView")


@_attrs_define
class AlbumView:
    """A set of images with a title.

    Attributes:
        id (str): The id of an album: a UUID of version 7. Ids sort by creation time.
        title (str):
        description (None | str):
        sort (AlbumSort): The order of the images of an album.

            By the time of upload or of capture, as lists are; or as the owner arranged them.
        role (AlbumViewRole): What the caller is in the album.
        images (int): Number of images of the owner in the album, without those of members.
        cover_id (None | str): The image that the owner chose as the cover.
        cover (CoverView | None): The chosen cover, or else the newest image; null if the album is empty.
        created_at (datetime.datetime):
        updated_at (datetime.datetime):
    """

    id: str
    title: str
    description: None | str
    sort: AlbumSort
    role: AlbumViewRole
    images: int
    cover_id: None | str
    cover: CoverView | None
    created_at: datetime.datetime
    updated_at: datetime.datetime
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.cover_view import CoverView  # noqa: PLC0415

        id = self.id

        title = self.title

        description: None | str
        description = self.description

        sort = self.sort.value

        role = self.role.value

        images = self.images

        cover_id: None | str
        cover_id = self.cover_id

        cover: dict[str, Any] | None
        if isinstance(self.cover, CoverView):
            cover = self.cover.to_dict()
        else:
            cover = self.cover

        created_at = self.created_at.isoformat()

        updated_at = self.updated_at.isoformat()

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "id": id,
                "title": title,
                "description": description,
                "sort": sort,
                "role": role,
                "images": images,
                "cover_id": cover_id,
                "cover": cover,
                "created_at": created_at,
                "updated_at": updated_at,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.cover_view import CoverView  # noqa: PLC0415

        d = dict(src_dict)
        id = d.pop("id")

        title = d.pop("title")

        def _parse_description(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        description = _parse_description(d.pop("description"))

        sort = AlbumSort(d.pop("sort"))

        role = AlbumViewRole(d.pop("role"))

        images = d.pop("images")

        def _parse_cover_id(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        cover_id = _parse_cover_id(d.pop("cover_id"))

        def _parse_cover(data: object) -> CoverView | None:
            if data is None:
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                cover_type_0 = CoverView.from_dict(data)

                return cover_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(CoverView | None, data)

        cover = _parse_cover(d.pop("cover"))

        created_at = datetime.datetime.fromisoformat(d.pop("created_at"))

        updated_at = datetime.datetime.fromisoformat(d.pop("updated_at"))

        album_view = cls(
            id=id,
            title=title,
            description=description,
            sort=sort,
            role=role,
            images=images,
            cover_id=cover_id,
            cover=cover,
            created_at=created_at,
            updated_at=updated_at,
        )

        album_view.additional_properties = d
        return album_view

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
