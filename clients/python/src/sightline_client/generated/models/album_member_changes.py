from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

from ..models.album_role import AlbumRole
from ..types import UNSET, Unset


T = TypeVar("T", bound="AlbumMemberChanges")


@_attrs_define
class AlbumMemberChanges:
    """The fields to change. A field that is left out stays as it is.

    Attributes:
        role (AlbumRole | Unset): What a member may do with an album.
        original (bool | Unset): Whether the member may download originals; requires the other two.
        metadata (bool | Unset): Whether the member sees titles, descriptions, times of capture and cameras of images.
        position (bool | Unset): Whether the member sees where images were captured.
    """

    role: AlbumRole | Unset = UNSET
    original: bool | Unset = UNSET
    metadata: bool | Unset = UNSET
    position: bool | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        role: str | Unset = UNSET
        if not isinstance(self.role, Unset):
            role = self.role.value

        original = self.original

        metadata = self.metadata

        position = self.position

        field_dict: dict[str, Any] = {}

        field_dict.update({})
        if role is not UNSET:
            field_dict["role"] = role
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
        _role = d.pop("role", UNSET)
        role: AlbumRole | Unset
        if isinstance(_role, Unset):
            role = UNSET
        else:
            role = AlbumRole(_role)

        original = d.pop("original", UNSET)

        metadata = d.pop("metadata", UNSET)

        position = d.pop("position", UNSET)

        album_member_changes = cls(
            role=role,
            original=original,
            metadata=metadata,
            position=position,
        )

        return album_member_changes
