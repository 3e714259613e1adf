"""The base class of the immutable values of the domain."""

from pydantic import BaseModel, ConfigDict


class Value(BaseModel):
    """A frozen value that ignores unknown fields, so that rows of other versions can be read."""

    model_config = ConfigDict(frozen=True, extra="ignore")
