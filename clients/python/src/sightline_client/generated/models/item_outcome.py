from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

from ..types import UNSET, Unset
from typing import cast

if TYPE_CHECKING:
    from ..models.problem_body import ProblemBody


T = TypeVar("T", bound="ItemOutcome")


@_attrs_define
class ItemOutcome:
    """The outcome for the item with this id: 204, or a problem.

    Attributes:
        status (int): The status of that request.
        id (str):
        problem (None | ProblemBody | Unset): Why it failed; null on success.
    """

    status: int
    id: str
    problem: None | ProblemBody | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.problem_body import ProblemBody  # noqa: PLC0415

        status = self.status

        id = self.id

        problem: dict[str, Any] | None | Unset
        if isinstance(self.problem, Unset):
            problem = UNSET
        elif isinstance(self.problem, ProblemBody):
            problem = self.problem.to_dict()
        else:
            problem = self.problem

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "status": status,
                "id": id,
            }
        )
        if problem is not UNSET:
            field_dict["problem"] = problem

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.problem_body import ProblemBody  # noqa: PLC0415

        d = dict(src_dict)
        status = d.pop("status")

        id = d.pop("id")

        def _parse_problem(data: object) -> None | ProblemBody | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                problem_type_0 = ProblemBody.from_dict(data)

                return problem_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | ProblemBody | Unset, data)

        problem = _parse_problem(d.pop("problem", UNSET))

        item_outcome = cls(
            status=status,
            id=id,
            problem=problem,
        )

        item_outcome.additional_properties = d
        return item_outcome

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
