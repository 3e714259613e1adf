"""What the domain is made of: values that never change."""

from pydantic import BaseModel, ConfigDict


class Value(BaseModel):
    """A frozen value; what it does not know it leaves out, so that old rows can be read."""

    model_config = ConfigDict(frozen=True, extra="ignore")
