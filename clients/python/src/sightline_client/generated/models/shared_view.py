from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

from ..models.shared_view_kind import SharedViewKind
from typing import cast
import datetime


T = TypeVar("T", bound="SharedView")


@_attrs_define
class SharedView:
    """What a link shows.

    Attributes:
        kind (SharedViewKind):
        title (None | str): Title of the album; that of an image only if the link shows metadata.
        description (None | str): Description of the album.
        images (int): Number of images.
        original (bool): Whether originals can be downloaded.
        metadata (bool): Whether the metadata of images is shown.
        position (bool): Whether the position of images is shown.
        expires_at (datetime.datetime | None): Null: the link does not expire.
    """

    kind: SharedViewKind
    title: None | str
    description: None | str
    images: int
    original: bool
    metadata: bool
    position: bool
    expires_at: datetime.datetime | None
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        kind = self.kind.value

        title: None | str
        title = self.title

        description: None | str
        description = self.description

        images = self.images

        original = self.original

        metadata = self.metadata

        position = self.position

        expires_at: None | str
        if isinstance(self.expires_at, datetime.datetime):
            expires_at = self.expires_at.isoformat()
        else:
            expires_at = self.expires_at

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "kind": kind,
                "title": title,
                "description": description,
                "images": images,
                "original": original,
                "metadata": metadata,
                "position": position,
                "expires_at": expires_at,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        kind = SharedViewKind(d.pop("kind"))

        def _parse_title(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        title = _parse_title(d.pop("title"))

        def _parse_description(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        description = _parse_description(d.pop("description"))

        images = d.pop("images")

        original = d.pop("original")

        metadata = d.pop("metadata")

        position = d.pop("position")

        def _parse_expires_at(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                expires_at_type_0 = datetime.datetime.fromisoformat(data)

                return expires_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        expires_at = _parse_expires_at(d.pop("expires_at"))

        shared_view = cls(
            kind=kind,
            title=title,
            description=description,
            images=images,
            original=original,
            metadata=metadata,
            position=position,
            expires_at=expires_at,
        )

        shared_view.additional_properties = d
        return shared_view

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
