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


class Profile(Value):
    """What is looked for, and what of it is kept."""

    features: tuple[Feature, ...] = (Feature.LABELS,)
    min_confidence: float = 55
    max_labels: int = 20

    @property
    def name(self) -> str:
        """The same for the same questions, whatever the order of the features."""
        asked = self.model_copy(update={"features": tuple(sorted(set(self.features)))})
        return hashlib.sha256(asked.model_dump_json().encode()).hexdigest()[:16]


class Box(Value):
    left: float
    top: float
    width: float
    height: float


class Point(Value):
    x: float
    y: float


class Instance(Value):
    """One place in the picture where a label's thing is seen."""

    box: Box
    confidence: float


class Label(Value):
    """A thing, scene or idea seen in the picture."""

    name: str
    confidence: float
    parents: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    instances: tuple[Instance, ...] = ()


class Text(Value):
    """A line that was read, or a word of it; `line` is the line's number from 0."""

    text: str
    confidence: float
    is_line: bool
    line: int
    box: Box
    polygon: tuple[Point, ...] = ()


class Face(Value):
    """A face, with what it shows; traits are named as Rekognition names them."""

    box: Box
    confidence: float
    youngest: int | None = None
    oldest: int | None = None
    emotions: dict[str, float] = Field(default_factory=dict)
    traits: dict[str, bool] = Field(default_factory=dict)


class Moderation(Value):
    """Something that not everybody may want to see; `parent` is its wider kind, "" at the top."""

    name: str
    confidence: float
    parent: str = ""


class Colour(Value):
    """A colour and its share of the pixels, in percent; `hex` as in `#a0b1c2`."""

    hex: str
    name: str
    percent: float


class Quality(Value):
    """Each 0 to 100; None where it was not measured for this part of the picture."""

    brightness: float | None = None
    sharpness: float | None = None
    contrast: float | None = None


class Properties(Value):
    """How the picture looks, as a whole and apart."""

    quality: Quality
    colours: tuple[Colour, ...] = ()
    foreground: Quality | None = None
    foreground_colours: tuple[Colour, ...] = ()
    background: Quality | None = None
    background_colours: tuple[Colour, ...] = ()


class Recognition(Value):
    """The whole answer for one picture, with what is needed to read it later.

    A feature that was not asked for is None. `models` is the version that answered, by feature.
    `calls` is how often each feature has been paid for this image so far; it is what the owner's
    usage is counted from.
    """

    profile: Profile
    models: dict[Feature, str] = Field(default_factory=dict)
    calls: dict[Feature, int] = Field(default_factory=dict)
    labels: tuple[Label, ...] | None = None
    properties: Properties | None = None
    text: tuple[Text, ...] | None = None
    faces: tuple[Face, ...] | None = None
    moderation: tuple[Moderation, ...] | None = None
