from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

from typing import cast

if TYPE_CHECKING:
    from ..models.image_summary import ImageSummary


T = TypeVar("T", bound="Duplicate")


@_attrs_define
class Duplicate:
    """An image of the same scene; `distance` is 0 for images that look the same.

    Attributes:
        image (ImageSummary): An image in a list; `GET /v1/images/{image_id}` returns all of it.
        distance (int): Bits in which the perceptual hashes differ.
    """

    image: ImageSummary
    distance: int
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.image_summary import ImageSummary  # noqa: PLC0415

        image = self.image.to_dict()

        distance = self.distance

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "image": image,
                "distance": distance,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.image_summary import ImageSummary  # noqa: PLC0415

        d = dict(src_dict)
        image = ImageSummary.from_dict(d.pop("image"))

        distance = d.pop("distance")

        duplicate = cls(
            image=image,
            distance=distance,
        )

        duplicate.additional_properties = d
        return duplicate

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
