from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

from typing import cast

if TYPE_CHECKING:
    from ..models.image_view import ImageView
    from ..models.original_view import OriginalView


T = TypeVar("T", bound="ExportedImage")


@_attrs_define
class ExportedImage:
    """One image, and the URL of its original.

    Attributes:
        image (ImageView): An image with its processing state and results.
        original (OriginalView): A URL that downloads the original; it needs no token, and is valid until `expires_at`.
    """

    image: ImageView
    original: OriginalView
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.image_view import ImageView  # noqa: PLC0415
        from ..models.original_view import OriginalView  # noqa: PLC0415

        image = self.image.to_dict()

        original = self.original.to_dict()

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "image": image,
                "original": original,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.image_view import ImageView  # noqa: PLC0415
        from ..models.original_view import OriginalView  # noqa: PLC0415

        d = dict(src_dict)
        image = ImageView.from_dict(d.pop("image"))

        original = OriginalView.from_dict(d.pop("original"))

        exported_image = cls(
            image=image,
            original=original,
        )

        exported_image.additional_properties = d
        return exported_image

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
