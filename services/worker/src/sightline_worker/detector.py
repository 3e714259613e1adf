"""The port for recognizing images, and its adapter for Amazon Rekognition."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import TYPE_CHECKING, Any, Protocol

from botocore.exceptions import ClientError

from sightline import tracing
from sightline.domain.recognition import Feature, Recognition, RecognitionProfile
from sightline_worker.errors import ErrorAction, build_rejection, choose_action
from sightline_worker.image_sources import ImageSource, InlineJpeg, S3Reference
from sightline_worker.rate_limiter import RateLimiter
from sightline_worker.responses import (
    Response,
    parse_faces,
    parse_labels,
    parse_moderation_labels,
    parse_properties,
    parse_text,
    parse_vector,
)

if TYPE_CHECKING:
    from types_aiobotocore_rekognition import RekognitionClient

#: Attempts of a throttled call, each at a lower rate, before its message returns to the queue.
MAX_ATTEMPTS = 8

#: Features of one DetectLabels call, by Rekognition's names for them.
DETECT_LABELS_FEATURES = {
    Feature.LABELS: "GENERAL_LABELS",
    Feature.PROPERTIES: "IMAGE_PROPERTIES",
}

#: Model version of a feature whose responses contain none.
UNVERSIONED_MODEL = "rekognition"

#: The fields of a `Recognition` that one call provides.
RecognitionFields = dict[str, Any]

#: One call of Rekognition for the `Image` of its API.
Call = Callable[[Any, RecognitionProfile], Coroutine[Any, Any, RecognitionFields]]


class Detector(Protocol):
    """Recognizes what an image shows."""

    async def detect(self, source: ImageSource, profile: RecognitionProfile) -> Recognition:
        """Return what the image shows and the number of billed calls.

        Raises `Rejected` if the image cannot be recognized.
        """


class RekognitionDetector:
    """`Detector` that calls Amazon Rekognition, each operation once, within the rate limit."""

    def __init__(self, client: "RekognitionClient", bucket: str, rate_limiter: RateLimiter) -> None:
        self._client = client
        self._bucket = bucket
        self._rate_limiter = rate_limiter

    async def detect(self, source: ImageSource, profile: RecognitionProfile) -> Recognition:
        image = self._build_image(source)
        results = await asyncio.gather(
            *(call(image, profile) for call in self._choose_calls(profile))
        )
        models: dict[Feature, str] = {}
        fields: RecognitionFields = {}
        for result in results:
            models |= result.pop("models")
            fields |= result
        return Recognition(profile=profile, models=models, calls=dict.fromkeys(models, 1), **fields)

    def _choose_calls(self, profile: RecognitionProfile) -> list[Call]:
        calls: list[Call] = []
        if DETECT_LABELS_FEATURES.keys() & set(profile.features):
            calls.append(self._detect_labels)
        for feature, call in (
            (Feature.TEXT, self._detect_text),
            (Feature.FACES, self._detect_faces),
            (Feature.MODERATION, self._detect_moderation_labels),
        ):
            if feature in profile.features:
                calls.append(call)
        return calls

    def _build_image(self, source: ImageSource) -> Any:
        match source:
            case S3Reference(key):
                return {"S3Object": {"Bucket": self._bucket, "Name": key}}
            case InlineJpeg(body):
                return {"Bytes": body}

    async def _detect_labels(self, image: Any, profile: RecognitionProfile) -> RecognitionFields:
        features = [feature for feature in DETECT_LABELS_FEATURES if feature in profile.features]
        wants_labels = Feature.LABELS in features
        # Both are only valid with GENERAL_LABELS (API reference of DetectLabels).
        options = (
            {"MaxLabels": profile.max_labels, "MinConfidence": profile.min_confidence}
            if wants_labels
            else {}
        )
        response = await self._call(
            self._client.detect_labels,
            Image=image,
            Features=[DETECT_LABELS_FEATURES[feature] for feature in features],
            **options,
        )
        fields: RecognitionFields = {
            "models": dict.fromkeys(features, response["LabelModelVersion"])
        }
        if wants_labels:
            fields["labels"] = parse_labels(response, profile.max_labels)
        vector = parse_vector(response)
        if vector is not None:
            fields["vector"] = vector
        if Feature.PROPERTIES in features:
            fields["properties"] = parse_properties(response)
        return fields

    async def _detect_text(self, image: Any, profile: RecognitionProfile) -> RecognitionFields:
        response = await self._call(self._client.detect_text, Image=image)
        return {
            "models": {Feature.TEXT: response["TextModelVersion"]},
            "text": parse_text(response, profile.min_confidence),
        }

    async def _detect_faces(self, image: Any, profile: RecognitionProfile) -> RecognitionFields:
        response = await self._call(self._client.detect_faces, Image=image, Attributes=["ALL"])
        return {
            "models": {Feature.FACES: UNVERSIONED_MODEL},
            "faces": parse_faces(response, profile.min_confidence),
        }

    async def _detect_moderation_labels(
        self, image: Any, profile: RecognitionProfile
    ) -> RecognitionFields:
        response = await self._call(
            self._client.detect_moderation_labels,
            Image=image,
            MinConfidence=profile.min_confidence,
        )
        return {
            "models": {Feature.MODERATION: response["ModerationModelVersion"]},
            "moderation": parse_moderation_labels(response),
        }

    async def _call(self, operation: Callable[..., Any], **arguments: Any) -> Response:
        for attempt in range(1, MAX_ATTEMPTS + 1):
            with tracing.child_span("wait for rate limit"):
                await self._rate_limiter.wait()
            try:
                return await operation(**arguments)
            except ClientError as error:
                match choose_action(error):
                    case ErrorAction.REJECT:
                        raise build_rejection(error) from error
                    case ErrorAction.SLOW_DOWN if attempt < MAX_ATTEMPTS:
                        self._rate_limiter.slow_down()
                    case _:
                        raise
        raise AssertionError("unreachable")
