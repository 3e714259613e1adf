from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

from ..types import UNSET, Unset
from typing import cast


T = TypeVar("T", bound="ShareLinkChanges")


@_attrs_define
class ShareLinkChanges:
    """The settings to change. A field that is left out stays as it is.

    Attributes:
        expires_in_days (int | None | Unset): Days from now until the link expires. Null: it does not expire.
        password (None | str | Unset): Password that visitors must enter. Null: none.
        original (bool | Unset): Whether visitors may download originals; requires the other two.
        metadata (bool | Unset): Whether visitors see titles, descriptions, times of capture and cameras of images.
        position (bool | Unset): Whether visitors see where images were captured.
    """

    expires_in_days: int | None | Unset = UNSET
    password: None | str | Unset = UNSET
    original: bool | Unset = UNSET
    metadata: bool | Unset = UNSET
    position: bool | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
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

        share_link_changes = cls(
            expires_in_days=expires_in_days,
            password=password,
            original=original,
            metadata=metadata,
            position=position,
        )

        return share_link_changes
