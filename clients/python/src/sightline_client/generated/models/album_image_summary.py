from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

from ..models.status import Status
from typing import cast

if TYPE_CHECKING:
    from ..models.linked_rendition import LinkedRendition


T = TypeVar("T", bound="AlbumImageSummary")


@_attrs_define
class AlbumImageSummary:
    """An image in a list of an album.

    Attributes:
        id (str): The id of an image: a UUID of version 7. Ids sort by creation time.
        status (Status): The status of an image, as its owner sees it.
        title (None | str): Null unless the link shows metadata.
        taken_at_local (None | str):
        width (int | None): Pixels of the upright original.
        height (int | None):
        animated (bool | None):
        projection (None | str): The projection of a panorama.
        placeholder (None | str): ThumbHash in Base64, to show until the thumbnail has loaded.
        thumbnail (LinkedRendition | None): The smallest rendition.
        preview (LinkedRendition | None): The smallest rendition of at least 1,024 pixels, or else the largest.
        contributor_id (None | str): The member who added the image; null for images of the album's owner.
        own (bool): Whether the image belongs to the caller, who also finds it in `GET /v1/images`.
    """

    id: str
    status: Status
    title: None | str
    taken_at_local: None | str
    width: int | None
    height: int | None
    animated: bool | None
    projection: None | str
    placeholder: None | str
    thumbnail: LinkedRendition | None
    preview: LinkedRendition | None
    contributor_id: None | str
    own: bool
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.linked_rendition import LinkedRendition  # noqa: PLC0415

        id = self.id

        status = self.status.value

        title: None | str
        title = self.title

        taken_at_local: None | str
        taken_at_local = self.taken_at_local

        width: int | None
        width = self.width

        height: int | None
        height = self.height

        animated: bool | None
        animated = self.animated

        projection: None | str
        projection = self.projection

        placeholder: None | str
        placeholder = self.placeholder

        thumbnail: dict[str, Any] | None
        if isinstance(self.thumbnail, LinkedRendition):
            thumbnail = self.thumbnail.to_dict()
        else:
            thumbnail = self.thumbnail

        preview: dict[str, Any] | None
        if isinstance(self.preview, LinkedRendition):
            preview = self.preview.to_dict()
        else:
            preview = self.preview

        contributor_id: None | str
        contributor_id = self.contributor_id

        own = self.own

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "id": id,
                "status": status,
                "title": title,
                "taken_at_local": taken_at_local,
                "width": width,
                "height": height,
                "animated": animated,
                "projection": projection,
                "placeholder": placeholder,
                "thumbnail": thumbnail,
                "preview": preview,
                "contributor_id": contributor_id,
                "own": own,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.linked_rendition import LinkedRendition  # noqa: PLC0415

        d = dict(src_dict)
        id = d.pop("id")

        status = Status(d.pop("status"))

        def _parse_title(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        title = _parse_title(d.pop("title"))

        def _parse_taken_at_local(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        taken_at_local = _parse_taken_at_local(d.pop("taken_at_local"))

        def _parse_width(data: object) -> int | None:
            if data is None:
                return data
            return cast(int | None, data)

        width = _parse_width(d.pop("width"))

        def _parse_height(data: object) -> int | None:
            if data is None:
                return data
            return cast(int | None, data)

        height = _parse_height(d.pop("height"))

        def _parse_animated(data: object) -> bool | None:
            if data is None:
                return data
            return cast(bool | None, data)

        animated = _parse_animated(d.pop("animated"))

        def _parse_projection(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        projection = _parse_projection(d.pop("projection"))

        def _parse_placeholder(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        placeholder = _parse_placeholder(d.pop("placeholder"))

        def _parse_thumbnail(data: object) -> LinkedRendition | None:
            if data is None:
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                thumbnail_type_0 = LinkedRendition.from_dict(data)

                return thumbnail_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(LinkedRendition | None, data)

        thumbnail = _parse_thumbnail(d.pop("thumbnail"))

        def _parse_preview(data: object) -> LinkedRendition | None:
            if data is None:
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                preview_type_0 = LinkedRendition.from_dict(data)

                return preview_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(LinkedRendition | None, data)

        preview = _parse_preview(d.pop("preview"))

        def _parse_contributor_id(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        contributor_id = _parse_contributor_id(d.pop("contributor_id"))

        own = d.pop("own")

        album_image_summary = cls(
            id=id,
            status=status,
            title=title,
            taken_at_local=taken_at_local,
            width=width,
            height=height,
            animated=animated,
            projection=projection,
            placeholder=placeholder,
            thumbnail=thumbnail,
            preview=preview,
            contributor_id=contributor_id,
            own=own,
        )

        album_image_summary.additional_properties = d
        return album_image_summary

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
