"""The four operations, from a request and image bytes to Rekognition's response.

They are CPU-bound and run on a worker thread.
"""

import base64
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from sightline_local.recognition.errors import (
    HumanLoopQuotaExceeded,
    ResourceNotFound,
    ResourceNotReady,
)
from sightline_local.recognition.faces import (
    SURE_CONFIDENCE,
    FaceDetector,
    build_faces_response,
    confirm_faces,
)
from sightline_local.recognition.geometry import Box
from sightline_local.recognition.image_loading import DecodedImage, ImageCache
from sightline_local.recognition.image_properties import Measurements, describe_properties, measure
from sightline_local.recognition.labels import (
    Label,
    computed_labels,
    content_labels,
    describe_label,
    filter_labels,
    merge_labels,
    object_labels,
)
from sightline_local.recognition.moderation import Moderator, build_moderation_response
from sightline_local.recognition.objects import Detections, ObjectDetector
from sightline_local.recognition.requests import (
    DetectFacesRequest,
    DetectLabelsRequest,
    DetectModerationLabelsRequest,
    DetectTextRequest,
    Request,
)
from sightline_local.recognition.tags import Tagger, Tags
from sightline_local.recognition.text import TextReader, build_text_response

#: Prefix of every model version in a response.
VERSION = "sightline-local-1"

#: Member of a DetectLabels response that Rekognition does not have: the vector, base64.
VECTOR_MEMBER = "ImageVector"

Response = dict[str, Any]


class Operation(NamedTuple):
    """An operation; `check` validates the request before the image is fetched."""

    request: type[Request]
    handle: Callable[[Any, bytes], Response]
    check: Callable[[Any], None] = lambda _: None


@dataclass(frozen=True, slots=True)
class Recognizer:
    """Runs the operations with the installed models."""

    reader: TextReader
    tagger: Tagger
    objects: ObjectDetector
    faces: FaceDetector
    moderator: Moderator
    images: ImageCache = field(default_factory=ImageCache)
    #: Returns whether the moderation model is an incomplete download.
    is_moderation_model_incomplete: Callable[[], bool] = lambda: False

    @property
    def engines(self) -> tuple[object, ...]:
        """Every engine, in the order in which they are loaded."""
        return self.reader, self.tagger, self.objects, self.faces, self.moderator

    @property
    def operations(self) -> Mapping[str, Operation]:
        """The operations by name."""
        return {
            "DetectLabels": Operation(DetectLabelsRequest, self._labels),
            "DetectText": Operation(DetectTextRequest, self._text),
            "DetectFaces": Operation(DetectFacesRequest, self._faces),
            "DetectModerationLabels": Operation(
                DetectModerationLabelsRequest, self._moderation, self._check_moderation
            ),
        }

    @property
    def label_model(self) -> str:
        """Names of the engines that labels come from."""
        versions = [each for each in (self.tagger.version, self.objects.version) if each]
        return "+".join(versions) or "pixels"

    def _labels(self, request: DetectLabelsRequest, body: bytes) -> Response:
        image = self.images.load(body)
        measurements = measure(image)
        found = self.objects.detect(image)
        tags = self.tagger.tag(image)
        limit = request.Settings.ImageProperties.MaxDominantColors
        properties = request.includes("IMAGE_PROPERTIES")
        response: Response = {
            "Labels": [],
            "LabelModelVersion": f"{VERSION}/{self.label_model}",
        }
        if request.includes("GENERAL_LABELS"):
            labels = self._general_labels(image, measurements, found, tags)
            chosen = filter_labels(
                labels, request.MaxLabels, request.MinConfidence, request.Settings.GeneralLabels
            )
            colors = limit if properties else None
            response["Labels"] = [describe_label(each, measurements, colors) for each in chosen]
        if tags.vector is not None:
            response[VECTOR_MEMBER] = base64.b64encode(tags.vector).decode("ascii")
        if properties:
            boxes = [instance.box for _, instance in found if instance.confidence >= 50]
            response["ImageProperties"] = describe_properties(measurements, boxes, limit)
        return response

    def _general_labels(
        self, image: DecodedImage, measurements: Measurements, found: Detections, tags: Tags
    ) -> list[Label]:
        # How an image looks is of interest only as long as no model recognizes what it shows.
        compute = computed_labels if self.tagger.version is None else content_labels
        computed = compute(image, measurements, self.reader.read_largest(image))
        return merge_labels(object_labels(found), tags.labels, computed)

    def _text(self, request: DetectTextRequest, body: bytes) -> Response:
        return build_text_response(self.reader.read(self.images.load(body)), request.Filters)

    def _faces(self, request: DetectFacesRequest, body: bytes) -> Response:
        image = self.images.load(body)
        faces = self.faces.detect(image)
        if any(face.confidence < SURE_CONFIDENCE for face in faces):
            faces = confirm_faces(faces, self._find_people(image))
        return build_faces_response(image, faces)

    def _find_people(self, image: DecodedImage) -> list[Box]:
        found = self.objects.detect(image)
        return [instance.box for definition, instance in found if definition.name == "Person"]

    def _check_moderation(self, request: DetectModerationLabelsRequest) -> None:
        if request.HumanLoopConfig is not None:
            raise HumanLoopQuotaExceeded("Human review is not available.")
        if request.ProjectVersion is not None:
            raise ResourceNotFound("Custom models are not available.")
        if self.is_moderation_model_incomplete():
            raise ResourceNotReady("The download of the moderation model is not complete.")

    def _moderation(self, request: DetectModerationLabelsRequest, body: bytes) -> Response:
        confidence = self.moderator.score_unsafe(self.images.load(body))
        return build_moderation_response(confidence, self.moderator.version, request.MinConfidence)
