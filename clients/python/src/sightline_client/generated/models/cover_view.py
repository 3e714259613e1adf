from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

from typing import cast

if TYPE_CHECKING:
    from ..models.rendition_view import RenditionView


T = TypeVar("T", bound="CoverView")


@_attrs_define
class CoverView:
    """The picture that stands for an album.

    Attributes:
        image_id (str):
        placeholder (None | str):
        renditions (list[RenditionView]):
    """

    image_id: str
    placeholder: None | str
    renditions: list[RenditionView]
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.rendition_view import RenditionView  # noqa: PLC0415

        image_id = self.image_id

        placeholder: None | str
        placeholder = self.placeholder

        renditions = []
        for renditions_item_data in self.renditions:
            renditions_item = renditions_item_data.to_dict()
            renditions.append(renditions_item)

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "image_id": image_id,
                "placeholder": placeholder,
                "renditions": renditions,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.rendition_view import RenditionView  # noqa: PLC0415

        d = dict(src_dict)
        image_id = d.pop("image_id")

        def _parse_placeholder(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        placeholder = _parse_placeholder(d.pop("placeholder"))

        renditions = []
        _renditions = d.pop("renditions")
        for renditions_item_data in _renditions:
            renditions_item = RenditionView.from_dict(renditions_item_data)

            renditions.append(renditions_item)

        cover_view = cls(
            image_id=image_id,
            placeholder=placeholder,
            renditions=renditions,
        )

        cover_view.additional_properties = d
        return cover_view

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
