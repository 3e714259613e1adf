from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

from ..models.part_state import PartState
from typing import cast
import datetime

if TYPE_CHECKING:
    from ..models.failure_view import FailureView
    from ..models.rendition_view import RenditionView


T = TypeVar("T", bound="RenditionsView")


@_attrs_define
class RenditionsView:
    """The renditions of an image.

    Attributes:
        state (PartState): The state of one part of an image.
        started_at (datetime.datetime | None):
        finished_at (datetime.datetime | None):
        failure (FailureView | None):
        items (list[RenditionView]):
        rotation (int): Degrees clockwise that they are rotated by: those of the image, once a change of it is
            processed.
    """

    state: PartState
    started_at: datetime.datetime | None
    finished_at: datetime.datetime | None
    failure: FailureView | None
    items: list[RenditionView]
    rotation: int
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.failure_view import FailureView  # noqa: PLC0415
        from ..models.rendition_view import RenditionView  # noqa: PLC0415

        state = self.state.value

        started_at: None | str
        if isinstance(self.started_at, datetime.datetime):
            started_at = self.started_at.isoformat()
        else:
            started_at = self.started_at

        finished_at: None | str
        if isinstance(self.finished_at, datetime.datetime):
            finished_at = self.finished_at.isoformat()
        else:
            finished_at = self.finished_at

        failure: dict[str, Any] | None
        if isinstance(self.failure, FailureView):
            failure = self.failure.to_dict()
        else:
            failure = self.failure

        items = []
        for items_item_data in self.items:
            items_item = items_item_data.to_dict()
            items.append(items_item)

        rotation = self.rotation

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "state": state,
                "started_at": started_at,
                "finished_at": finished_at,
                "failure": failure,
                "items": items,
                "rotation": rotation,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.failure_view import FailureView  # noqa: PLC0415
        from ..models.rendition_view import RenditionView  # noqa: PLC0415

        d = dict(src_dict)
        state = PartState(d.pop("state"))

        def _parse_started_at(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                started_at_type_0 = datetime.datetime.fromisoformat(data)

                return started_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        started_at = _parse_started_at(d.pop("started_at"))

        def _parse_finished_at(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                finished_at_type_0 = datetime.datetime.fromisoformat(data)

                return finished_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        finished_at = _parse_finished_at(d.pop("finished_at"))

        def _parse_failure(data: object) -> FailureView | None:
            if data is None:
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                failure_type_0 = FailureView.from_dict(data)

                return failure_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(FailureView | None, data)

        failure = _parse_failure(d.pop("failure"))

        items = []
        _items = d.pop("items")
        for items_item_data in _items:
            items_item = RenditionView.from_dict(items_item_data)

            items.append(items_item)

        rotation = d.pop("rotation")

        renditions_view = cls(
            state=state,
            started_at=started_at,
            finished_at=finished_at,
            failure=failure,
            items=items,
            rotation=rotation,
        )

        renditions_view.additional_properties = d
        return renditions_view

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
