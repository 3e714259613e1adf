"""Blocks from which each service composes its settings: read once, from the environment.

A name without a default must be set. AWS's own names (`AWS_ENDPOINT_URL`, credentials) are read by
the AWS clients themselves; only the region is passed on to them, because they look for it under an
older name than the one that ECS sets.
"""

import sys
from typing import Literal, TypeVar

from pydantic import Field, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

PREFIX = "SIGHTLINE_"


class ServiceSettings(BaseSettings):
    """What every service needs."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, frozen=True, extra="ignore")

    region: str = Field(validation_alias="AWS_REGION", description="Set by ECS itself.")
    table: str = Field(description="Name of the table of images.")
    originals_bucket: str = Field(description="Bucket that clients upload to.")
    events_topic_arn: str = Field(description="Topic that tells open screens what happens.")
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"


class ConsumerSettings(ServiceSettings):
    """What a service that works off a queue needs; times in seconds."""

    queue_url: str = Field(description="Address of the queue to work off.")
    concurrency: int = Field(4, ge=1, le=256, description="Pictures in work at the same time.")
    poll_seconds: int = Field(20, ge=0, le=20, description="How long one receive waits.")
    handling_seconds: float = Field(120, gt=0, description="Limit for one picture.")
    drain_seconds: float = Field(
        90, ge=0, description="Time for work in flight when told to stop; below the stop time-out."
    )
    backoff_seconds: float = Field(2, gt=0, description="Wait after the first failed attempt.")
    health_host: str = Field("127.0.0.1", description="Address that the health port listens on.")
    health_port: int = Field(8080, ge=1, le=65535)
    ecs_agent_uri: str | None = Field(
        None, validation_alias="ECS_AGENT_URI", description="Set by ECS itself."
    )


Settings = TypeVar("Settings", bound=BaseSettings)


def read_settings(kind: type[Settings]) -> Settings:
    """The settings of this process; where they are wrong, one line for each and the end."""
    try:
        return kind()
    except ValidationError as error:
        for problem in error.errors():
            # What is said of several together names them itself.
            names = [_name(kind, str(place)) for place in problem["loc"][:1]]
            # Our own sentences stand as they are.
            own = problem["type"] == "value_error"
            message = (
                problem["msg"].removeprefix("Value error, ") if own else problem["msg"].lower()
            )
            print(": ".join([*names, message]), file=sys.stderr)
        sys.exit(2)


def _name(kind: type[BaseSettings], field: str) -> str:
    """Of the variable that the field is read from."""
    return kind.model_config.get("env_prefix", "") + field.upper() if field.islower() else field
