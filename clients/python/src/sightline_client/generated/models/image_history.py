from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

from typing import cast

if TYPE_CHECKING:
    from ..models.history_entry import HistoryEntry


T = TypeVar("T", bound="ImageHistory")


@_attrs_define
class ImageHistory:
    """The stages of an image, in the order in which they started; of each part the last work.

    Attributes:
        trace_id (None | str): ID of the trace in which the image was created, if traces were on.
        trace_url (None | str): URL of the page of this trace, where the operator configured one and the trace was
            recorded.
        items (list[HistoryEntry]):
    """

    trace_id: None | str
    trace_url: None | str
    items: list[HistoryEntry]
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.history_entry import HistoryEntry  # noqa: PLC0415

        trace_id: None | str
        trace_id = self.trace_id

        trace_url: None | str
        trace_url = self.trace_url

        items = []
        for items_item_data in self.items:
            items_item = items_item_data.to_dict()
            items.append(items_item)

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "trace_id": trace_id,
                "trace_url": trace_url,
                "items": items,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.history_entry import HistoryEntry  # noqa: PLC0415

        d = dict(src_dict)

        def _parse_trace_id(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        trace_id = _parse_trace_id(d.pop("trace_id"))

        def _parse_trace_url(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        trace_url = _parse_trace_url(d.pop("trace_url"))

        items = []
        _items = d.pop("items")
        for items_item_data in _items:
            items_item = HistoryEntry.from_dict(items_item_data)

            items.append(items_item)

        image_history = cls(
            trace_id=trace_id,
            trace_url=trace_url,
            items=items,
        )

        image_history.additional_properties = d
        return image_history

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
