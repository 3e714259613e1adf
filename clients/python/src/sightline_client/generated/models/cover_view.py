from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

from typing import cast

if TYPE_CHECKING:
    from ..models.linked_rendition import LinkedRendition


T = TypeVar("T", bound="CoverView")


@_attrs_define
class CoverView:
    """The image that represents an album.

    Attributes:
        image_id (str): The id of an image: a UUID of version 7. Ids sort by creation time.
        placeholder (None | str):
        thumbnail (LinkedRendition | None):
        preview (LinkedRendition | None):
    """

    image_id: str
    placeholder: None | str
    thumbnail: LinkedRendition | None
    preview: LinkedRendition | None
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.linked_rendition import LinkedRendition  # noqa: PLC0415

        image_id = self.image_id

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

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "image_id": image_id,
                "placeholder": placeholder,
                "thumbnail": thumbnail,
                "preview": preview,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.linked_rendition import LinkedRendition  # noqa: PLC0415

        d = dict(src_dict)
        image_id = d.pop("image_id")

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

        cover_view = cls(
            image_id=image_id,
            placeholder=placeholder,
            thumbnail=thumbnail,
            preview=preview,
        )

        cover_view.additional_properties = d
        return cover_view

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
