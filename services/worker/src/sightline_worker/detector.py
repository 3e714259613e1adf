"""Who looks at the pictures: the port, and Rekognition behind it."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import TYPE_CHECKING, Any, Protocol

from botocore.exceptions import ClientError

from sightline.domain.recognition import Feature, Recognition, RecognitionProfile
from sightline_worker.answers import (
    Answer,
    read_faces,
    read_labels,
    read_moderation,
    read_properties,
    read_text,
)
from sightline_worker.errors import Meaning, read_meaning, rejection
from sightline_worker.rate_limiter import RateLimiter
from sightline_worker.sources import Reference, Sent, Source

if TYPE_CHECKING:
    from types_aiobotocore_rekognition import RekognitionClient

#: How often a throttled call is made again at a slower pace before its message is put back.
THROTTLED_ATTEMPTS = 8

#: Features that DetectLabels answers together, by its names for them.
OF_LABELS = {Feature.LABELS: "GENERAL_LABELS", Feature.PROPERTIES: "IMAGE_PROPERTIES"}

#: Part of a recognition: the fields that one call fills.
Found = dict[str, Any]


class Detector(Protocol):
    """Recognises what is in a picture."""

    async def detect(self, source: Source, profile: RecognitionProfile) -> Recognition:
        """What is seen, with what it cost. Raises `Rejected`."""


class RekognitionDetector:
    """`Detector` by Amazon Rekognition: one call for each kind of question, at the quota's pace."""

    def __init__(self, client: "RekognitionClient", bucket: str, pacer: RateLimiter) -> None:
        self._client = client
        self._bucket = bucket
        self._pacer = pacer

    async def detect(self, source: Source, profile: RecognitionProfile) -> Recognition:
        image = self._image(source)
        calls = [call(image, profile) for call in self._choose(profile)]
        found = await asyncio.gather(*calls)
        models = {feature: version for each in found for feature, version in each["models"].items()}
        fields = {name: value for each in found for name, value in each.items() if name != "models"}
        return Recognition(profile=profile, models=models, calls=dict.fromkeys(models, 1), **fields)

    def _choose(
        self, profile: RecognitionProfile
    ) -> list[Callable[[Any, RecognitionProfile], Coroutine[Any, Any, Found]]]:
        chosen: list[Callable[[Any, RecognitionProfile], Coroutine[Any, Any, Found]]] = []
        if OF_LABELS.keys() & set(profile.features):
            chosen.append(self._detect_labels)
        for feature, call in (
            (Feature.TEXT, self._detect_text),
            (Feature.FACES, self._detect_faces),
            (Feature.MODERATION, self._detect_moderation),
        ):
            if feature in profile.features:
                chosen.append(call)
        return chosen

    def _image(self, source: Source) -> Any:
        match source:
            case Reference(key):
                return {"S3Object": {"Bucket": self._bucket, "Name": key}}
            case Sent(body):
                return {"Bytes": body}

    async def _detect_labels(self, image: Any, profile: RecognitionProfile) -> Found:
        asked = [feature for feature in OF_LABELS if feature in profile.features]
        general = Feature.LABELS in asked
        options = (
            {"MaxLabels": profile.max_labels, "MinConfidence": profile.min_confidence}
            if general
            else {}
        )
        answer = await self._call(
            self._client.detect_labels,
            Image=image,
            Features=[OF_LABELS[feature] for feature in asked],
            **options,
        )
        found: Found = {"models": dict.fromkeys(asked, answer["LabelModelVersion"])}
        if general:
            found["labels"] = read_labels(answer, profile.max_labels)
        if Feature.PROPERTIES in asked:
            found["properties"] = read_properties(answer)
        return found

    async def _detect_text(self, image: Any, profile: RecognitionProfile) -> Found:
        answer = await self._call(self._client.detect_text, Image=image)
        return {
            "models": {Feature.TEXT: answer["TextModelVersion"]},
            "text": read_text(answer, profile.min_confidence),
        }

    async def _detect_faces(self, image: Any, profile: RecognitionProfile) -> Found:
        answer = await self._call(self._client.detect_faces, Image=image, Attributes=["ALL"])
        return {
            # It has no version of its own.
            "models": {Feature.FACES: "rekognition"},
            "faces": read_faces(answer, profile.min_confidence),
        }

    async def _detect_moderation(self, image: Any, profile: RecognitionProfile) -> Found:
        answer = await self._call(
            self._client.detect_moderation_labels,
            Image=image,
            MinConfidence=profile.min_confidence,
        )
        return {
            "models": {Feature.MODERATION: answer["ModerationModelVersion"]},
            "moderation": read_moderation(answer),
        }

    async def _call(self, operation: Callable[..., Any], **arguments: Any) -> Answer:
        for attempt in range(1, THROTTLED_ATTEMPTS + 1):
            await self._pacer.wait()
            try:
                return await operation(**arguments)
            except ClientError as error:
                match read_meaning(error):
                    case Meaning.FINAL:
                        raise rejection(error) from error
                    case Meaning.THROTTLED if attempt < THROTTLED_ATTEMPTS:
                        self._pacer.slow_down()
                    case _:
                        raise
        raise AssertionError("unreachable")
