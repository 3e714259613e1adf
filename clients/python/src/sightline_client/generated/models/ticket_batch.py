from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

from typing import cast

if TYPE_CHECKING:
    from ..models.ticket_request import TicketRequest


T = TypeVar("T", bound="TicketBatch")


@_attrs_define
class TicketBatch:
    """Pictures that a client is about to upload.

    Attributes:
        images (list[TicketRequest]):
    """

    images: list[TicketRequest]

    def to_dict(self) -> dict[str, Any]:
        from ..models.ticket_request import TicketRequest  # noqa: PLC0415

        images = []
        for images_item_data in self.images:
            images_item = images_item_data.to_dict()
            images.append(images_item)

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "images": images,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.ticket_request import TicketRequest  # noqa: PLC0415

        d = dict(src_dict)
        images = []
        _images = d.pop("images")
        for images_item_data in _images:
            images_item = TicketRequest.from_dict(images_item_data)

            images.append(images_item)

        ticket_batch = cls(
            images=images,
        )

        return ticket_batch
