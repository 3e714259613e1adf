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
from sightline_local.recognition.faces import FaceDetector, build_faces_response
from sightline_local.recognition.image_loading import DecodedImage, load_image
from sightline_local.recognition.image_properties import Measurements, describe_properties
from sightline_local.recognition.labels import (
    computed_labels,
    describe_label,
    filter_labels,
    object_labels,
)
from sightline_local.recognition.moderation import Moderator, build_moderation_response
from sightline_local.recognition.objects import ObjectDetector
from sightline_local.recognition.requests import (
    DetectFacesRequest,
    DetectLabelsRequest,
    DetectModerationLabelsRequest,
    DetectTextRequest,
    Request,
)
from sightline_local.recognition.text import QUICK_READ_SIDE, TextReader, build_text_response

#: What precedes the engine's name wherever an answer has a model's version.
VERSION = "sightline-local-1"

Response = dict[str, Any]


class Operation(NamedTuple):
    """`check` looks at the request alone, before a picture is fetched for it."""

    request: type[Request]
    answer: Callable[[Any, bytes], Response]
    check: Callable[[Any], None] = lambda _: None


@dataclass(frozen=True, slots=True)
class Recognizer:
    """Looks at pictures with whatever models there are."""

    reader: TextReader
    objects: ObjectDetector
    faces: FaceDetector
    moderator: Moderator
    #: Whether a model for moderation has been fetched in part.
    is_moderation_model_incomplete: Callable[[], bool] = lambda: False

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

    def _labels(self, request: DetectLabelsRequest, body: bytes) -> Response:
        image = load_image(body)
        measurements = Measurements(image)
        found = self.objects.detect(image)
        limit = request.Settings.ImageProperties.MaxDominantColors
        properties = request.includes("IMAGE_PROPERTIES")
        answer: Response = {
            "Labels": [],
            "LabelModelVersion": f"{VERSION}/{self.objects.version}",
        }
        if request.includes("GENERAL_LABELS"):
            labels = object_labels(found) + self._computed(image, measurements)
            chosen = filter_labels(
                labels, request.MaxLabels, request.MinConfidence, request.Settings.GeneralLabels
            )
            colors = limit if properties else None
            answer["Labels"] = [describe_label(each, measurements, colors) for each in chosen]
        if properties:
            boxes = [instance.box for _, instance in found if instance.confidence >= 50]
            answer["ImageProperties"] = describe_properties(measurements, boxes, limit)
        return answer

    def _computed(self, image: DecodedImage, measurements: Measurements) -> list[Any]:
        return computed_labels(image, measurements, self.reader.read(image, QUICK_READ_SIDE))

    def _text(self, request: DetectTextRequest, body: bytes) -> Response:
        return build_text_response(self.reader.read(load_image(body)), request.Filters)

    def _faces(self, request: DetectFacesRequest, body: bytes) -> Response:
        image = load_image(body)
        return build_faces_response(image, self.faces.detect(image))

    def _check_moderation(self, request: DetectModerationLabelsRequest) -> None:
        if request.HumanLoopConfig is not None:
            raise HumanLoopQuotaExceeded("There is nobody here to review a picture.")
        if request.ProjectVersion is not None:
            raise ResourceNotFound("There are no models of one's own here.")
        if self.is_moderation_model_incomplete():
            raise ResourceNotReady("The model for moderation has not been fetched completely yet.")

    def _moderation(self, request: DetectModerationLabelsRequest, body: bytes) -> Response:
        confidence = self.moderator.score_unsafe(load_image(body))
        return build_moderation_response(confidence, self.moderator.version, request.MinConfidence)
