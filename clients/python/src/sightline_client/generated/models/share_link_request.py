from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

from ..types import UNSET, Unset
from typing import cast


T = TypeVar("T", bound="ShareLinkRequest")


@_attrs_define
class ShareLinkRequest:
    """A link to create, to either an image or an album.

    Attributes:
        image_id (None | str | Unset): The image to share.
        album_id (None | str | Unset): The album to share.
        expires_in_days (int | None | Unset): Days from now until the link expires. Null: it does not expire. Default:
            30.
        password (None | str | Unset): Password that visitors must enter. Null: none.
        original (bool | Unset): Whether visitors may download originals; requires the other two. Default: False.
        metadata (bool | Unset): Whether visitors see titles, descriptions, times of capture and cameras of images.
            Default: False.
        position (bool | Unset): Whether visitors see where images were captured. Default: False.
    """

    image_id: None | str | Unset = UNSET
    album_id: None | str | Unset = UNSET
    expires_in_days: int | None | Unset = 30
    password: None | str | Unset = UNSET
    original: bool | Unset = False
    metadata: bool | Unset = False
    position: bool | Unset = False

    def to_dict(self) -> dict[str, Any]:
        image_id: None | str | Unset
        if isinstance(self.image_id, Unset):
            image_id = UNSET
        else:
            image_id = self.image_id

        album_id: None | str | Unset
        if isinstance(self.album_id, Unset):
            album_id = UNSET
        else:
            album_id = self.album_id

        expires_in_days: int | None | Unset
        if isinstance(self.expires_in_days, Unset):
            expires_in_days = UNSET
        else:
            expires_in_days = self.expires_in_days

        password: None | str | Unset
        if isinstance(self.password, Unset):
            password = UNSET
        else:
            password = self.password

        original = self.original

        metadata = self.metadata

        position = self.position

        field_dict: dict[str, Any] = {}

        field_dict.update({})
        if image_id is not UNSET:
            field_dict["image_id"] = image_id
        if album_id is not UNSET:
            field_dict["album_id"] = album_id
        if expires_in_days is not UNSET:
            field_dict["expires_in_days"] = expires_in_days
        if password is not UNSET:
            field_dict["password"] = password
        if original is not UNSET:
            field_dict["original"] = original
        if metadata is not UNSET:
            field_dict["metadata"] = metadata
        if position is not UNSET:
            field_dict["position"] = position

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)

        def _parse_image_id(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        image_id = _parse_image_id(d.pop("image_id", UNSET))

        def _parse_album_id(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        album_id = _parse_album_id(d.pop("album_id", UNSET))

        def _parse_expires_in_days(data: object) -> int | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(int | None | Unset, data)

        expires_in_days = _parse_expires_in_days(d.pop("expires_in_days", UNSET))

        def _parse_password(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        password = _parse_password(d.pop("password", UNSET))

        original = d.pop("original", UNSET)

        metadata = d.pop("metadata", UNSET)

        position = d.pop("position", UNSET)

        share_link_request = cls(
            image_id=image_id,
            album_id=album_id,
            expires_in_days=expires_in_days,
            password=password,
            original=original,
            metadata=metadata,
            position=position,
        )

        return share_link_request
