from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

from typing import cast

if TYPE_CHECKING:
    from ..models.batch_changes import BatchChanges


T = TypeVar("T", bound="UpdateBatch")


@_attrs_define
class UpdateBatch:
    """Images to update, and what to change of each of them.

    Attributes:
        ids (list[str]):
        changes (BatchChanges): The fields to change of each image, at least one. A field that is left out stays.

            Null removes a text or a correction.
    """

    ids: list[str]
    changes: BatchChanges

    def to_dict(self) -> dict[str, Any]:
        from ..models.batch_changes import BatchChanges  # noqa: PLC0415

        ids = self.ids

        changes = self.changes.to_dict()

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "ids": ids,
                "changes": changes,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.batch_changes import BatchChanges  # noqa: PLC0415

        d = dict(src_dict)
        ids = cast(list[str], d.pop("ids"))

        changes = BatchChanges.from_dict(d.pop("changes"))

        update_batch = cls(
            ids=ids,
            changes=changes,
        )

        return update_batch
