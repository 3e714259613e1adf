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
    from ..models.detected_face_emotions import DetectedFaceEmotions
    from ..models.detected_face_traits import DetectedFaceTraits


T = TypeVar("T", bound="DetectedFace")


@_attrs_define
class DetectedFace:
    """A face with its attributes; `traits` have the names that Rekognition uses.

    Attributes:
        box (BoundingBox): The box around an object, a text or a face.
        confidence (float):
        youngest (int | None | Unset):
        oldest (int | None | Unset):
        emotions (DetectedFaceEmotions | Unset):
        traits (DetectedFaceTraits | Unset):
    """

    box: BoundingBox
    confidence: float
    youngest: int | None | Unset = UNSET
    oldest: int | None | Unset = UNSET
    emotions: DetectedFaceEmotions | Unset = UNSET
    traits: DetectedFaceTraits | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.bounding_box import BoundingBox  # noqa: PLC0415
        from ..models.detected_face_emotions import DetectedFaceEmotions  # noqa: PLC0415
        from ..models.detected_face_traits import DetectedFaceTraits  # noqa: PLC0415

        box = self.box.to_dict()

        confidence = self.confidence

        youngest: int | None | Unset
        if isinstance(self.youngest, Unset):
            youngest = UNSET
        else:
            youngest = self.youngest

        oldest: int | None | Unset
        if isinstance(self.oldest, Unset):
            oldest = UNSET
        else:
            oldest = self.oldest

        emotions: dict[str, Any] | Unset = UNSET
        if not isinstance(self.emotions, Unset):
            emotions = self.emotions.to_dict()

        traits: dict[str, Any] | Unset = UNSET
        if not isinstance(self.traits, Unset):
            traits = self.traits.to_dict()

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "box": box,
                "confidence": confidence,
            }
        )
        if youngest is not UNSET:
            field_dict["youngest"] = youngest
        if oldest is not UNSET:
            field_dict["oldest"] = oldest
        if emotions is not UNSET:
            field_dict["emotions"] = emotions
        if traits is not UNSET:
            field_dict["traits"] = traits

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.bounding_box import BoundingBox  # noqa: PLC0415
        from ..models.detected_face_emotions import DetectedFaceEmotions  # noqa: PLC0415
        from ..models.detected_face_traits import DetectedFaceTraits  # noqa: PLC0415

        d = dict(src_dict)
        box = BoundingBox.from_dict(d.pop("box"))

        confidence = d.pop("confidence")

        def _parse_youngest(data: object) -> int | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(int | None | Unset, data)

        youngest = _parse_youngest(d.pop("youngest", UNSET))

        def _parse_oldest(data: object) -> int | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(int | None | Unset, data)

        oldest = _parse_oldest(d.pop("oldest", UNSET))

        _emotions = d.pop("emotions", UNSET)
        emotions: DetectedFaceEmotions | Unset
        if isinstance(_emotions, Unset):
            emotions = UNSET
        else:
            emotions = DetectedFaceEmotions.from_dict(_emotions)

        _traits = d.pop("traits", UNSET)
        traits: DetectedFaceTraits | Unset
        if isinstance(_traits, Unset):
            traits = UNSET
        else:
            traits = DetectedFaceTraits.from_dict(_traits)

        detected_face = cls(
            box=box,
            confidence=confidence,
            youngest=youngest,
            oldest=oldest,
            emotions=emotions,
            traits=traits,
        )

        detected_face.additional_properties = d
        return detected_face

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
