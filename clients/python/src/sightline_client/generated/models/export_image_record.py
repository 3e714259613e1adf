from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

from typing import cast
from typing import Literal, cast

if TYPE_CHECKING:
    from ..models.image_view import ImageView
    from ..models.original_view import OriginalView


T = TypeVar("T", bound="ExportImageRecord")


@_attrs_define
class ExportImageRecord:
    """One image, and the URL of its original.

    To resume an interrupted export after this line, pass its `cursor`.

        Attributes:
            kind (Literal['image']):  Default: 'image'.
            image (ImageView): An image with its processing state and results.
            original (OriginalView): A URL that downloads the original; it needs no token, and is valid until `expires_at`.
            cursor (str):
    """

    image: ImageView
    original: OriginalView
    cursor: str
    kind: Literal["image"] = "image"
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.image_view import ImageView  # noqa: PLC0415
        from ..models.original_view import OriginalView  # noqa: PLC0415

        kind = self.kind

        image = self.image.to_dict()

        original = self.original.to_dict()

        cursor = self.cursor

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "kind": kind,
                "image": image,
                "original": original,
                "cursor": cursor,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.image_view import ImageView  # noqa: PLC0415
        from ..models.original_view import OriginalView  # noqa: PLC0415

        d = dict(src_dict)
        kind = cast(Literal["image"], d.pop("kind"))
        if kind != "image":
            raise ValueError(f"kind must match const 'image', got '{kind}'")

        image = ImageView.from_dict(d.pop("image"))

        original = OriginalView.from_dict(d.pop("original"))

        cursor = d.pop("cursor")

        export_image_record = cls(
            kind=kind,
            image=image,
            original=original,
            cursor=cursor,
        )

        export_image_record.additional_properties = d
        return export_image_record

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
