"""The four operations: from a request and a picture's bytes to Rekognition's answer.

All of it is work for a thread of its own: nothing here waits for anything but the processor.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from sightline_local.recognition.errors import (
    HumanLoopQuotaExceeded,
    ResourceNotFound,
    ResourceNotReady,
)
from sightline_local.recognition.faces import FaceDetector, answer_faces
from sightline_local.recognition.image_loading import Picture, load_picture
from sightline_local.recognition.image_properties import Measures, describe_properties
from sightline_local.recognition.labels import (
    choose_labels,
    computed_labels,
    describe_label,
    object_labels,
)
from sightline_local.recognition.moderation import Moderator, answer_moderation
from sightline_local.recognition.objects import ObjectDetector
from sightline_local.recognition.requests import (
    DetectFacesRequest,
    DetectLabelsRequest,
    DetectModerationLabelsRequest,
    DetectTextRequest,
    Request,
)
from sightline_local.recognition.text import GLANCE, TextReader, answer_text

#: What precedes the engine's name wherever an answer has a model's version.
VERSION = "sightline-local-1"

Answer = dict[str, Any]


class Operation(NamedTuple):
    """`check` looks at the request alone, before a picture is fetched for it."""

    request: type[Request]
    answer: Callable[[Any, bytes], Answer]
    check: Callable[[Any], None] = lambda _: None


@dataclass(frozen=True, slots=True)
class Recognizer:
    """Looks at pictures with whatever models there are."""

    reader: TextReader
    objects: ObjectDetector
    faces: FaceDetector
    moderator: Moderator
    #: Whether a model for moderation has been fetched in part.
    moderator_is_coming: Callable[[], bool] = lambda: False

    @property
    def operations(self) -> Mapping[str, Operation]:
        """By the names that clients call them by."""
        return {
            "DetectLabels": Operation(DetectLabelsRequest, self._labels),
            "DetectText": Operation(DetectTextRequest, self._text),
            "DetectFaces": Operation(DetectFacesRequest, self._faces),
            "DetectModerationLabels": Operation(
                DetectModerationLabelsRequest, self._moderation, self._check_moderation
            ),
        }

    def _labels(self, request: DetectLabelsRequest, body: bytes) -> Answer:
        picture = load_picture(body)
        measures = Measures(picture)
        found = self.objects.detect(picture)
        limit = request.Settings.ImageProperties.MaxDominantColors
        properties = request.wants("IMAGE_PROPERTIES")
        answer: Answer = {
            "Labels": [],
            "LabelModelVersion": f"{VERSION}/{self.objects.version}",
        }
        if request.wants("GENERAL_LABELS"):
            labels = object_labels(found) + self._computed(picture, measures)
            chosen = choose_labels(
                labels, request.MaxLabels, request.MinConfidence, request.Settings.GeneralLabels
            )
            colors = limit if properties else None
            answer["Labels"] = [describe_label(each, measures, colors) for each in chosen]
        if properties:
            boxes = [instance.box for _, instance in found if instance.confidence >= 50]
            answer["ImageProperties"] = describe_properties(measures, boxes, limit)
        return answer

    def _computed(self, picture: Picture, measures: Measures) -> list[Any]:
        return computed_labels(picture, measures, self.reader.read(picture, GLANCE))

    def _text(self, request: DetectTextRequest, body: bytes) -> Answer:
        return answer_text(self.reader.read(load_picture(body)), request.Filters)

    def _faces(self, request: DetectFacesRequest, body: bytes) -> Answer:
        picture = load_picture(body)
        return answer_faces(picture, self.faces.detect(picture))

    def _check_moderation(self, request: DetectModerationLabelsRequest) -> None:
        if request.HumanLoopConfig is not None:
            raise HumanLoopQuotaExceeded("There is nobody here to review a picture.")
        if request.ProjectVersion is not None:
            raise ResourceNotFound("There are no models of one's own here.")
        if self.moderator_is_coming():
            raise ResourceNotReady("The model for moderation has not been fetched completely yet.")

    def _moderation(self, request: DetectModerationLabelsRequest, body: bytes) -> Answer:
        confidence = self.moderator.judge(load_picture(body))
        return answer_moderation(confidence, self.moderator.version, request.MinConfidence)
