from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

from typing import cast
from typing import Literal, cast

if TYPE_CHECKING:
    from ..models.album_view import AlbumView


T = TypeVar("T", bound="ExportAlbumRecord")


@_attrs_define
class ExportAlbumRecord:
    """One album.

    Attributes:
        kind (Literal['album']):  Default: 'album'.
        album (AlbumView): A set of images with a title.
    """

    album: AlbumView
    kind: Literal["album"] = "album"
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.album_view import AlbumView  # noqa: PLC0415

        kind = self.kind

        album = self.album.to_dict()

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "kind": kind,
                "album": album,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.album_view import AlbumView  # noqa: PLC0415

        d = dict(src_dict)
        kind = cast(Literal["album"], d.pop("kind"))
        if kind != "album":
            raise ValueError(f"kind must match const 'album', got '{kind}'")

        album = AlbumView.from_dict(d.pop("album"))

        export_album_record = cls(
            kind=kind,
            album=album,
        )

        export_album_record.additional_properties = d
        return export_album_record

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
