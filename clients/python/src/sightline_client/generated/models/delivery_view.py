from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

from ..models.delivery_state import DeliveryState
from typing import cast
import datetime


T = TypeVar("T", bound="DeliveryView")


@_attrs_define
class DeliveryView:
    """A message to an endpoint, and how its attempts ended.

    Attributes:
        id (str): The id of an delivery: a UUID of version 7. Ids sort by creation time.
        event (str): The type of the message.
        subject_id (str): The image or album of the message.
        state (DeliveryState): The state of a delivery.
        attempts (int):
        status (int | None): HTTP status of the last attempt; null without one.
        error (None | str): Why the last attempt failed: `status`, `timeout`, `connection_failed`, `host_not_found`,
            `tls_failed`, `forbidden_address`, `forbidden_url`, `invalid_response`; or `paused`.
        attempted_at (datetime.datetime | None):
        next_attempt_at (datetime.datetime | None):
        created_at (datetime.datetime):
        payload (str): The body of the message, as JSON text.
    """

    id: str
    event: str
    subject_id: str
    state: DeliveryState
    attempts: int
    status: int | None
    error: None | str
    attempted_at: datetime.datetime | None
    next_attempt_at: datetime.datetime | None
    created_at: datetime.datetime
    payload: str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        id = self.id

        event = self.event

        subject_id = self.subject_id

        state = self.state.value

        attempts = self.attempts

        status: int | None
        status = self.status

        error: None | str
        error = self.error

        attempted_at: None | str
        if isinstance(self.attempted_at, datetime.datetime):
            attempted_at = self.attempted_at.isoformat()
        else:
            attempted_at = self.attempted_at

        next_attempt_at: None | str
        if isinstance(self.next_attempt_at, datetime.datetime):
            next_attempt_at = self.next_attempt_at.isoformat()
        else:
            next_attempt_at = self.next_attempt_at

        created_at = self.created_at.isoformat()

        payload = self.payload

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "id": id,
                "event": event,
                "subject_id": subject_id,
                "state": state,
                "attempts": attempts,
                "status": status,
                "error": error,
                "attempted_at": attempted_at,
                "next_attempt_at": next_attempt_at,
                "created_at": created_at,
                "payload": payload,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        id = d.pop("id")

        event = d.pop("event")

        subject_id = d.pop("subject_id")

        state = DeliveryState(d.pop("state"))

        attempts = d.pop("attempts")

        def _parse_status(data: object) -> int | None:
            if data is None:
                return data
            return cast(int | None, data)

        status = _parse_status(d.pop("status"))

        def _parse_error(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        error = _parse_error(d.pop("error"))

        def _parse_attempted_at(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                attempted_at_type_0 = datetime.datetime.fromisoformat(data)

                return attempted_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        attempted_at = _parse_attempted_at(d.pop("attempted_at"))

        def _parse_next_attempt_at(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                next_attempt_at_type_0 = datetime.datetime.fromisoformat(data)

                return next_attempt_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        next_attempt_at = _parse_next_attempt_at(d.pop("next_attempt_at"))

        created_at = datetime.datetime.fromisoformat(d.pop("created_at"))

        payload = d.pop("payload")

        delivery_view = cls(
            id=id,
            event=event,
            subject_id=subject_id,
            state=state,
            attempts=attempts,
            status=status,
            error=error,
            attempted_at=attempted_at,
            next_attempt_at=next_attempt_at,
            created_at=created_at,
            payload=payload,
        )

        delivery_view.additional_properties = d
        return delivery_view

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
