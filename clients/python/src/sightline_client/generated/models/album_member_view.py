from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

from ..models.album_role import AlbumRole
from typing import cast
import datetime


T = TypeVar("T", bound="AlbumMemberView")


@_attrs_define
class AlbumMemberView:
    """A person with access to an album.

    Attributes:
        id (str): The id of an member: a UUID of version 7. Ids sort by creation time.
        email (str): Where the accepted invitation was sent.
        verified_email (None | str): The verified email address of the person who accepted; null if the client sent no
            ID token. It differs from `email` if the invitation was passed on.
        role (AlbumRole): What a member may do with an album.
        original (bool): Whether the member may download originals; requires the other two.
        metadata (bool): Whether the member sees titles, descriptions, times of capture and cameras of images.
        position (bool): Whether the member sees where images were captured.
        joined_at (datetime.datetime):
    """

    id: str
    email: str
    verified_email: None | str
    role: AlbumRole
    original: bool
    metadata: bool
    position: bool
    joined_at: datetime.datetime
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        id = self.id

        email = self.email

        verified_email: None | str
        verified_email = self.verified_email

        role = self.role.value

        original = self.original

        metadata = self.metadata

        position = self.position

        joined_at = self.joined_at.isoformat()

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "id": id,
                "email": email,
                "verified_email": verified_email,
                "role": role,
                "original": original,
                "metadata": metadata,
                "position": position,
                "joined_at": joined_at,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        id = d.pop("id")

        email = d.pop("email")

        def _parse_verified_email(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        verified_email = _parse_verified_email(d.pop("verified_email"))

        role = AlbumRole(d.pop("role"))

        original = d.pop("original")

        metadata = d.pop("metadata")

        position = d.pop("position")

        joined_at = datetime.datetime.fromisoformat(d.pop("joined_at"))

        album_member_view = cls(
            id=id,
            email=email,
            verified_email=verified_email,
            role=role,
            original=original,
            metadata=metadata,
            position=position,
            joined_at=joined_at,
        )

        album_member_view.additional_properties = d
        return album_member_view

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
