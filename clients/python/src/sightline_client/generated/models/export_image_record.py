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
    """One image, and the URL of its original; null if nothing was uploaded.

    To resume an interrupted export after this line, pass its `cursor`.

        Attributes:
            kind (Literal['image']):  Default: 'image'.
            image (ImageView): An image with its processing state and results.
            original (None | OriginalView):
            cursor (str):
    """

    image: ImageView
    original: None | OriginalView
    cursor: str
    kind: Literal["image"] = "image"
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.image_view import ImageView  # noqa: PLC0415
        from ..models.original_view import OriginalView  # noqa: PLC0415

        kind = self.kind

        image = self.image.to_dict()

        original: dict[str, Any] | None
        if isinstance(self.original, OriginalView):
            original = self.original.to_dict()
        else:
            original = self.original

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

        def _parse_original(data: object) -> None | OriginalView:
            if data is None:
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                original_type_0 = OriginalView.from_dict(data)

                return original_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | OriginalView, data)

        original = _parse_original(d.pop("original"))

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
