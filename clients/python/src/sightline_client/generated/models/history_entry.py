from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

from ..models.history_entry_outcome import HistoryEntryOutcome
from ..models.history_entry_part import HistoryEntryPart
from ..models.history_entry_stage import HistoryEntryStage
from typing import cast
import datetime


T = TypeVar("T", bound="HistoryEntry")


@_attrs_define
class HistoryEntry:
    """A stage in the processing of an image.

    Attributes:
        stage (HistoryEntryStage): `upload`: until S3 reported the upload. `queue`: until a service was free, or until
            the next attempt. `work`: one attempt of a service.
        part (HistoryEntryPart): The part of the image; `original` for the upload.
        started_at (datetime.datetime):
        finished_at (datetime.datetime | None): Null if it is running or unknown.
        milliseconds (int | None):
        outcome (HistoryEntryOutcome):
        reason (None | str): Why an attempt was `retried` (`timeout`, `superseded`, `interrupted` or `temporary_error`)
            or `failed` (the code of the failure).
    """

    stage: HistoryEntryStage
    part: HistoryEntryPart
    started_at: datetime.datetime
    finished_at: datetime.datetime | None
    milliseconds: int | None
    outcome: HistoryEntryOutcome
    reason: None | str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        stage = self.stage.value

        part = self.part.value

        started_at = self.started_at.isoformat()

        finished_at: None | str
        if isinstance(self.finished_at, datetime.datetime):
            finished_at = self.finished_at.isoformat()
        else:
            finished_at = self.finished_at

        milliseconds: int | None
        milliseconds = self.milliseconds

        outcome = self.outcome.value

        reason: None | str
        reason = self.reason

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "stage": stage,
                "part": part,
                "started_at": started_at,
                "finished_at": finished_at,
                "milliseconds": milliseconds,
                "outcome": outcome,
                "reason": reason,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        stage = HistoryEntryStage(d.pop("stage"))

        part = HistoryEntryPart(d.pop("part"))

        started_at = datetime.datetime.fromisoformat(d.pop("started_at"))

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

        def _parse_milliseconds(data: object) -> int | None:
            if data is None:
                return data
            return cast(int | None, data)

        milliseconds = _parse_milliseconds(d.pop("milliseconds"))

        outcome = HistoryEntryOutcome(d.pop("outcome"))

        def _parse_reason(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        reason = _parse_reason(d.pop("reason"))

        history_entry = cls(
            stage=stage,
            part=part,
            started_at=started_at,
            finished_at=finished_at,
            milliseconds=milliseconds,
            outcome=outcome,
            reason=reason,
        )

        history_entry.additional_properties = d
        return history_entry

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
