from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

from ..types import UNSET, Unset
from typing import cast


T = TypeVar("T", bound="AlbumAddition")


@_attrs_define
class AlbumAddition:
    """Images to add to an album.

    The other fields matter for images that a contributor adds to an album of another owner.

        Attributes:
            ids (list[str]):
            original (bool | Unset): Whether others may download originals; requires the other two. Default: False.
            metadata (bool | Unset): Whether others see titles, descriptions, times of capture and cameras. Default: False.
            position (bool | Unset): Whether others see where images were captured. Default: False.
    """

    ids: list[str]
    original: bool | Unset = False
    metadata: bool | Unset = False
    position: bool | Unset = False

    def to_dict(self) -> dict[str, Any]:
        ids = self.ids

        original = self.original

        metadata = self.metadata

        position = self.position

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "ids": ids,
            }
        )
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
        ids = cast(list[str], d.pop("ids"))

        original = d.pop("original", UNSET)

        metadata = d.pop("metadata", UNSET)

        position = d.pop("position", UNSET)

        album_addition = cls(
            ids=ids,
            original=original,
            metadata=metadata,
            position=position,
        )

        return album_addition
