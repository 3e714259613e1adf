from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

from ..types import UNSET, Unset
from typing import cast

if TYPE_CHECKING:
    from ..models.bounding_box import BoundingBox
    from ..models.polygon_point import PolygonPoint


T = TypeVar("T", bound="DetectedText")


@_attrs_define
class DetectedText:
    """A line of text, or a word of it; `line` is the number of the line, from 0.

    Attributes:
        text (str):
        confidence (float):
        is_line (bool):
        line (int):
        box (BoundingBox): The box around an object, a text or a face.
        polygon (list[PolygonPoint] | Unset):
    """

    text: str
    confidence: float
    is_line: bool
    line: int
    box: BoundingBox
    polygon: list[PolygonPoint] | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.bounding_box import BoundingBox  # noqa: PLC0415
        from ..models.polygon_point import PolygonPoint  # noqa: PLC0415

        text = self.text

        confidence = self.confidence

        is_line = self.is_line

        line = self.line

        box = self.box.to_dict()

        polygon: list[dict[str, Any]] | Unset = UNSET
        if not isinstance(self.polygon, Unset):
            polygon = []
            for polygon_item_data in self.polygon:
                polygon_item = polygon_item_data.to_dict()
                polygon.append(polygon_item)

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "text": text,
                "confidence": confidence,
                "is_line": is_line,
                "line": line,
                "box": box,
            }
        )
        if polygon is not UNSET:
            field_dict["polygon"] = polygon

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.bounding_box import BoundingBox  # noqa: PLC0415
        from ..models.polygon_point import PolygonPoint  # noqa: PLC0415

        d = dict(src_dict)
        text = d.pop("text")

        confidence = d.pop("confidence")

        is_line = d.pop("is_line")

        line = d.pop("line")

        box = BoundingBox.from_dict(d.pop("box"))

        _polygon = d.pop("polygon", UNSET)
        polygon: list[PolygonPoint] | Unset = UNSET
        if _polygon is not UNSET:
            polygon = []
            for polygon_item_data in _polygon:
                polygon_item = PolygonPoint.from_dict(polygon_item_data)

                polygon.append(polygon_item)

        detected_text = cls(
            text=text,
            confidence=confidence,
            is_line=is_line,
            line=line,
            box=box,
            polygon=polygon,
        )

        detected_text.additional_properties = d
        return detected_text

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
