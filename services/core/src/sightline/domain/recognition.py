"""Recognition profiles and results.

Boxes and points are fractions of the width and height of the upright image, measured from its top
left corner; confidences are 0 to 100.
"""

import base64
import hashlib
from enum import StrEnum
from typing import Annotated

from pydantic import BeforeValidator, Field, PlainSerializer

from sightline.domain.model import Value


class Feature(StrEnum):
    """A kind of recognition; each is billed separately."""

    LABELS = "labels"
    PROPERTIES = "properties"
    TEXT = "text"
    FACES = "faces"
    MODERATION = "moderation"


#: Prices of 1,000 calls in us-east-1 for the first million calls of a month, in US dollars.
#: https://aws.amazon.com/rekognition/pricing/
CALL_PRICES: dict[Feature, float] = {
    Feature.LABELS: 1.0,
    Feature.PROPERTIES: 0.75,
    Feature.TEXT: 1.0,
    Feature.FACES: 1.0,
    Feature.MODERATION: 1.0,
}


class RecognitionProfile(Value):
    """The requested features, and the limits on their results."""

    features: tuple[Feature, ...] = (Feature.LABELS,)
    min_confidence: float = 55
    max_labels: int = 20

    @property
    def name(self) -> str:
        """A hash of the profile that does not depend on the order of the features."""
        ordered = self.model_copy(update={"features": tuple(sorted(set(self.features)))})
        return hashlib.sha256(ordered.model_dump_json().encode()).hexdigest()[:16]


class BoundingBox(Value):
    """The box around an object, a text or a face."""

    left: float
    top: float
    width: float
    height: float


class PolygonPoint(Value):
    """A corner of the polygon around a text."""

    x: float
    y: float


class LabelInstance(Value):
    """One occurrence of a label's object in the image."""

    box: BoundingBox
    confidence: float


class DetectedLabel(Value):
    """An object, scene or concept detected in the image."""

    name: str
    confidence: float
    parents: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    instances: tuple[LabelInstance, ...] = ()


class DetectedText(Value):
    """A line of text, or a word of it; `line` is the number of the line, from 0."""

    text: str
    confidence: float
    is_line: bool
    line: int
    box: BoundingBox
    polygon: tuple[PolygonPoint, ...] = ()


class DetectedFace(Value):
    """A face with its attributes; `traits` have the names that Rekognition uses."""

    box: BoundingBox
    confidence: float
    youngest: int | None = None
    oldest: int | None = None
    emotions: dict[str, float] = Field(default_factory=dict)
    traits: dict[str, bool] = Field(default_factory=dict)


class ModerationLabel(Value):
    """A kind of sensitive content; `parent` is the broader kind, "" at the top level."""

    name: str
    confidence: float
    parent: str = ""


class DominantColor(Value):
    """A color and its share of the pixels, in percent; `hex` as in `#a0b1c2`."""

    hex: str
    name: str
    percent: float


class ImageQuality(Value):
    """Measures from 0 to 100; None if not measured for this part of the image."""

    brightness: float | None = None
    sharpness: float | None = None
    contrast: float | None = None


class ImageProperties(Value):
    """Quality and colors of the whole image, its foreground and its background."""

    quality: ImageQuality
    colors: tuple[DominantColor, ...] = ()
    foreground: ImageQuality | None = None
    foreground_colors: tuple[DominantColor, ...] = ()
    background: ImageQuality | None = None
    background_colors: tuple[DominantColor, ...] = ()


def _decode_vector(value: object) -> object:
    return base64.b64decode(value, validate=True) if isinstance(value, str) else value


def _encode_vector(value: bytes) -> str:
    return base64.b64encode(value).decode("ascii")


#: Maximum length of an image's vector, in bytes.
MAX_VECTOR_BYTES = 256

#: A vector with one signed byte per dimension; base64 in JSON and in the table. Images that look
#: alike have vectors with a large cosine similarity.
ImageVector = Annotated[
    bytes,
    Field(max_length=MAX_VECTOR_BYTES),
    BeforeValidator(_decode_vector),
    PlainSerializer(_encode_vector, when_used="json-unless-none"),
]


class Recognition(Value):
    """The result for one image.

    A feature that was not requested is None. `models` is the version of the model by feature.
    `calls` is how often each feature was paid for this image so far; the owner's usage is counted
    from it. `vector` is the image's own vector, if the recognition service provides one; Amazon
    Rekognition does not. No view of the API contains it.
    """

    profile: RecognitionProfile
    models: dict[Feature, str] = Field(default_factory=dict)
    calls: dict[Feature, int] = Field(default_factory=dict)
    labels: tuple[DetectedLabel, ...] | None = None
    properties: ImageProperties | None = None
    text: tuple[DetectedText, ...] | None = None
    faces: tuple[DetectedFace, ...] | None = None
    moderation: tuple[ModerationLabel, ...] | None = None
    vector: ImageVector | None = None
