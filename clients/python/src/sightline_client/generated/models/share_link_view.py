from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

from typing import cast
import datetime


T = TypeVar("T", bound="ShareLinkView")


@_attrs_define
class ShareLinkView:
    """A share link, without its token.

    Attributes:
        id (str): The id of a share link: a UUID of version 7. Ids sort by creation time.
        image_id (None | str): The shared image.
        album_id (None | str): The shared album.
        prefix (str): Start of the token, to recognize it.
        has_password (bool):
        original (bool): Whether visitors may download originals; requires the other two.
        metadata (bool): Whether visitors see titles, descriptions, times of capture and cameras of images.
        position (bool): Whether visitors see where images were captured.
        created_at (datetime.datetime):
        expires_at (datetime.datetime | None): Null: the link does not expire.
        opened (int): How often the link was opened.
        last_opened_at (datetime.datetime | None): Null if the link was never opened.
    """

    id: str
    image_id: None | str
    album_id: None | str
    prefix: str
    has_password: bool
    original: bool
    metadata: bool
    position: bool
    created_at: datetime.datetime
    expires_at: datetime.datetime | None
    opened: int
    last_opened_at: datetime.datetime | None
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        id = self.id

        image_id: None | str
        image_id = self.image_id

        album_id: None | str
        album_id = self.album_id

        prefix = self.prefix

        has_password = self.has_password

        original = self.original

        metadata = self.metadata

        position = self.position

        created_at = self.created_at.isoformat()

        expires_at: None | str
        if isinstance(self.expires_at, datetime.datetime):
            expires_at = self.expires_at.isoformat()
        else:
            expires_at = self.expires_at

        opened = self.opened

        last_opened_at: None | str
        if isinstance(self.last_opened_at, datetime.datetime):
            last_opened_at = self.last_opened_at.isoformat()
        else:
            last_opened_at = self.last_opened_at

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "id": id,
                "image_id": image_id,
                "album_id": album_id,
                "prefix": prefix,
                "has_password": has_password,
                "original": original,
                "metadata": metadata,
                "position": position,
                "created_at": created_at,
                "expires_at": expires_at,
                "opened": opened,
                "last_opened_at": last_opened_at,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        id = d.pop("id")

        def _parse_image_id(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        image_id = _parse_image_id(d.pop("image_id"))

        def _parse_album_id(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        album_id = _parse_album_id(d.pop("album_id"))

        prefix = d.pop("prefix")

        has_password = d.pop("has_password")

        original = d.pop("original")

        metadata = d.pop("metadata")

        position = d.pop("position")

        created_at = datetime.datetime.fromisoformat(d.pop("created_at"))

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

        opened = d.pop("opened")

        def _parse_last_opened_at(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                last_opened_at_type_0 = datetime.datetime.fromisoformat(data)

                return last_opened_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        last_opened_at = _parse_last_opened_at(d.pop("last_opened_at"))

        share_link_view = cls(
            id=id,
            image_id=image_id,
            album_id=album_id,
            prefix=prefix,
            has_password=has_password,
            original=original,
            metadata=metadata,
            position=position,
            created_at=created_at,
            expires_at=expires_at,
            opened=opened,
            last_opened_at=last_opened_at,
        )

        share_link_view.additional_properties = d
        return share_link_view

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
