"""What was recognised in a picture.

Boxes are shares of the upright picture's width and height, from its top left corner.
"""

from pydantic import BaseModel, ConfigDict


class Value(BaseModel):
    """A frozen value of the domain."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class Box(Value):
    left: float
    top: float
    width: float
    height: float


class Instance(Value):
    """One place in the picture where a label's thing is seen."""

    box: Box
    confidence: float


class Label(Value):
    """A thing, scene or idea seen in the picture; `confidence` is 0 to 100."""

    name: str
    confidence: float
    parents: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    instances: tuple[Instance, ...] = ()


class Recognition(Value):
    """The whole answer for one picture, with what is needed to read it later."""

    labels: tuple[Label, ...] = ()
    label_model_version: str
    min_confidence: float
    max_labels: int
