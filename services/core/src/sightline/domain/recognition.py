"""What was recognised in a picture, and what was asked for.

Boxes and points are shares of the upright picture's width and height, from its top left corner;
confidences are 0 to 100.
"""

import hashlib
from enum import StrEnum

from pydantic import Field

from sightline.domain.model import Value


class Feature(StrEnum):
    """What can be looked for; each is paid for by itself."""

    LABELS = "labels"
    PROPERTIES = "properties"
    TEXT = "text"
    FACES = "faces"
    MODERATION = "moderation"


class RecognitionProfile(Value):
    """What is looked for, and what of it is kept."""

    features: tuple[Feature, ...] = (Feature.LABELS,)
    min_confidence: float = 55
    max_labels: int = 20

    @property
    def name(self) -> str:
        """The same for the same questions, whatever the order of the features."""
        asked = self.model_copy(update={"features": tuple(sorted(set(self.features)))})
        return hashlib.sha256(asked.model_dump_json().encode()).hexdigest()[:16]


class BoundingBox(Value):
    left: float
    top: float
    width: float
    height: float


class PolygonPoint(Value):
    x: float
    y: float


class LabelInstance(Value):
    """One place in the picture where a label's thing is seen."""

    box: BoundingBox
    confidence: float


class DetectedLabel(Value):
    """A thing, scene or idea seen in the picture."""

    name: str
    confidence: float
    parents: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    instances: tuple[LabelInstance, ...] = ()


class DetectedText(Value):
    """A line that was read, or a word of it; `line` is the line's number from 0."""

    text: str
    confidence: float
    is_line: bool
    line: int
    box: BoundingBox
    polygon: tuple[PolygonPoint, ...] = ()


class DetectedFace(Value):
    """A face, with what it shows; traits are named as Rekognition names them."""

    box: BoundingBox
    confidence: float
    youngest: int | None = None
    oldest: int | None = None
    emotions: dict[str, float] = Field(default_factory=dict)
    traits: dict[str, bool] = Field(default_factory=dict)


class ModerationLabel(Value):
    """Something that not everybody may want to see; `parent` is its wider kind, "" at the top."""

    name: str
    confidence: float
    parent: str = ""


class DominantColor(Value):
    """A color and its share of the pixels, in percent; `hex` as in `#a0b1c2`."""

    hex: str
    name: str
    percent: float


class ImageQuality(Value):
    """Each 0 to 100; None where it was not measured for this part of the picture."""

    brightness: float | None = None
    sharpness: float | None = None
    contrast: float | None = None


class ImageProperties(Value):
    """How the picture looks, as a whole and apart."""

    quality: ImageQuality
    colors: tuple[DominantColor, ...] = ()
    foreground: ImageQuality | None = None
    foreground_colors: tuple[DominantColor, ...] = ()
    background: ImageQuality | None = None
    background_colors: tuple[DominantColor, ...] = ()


class Recognition(Value):
    """The whole answer for one picture, with what is needed to read it later.

    A feature that was not asked for is None. `models` is the version that answered, by feature.
    `calls` is how often each feature has been paid for this image so far; it is what the owner's
    usage is counted from.
    """

    profile: RecognitionProfile
    models: dict[Feature, str] = Field(default_factory=dict)
    calls: dict[Feature, int] = Field(default_factory=dict)
    labels: tuple[DetectedLabel, ...] | None = None
    properties: ImageProperties | None = None
    text: tuple[DetectedText, ...] | None = None
    faces: tuple[DetectedFace, ...] | None = None
    moderation: tuple[ModerationLabel, ...] | None = None
