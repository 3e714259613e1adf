from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

from typing import cast
import datetime

if TYPE_CHECKING:
    from ..models.image_summary import ImageSummary


T = TypeVar("T", bound="TrashedImage")


@_attrs_define
class TrashedImage:
    """An image in the trash.

    Attributes:
        image (ImageSummary): An image in a list; `GET /v1/images/{image_id}` returns all of it.
        trashed_at (datetime.datetime):
        purged_at (datetime.datetime): The image is deleted for good soon after this time.
    """

    image: ImageSummary
    trashed_at: datetime.datetime
    purged_at: datetime.datetime
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.image_summary import ImageSummary  # noqa: PLC0415

        image = self.image.to_dict()

        trashed_at = self.trashed_at.isoformat()

        purged_at = self.purged_at.isoformat()

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "image": image,
                "trashed_at": trashed_at,
                "purged_at": purged_at,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.image_summary import ImageSummary  # noqa: PLC0415

        d = dict(src_dict)
        image = ImageSummary.from_dict(d.pop("image"))

        trashed_at = datetime.datetime.fromisoformat(d.pop("trashed_at"))

        purged_at = datetime.datetime.fromisoformat(d.pop("purged_at"))

        trashed_image = cls(
            image=image,
            trashed_at=trashed_at,
            purged_at=purged_at,
        )

        trashed_image.additional_properties = d
        return trashed_image

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
