from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

from ..models.album_role import AlbumRole
from ..models.language import Language
from ..types import UNSET, Unset
from typing import cast


T = TypeVar("T", bound="AlbumInvitationRequest")


@_attrs_define
class AlbumInvitationRequest:
    """An invitation to create.

    Attributes:
        email (str): Where the invitation is sent.
        role (AlbumRole | Unset): What a member may do with an album.
        original (bool | Unset): Whether the member may download originals; requires the other two. Default: False.
        metadata (bool | Unset): Whether the member sees titles, descriptions, times of capture and cameras of images.
            Default: False.
        position (bool | Unset): Whether the member sees where images were captured. Default: False.
        language (Language | None | Unset): Language of the email. Null: that of the caller's notifications.
    """

    email: str
    role: AlbumRole | Unset = UNSET
    original: bool | Unset = False
    metadata: bool | Unset = False
    position: bool | Unset = False
    language: Language | None | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        email = self.email

        role: str | Unset = UNSET
        if not isinstance(self.role, Unset):
            role = self.role.value

        original = self.original

        metadata = self.metadata

        position = self.position

        language: None | str | Unset
        if isinstance(self.language, Unset):
            language = UNSET
        elif isinstance(self.language, Language):
            language = self.language.value
        else:
            language = self.language

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "email": email,
            }
        )
        if role is not UNSET:
            field_dict["role"] = role
        if original is not UNSET:
            field_dict["original"] = original
        if metadata is not UNSET:
            field_dict["metadata"] = metadata
        if position is not UNSET:
            field_dict["position"] = position
        if language is not UNSET:
            field_dict["language"] = language

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        email = d.pop("email")

        _role = d.pop("role", UNSET)
        role: AlbumRole | Unset
        if isinstance(_role, Unset):
            role = UNSET
        else:
            role = AlbumRole(_role)

        original = d.pop("original", UNSET)

        metadata = d.pop("metadata", UNSET)

        position = d.pop("position", UNSET)

        def _parse_language(data: object) -> Language | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                language_type_0 = Language(data)

                return language_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(Language | None | Unset, data)

        language = _parse_language(d.pop("language", UNSET))

        album_invitation_request = cls(
            email=email,
            role=role,
            original=original,
            metadata=metadata,
            position=position,
            language=language,
        )

        return album_invitation_request
