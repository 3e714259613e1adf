from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

from ..models.album_role import AlbumRole
from typing import cast
import datetime


T = TypeVar("T", bound="AlbumInvitationView")


@_attrs_define
class AlbumInvitationView:
    """An open invitation, without its token.

    Attributes:
        id (str): The id of an invitation: a UUID of version 7. Ids sort by creation time.
        email (str): Where it was sent.
        role (AlbumRole): What a member may do with an album.
        original (bool): Whether the member may download originals; requires the other two.
        metadata (bool): Whether the member sees titles, descriptions, times of capture and cameras of images.
        position (bool): Whether the member sees where images were captured.
        created_at (datetime.datetime):
        expires_at (datetime.datetime):
        emailed_at (datetime.datetime | None): Null: not sent yet, or this deployment sends no email.
    """

    id: str
    email: str
    role: AlbumRole
    original: bool
    metadata: bool
    position: bool
    created_at: datetime.datetime
    expires_at: datetime.datetime
    emailed_at: datetime.datetime | None
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        id = self.id

        email = self.email

        role = self.role.value

        original = self.original

        metadata = self.metadata

        position = self.position

        created_at = self.created_at.isoformat()

        expires_at = self.expires_at.isoformat()

        emailed_at: None | str
        if isinstance(self.emailed_at, datetime.datetime):
            emailed_at = self.emailed_at.isoformat()
        else:
            emailed_at = self.emailed_at

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "id": id,
                "email": email,
                "role": role,
                "original": original,
                "metadata": metadata,
                "position": position,
                "created_at": created_at,
                "expires_at": expires_at,
                "emailed_at": emailed_at,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        id = d.pop("id")

        email = d.pop("email")

        role = AlbumRole(d.pop("role"))

        original = d.pop("original")

        metadata = d.pop("metadata")

        position = d.pop("position")

        created_at = datetime.datetime.fromisoformat(d.pop("created_at"))

        expires_at = datetime.datetime.fromisoformat(d.pop("expires_at"))

        def _parse_emailed_at(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                emailed_at_type_0 = datetime.datetime.fromisoformat(data)

                return emailed_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        emailed_at = _parse_emailed_at(d.pop("emailed_at"))

        album_invitation_view = cls(
            id=id,
            email=email,
            role=role,
            original=original,
            metadata=metadata,
            position=position,
            created_at=created_at,
            expires_at=expires_at,
            emailed_at=emailed_at,
        )

        album_invitation_view.additional_properties = d
        return album_invitation_view

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
