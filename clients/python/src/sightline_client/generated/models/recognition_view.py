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
    from ..models.detected_face import DetectedFace
    from ..models.detected_label import DetectedLabel
    from ..models.detected_text import DetectedText
    from ..models.failure_view import FailureView
    from ..models.image_properties import ImageProperties
    from ..models.moderation_label import ModerationLabel
    from ..models.recognition_profile import RecognitionProfile
    from ..models.recognition_view_models import RecognitionViewModels


T = TypeVar("T", bound="RecognitionView")


@_attrs_define
class RecognitionView:
    """The recognition result. Boxes are fractions of the width and height of the renditions.

    They follow the rotation of the renditions. A feature that was not requested is null.

        Attributes:
            state (PartState): The state of one part of an image.
            started_at (datetime.datetime | None):
            finished_at (datetime.datetime | None):
            failure (FailureView | None):
            profile (None | RecognitionProfile): The requested features, and which results are kept.
            models (RecognitionViewModels): Model version by feature; an emulator reports its own name.
            labels (list[DetectedLabel] | None):
            properties (ImageProperties | None):
            text (list[DetectedText] | None):
            faces (list[DetectedFace] | None):
            moderation (list[ModerationLabel] | None):
    """

    state: PartState
    started_at: datetime.datetime | None
    finished_at: datetime.datetime | None
    failure: FailureView | None
    profile: None | RecognitionProfile
    models: RecognitionViewModels
    labels: list[DetectedLabel] | None
    properties: ImageProperties | None
    text: list[DetectedText] | None
    faces: list[DetectedFace] | None
    moderation: list[ModerationLabel] | None
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.detected_face import DetectedFace  # noqa: PLC0415
        from ..models.detected_label import DetectedLabel  # noqa: PLC0415
        from ..models.detected_text import DetectedText  # noqa: PLC0415
        from ..models.failure_view import FailureView  # noqa: PLC0415
        from ..models.image_properties import ImageProperties  # noqa: PLC0415
        from ..models.moderation_label import ModerationLabel  # noqa: PLC0415
        from ..models.recognition_profile import RecognitionProfile  # noqa: PLC0415
        from ..models.recognition_view_models import RecognitionViewModels  # noqa: PLC0415

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

        profile: dict[str, Any] | None
        if isinstance(self.profile, RecognitionProfile):
            profile = self.profile.to_dict()
        else:
            profile = self.profile

        models = self.models.to_dict()

        labels: list[dict[str, Any]] | None
        if isinstance(self.labels, list):
            labels = []
            for labels_type_0_item_data in self.labels:
                labels_type_0_item = labels_type_0_item_data.to_dict()
                labels.append(labels_type_0_item)

        else:
            labels = self.labels

        properties: dict[str, Any] | None
        if isinstance(self.properties, ImageProperties):
            properties = self.properties.to_dict()
        else:
            properties = self.properties

        text: list[dict[str, Any]] | None
        if isinstance(self.text, list):
            text = []
            for text_type_0_item_data in self.text:
                text_type_0_item = text_type_0_item_data.to_dict()
                text.append(text_type_0_item)

        else:
            text = self.text

        faces: list[dict[str, Any]] | None
        if isinstance(self.faces, list):
            faces = []
            for faces_type_0_item_data in self.faces:
                faces_type_0_item = faces_type_0_item_data.to_dict()
                faces.append(faces_type_0_item)

        else:
            faces = self.faces

        moderation: list[dict[str, Any]] | None
        if isinstance(self.moderation, list):
            moderation = []
            for moderation_type_0_item_data in self.moderation:
                moderation_type_0_item = moderation_type_0_item_data.to_dict()
                moderation.append(moderation_type_0_item)

        else:
            moderation = self.moderation

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "state": state,
                "started_at": started_at,
                "finished_at": finished_at,
                "failure": failure,
                "profile": profile,
                "models": models,
                "labels": labels,
                "properties": properties,
                "text": text,
                "faces": faces,
                "moderation": moderation,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.detected_face import DetectedFace  # noqa: PLC0415
        from ..models.detected_label import DetectedLabel  # noqa: PLC0415
        from ..models.detected_text import DetectedText  # noqa: PLC0415
        from ..models.failure_view import FailureView  # noqa: PLC0415
        from ..models.image_properties import ImageProperties  # noqa: PLC0415
        from ..models.moderation_label import ModerationLabel  # noqa: PLC0415
        from ..models.recognition_profile import RecognitionProfile  # noqa: PLC0415
        from ..models.recognition_view_models import RecognitionViewModels  # noqa: PLC0415

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

        def _parse_profile(data: object) -> None | RecognitionProfile:
            if data is None:
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                profile_type_0 = RecognitionProfile.from_dict(data)

                return profile_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | RecognitionProfile, data)

        profile = _parse_profile(d.pop("profile"))

        models = RecognitionViewModels.from_dict(d.pop("models"))

        def _parse_labels(data: object) -> list[DetectedLabel] | None:
            if data is None:
                return data
            try:
                if not isinstance(data, list):
                    raise TypeError()
                labels_type_0 = []
                _labels_type_0 = data
                for labels_type_0_item_data in _labels_type_0:
                    labels_type_0_item = DetectedLabel.from_dict(labels_type_0_item_data)

                    labels_type_0.append(labels_type_0_item)

                return labels_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(list[DetectedLabel] | None, data)

        labels = _parse_labels(d.pop("labels"))

        def _parse_properties(data: object) -> ImageProperties | None:
            if data is None:
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                properties_type_0 = ImageProperties.from_dict(data)

                return properties_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(ImageProperties | None, data)

        properties = _parse_properties(d.pop("properties"))

        def _parse_text(data: object) -> list[DetectedText] | None:
            if data is None:
                return data
            try:
                if not isinstance(data, list):
                    raise TypeError()
                text_type_0 = []
                _text_type_0 = data
                for text_type_0_item_data in _text_type_0:
                    text_type_0_item = DetectedText.from_dict(text_type_0_item_data)

                    text_type_0.append(text_type_0_item)

                return text_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(list[DetectedText] | None, data)

        text = _parse_text(d.pop("text"))

        def _parse_faces(data: object) -> list[DetectedFace] | None:
            if data is None:
                return data
            try:
                if not isinstance(data, list):
                    raise TypeError()
                faces_type_0 = []
                _faces_type_0 = data
                for faces_type_0_item_data in _faces_type_0:
                    faces_type_0_item = DetectedFace.from_dict(faces_type_0_item_data)

                    faces_type_0.append(faces_type_0_item)

                return faces_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(list[DetectedFace] | None, data)

        faces = _parse_faces(d.pop("faces"))

        def _parse_moderation(data: object) -> list[ModerationLabel] | None:
            if data is None:
                return data
            try:
                if not isinstance(data, list):
                    raise TypeError()
                moderation_type_0 = []
                _moderation_type_0 = data
                for moderation_type_0_item_data in _moderation_type_0:
                    moderation_type_0_item = ModerationLabel.from_dict(moderation_type_0_item_data)

                    moderation_type_0.append(moderation_type_0_item)

                return moderation_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(list[ModerationLabel] | None, data)

        moderation = _parse_moderation(d.pop("moderation"))

        recognition_view = cls(
            state=state,
            started_at=started_at,
            finished_at=finished_at,
            failure=failure,
            profile=profile,
            models=models,
            labels=labels,
            properties=properties,
            text=text,
            faces=faces,
            moderation=moderation,
        )

        recognition_view.additional_properties = d
        return recognition_view

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
