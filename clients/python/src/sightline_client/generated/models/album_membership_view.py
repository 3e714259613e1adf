from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

from ..models.album_membership_view_role import AlbumMembershipViewRole
from typing import cast
import datetime


T = TypeVar("T", bound="AlbumMembershipView")


@_attrs_define
class AlbumMembershipView:
    """The access that the caller has to an album of another owner.

    Attributes:
        album_id (str): The id of an album: a UUID of version 7. Ids sort by creation time.
        role (AlbumMembershipViewRole):
        joined_at (datetime.datetime):
    """

    album_id: str
    role: AlbumMembershipViewRole
    joined_at: datetime.datetime
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        album_id = self.album_id

        role = self.role.value

        joined_at = self.joined_at.isoformat()

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "album_id": album_id,
                "role": role,
                "joined_at": joined_at,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        album_id = d.pop("album_id")

        role = AlbumMembershipViewRole(d.pop("role"))

        joined_at = datetime.datetime.fromisoformat(d.pop("joined_at"))

        album_membership_view = cls(
            album_id=album_id,
            role=role,
            joined_at=joined_at,
        )

        album_membership_view.additional_properties = d
        return album_membership_view

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
