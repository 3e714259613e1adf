"""Base classes of the settings of each service, read once from environment variables.

A setting without a default is required. The AWS clients read the variables of the AWS SDK
(`AWS_ENDPOINT_URL`, credentials) themselves; only the region is passed to them, because they read
it from an older variable than the one that ECS sets.
"""

import sys
from pathlib import Path
from typing import Literal, TypeVar

from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from sightline.metric_export import MetricFormat

PREFIX = "SIGHTLINE_"

#: Precedes the absolute path of a SQLite file; no name of a DynamoDB table starts with it.
SQLITE_SCHEME = "sqlite://"


class ServiceSettings(BaseSettings):
    """Settings of all services."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, frozen=True, extra="ignore")

    region: str = Field(validation_alias="AWS_REGION", description="AWS region. ECS sets it.")
    table: str = Field(
        description="Name of the DynamoDB table; or, on a single machine, `sqlite://` and the "
        "absolute path of a SQLite file."
    )
    replicated: bool = Field(
        False,
        description="Whether the table and the buckets are replicated to another region. Deletions "
        "then leave a delete marker, because S3 replicates nothing else of them.",
    )
    originals_bucket: str = Field(description="S3 bucket of the originals; clients upload to it.")
    events_topic_arn: str = Field(description="SNS topic of the change events.")
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field(
        "INFO", description="Lowest level that is logged."
    )
    trace_owner_key: SecretStr | None = Field(
        None,
        description="Key of the hash that names owners in traces, the same in all services. "
        "Without it, traces do not name owners.",
    )

    metrics: MetricFormat = Field(
        "off",
        description="How metrics are exported: `emf` as embedded metrics in the log, which "
        "CloudWatch extracts, or `otlp` to `OTEL_EXPORTER_OTLP_ENDPOINT`.",
    )

    metrics_namespace: str = Field(
        "Sightline", description="CloudWatch namespace of embedded metrics, one per stack."
    )

    @field_validator("table")
    @classmethod
    def _check_table(cls, table: str) -> str:
        sqlite_path(table)
        return table


class ConsumerSettings(ServiceSettings):
    """Settings of the queue consumers."""

    queue_url: str = Field(description="URL of the SQS queue to consume.")
    concurrency: int = Field(4, ge=1, le=256, description="Images processed concurrently.")
    poll_seconds: int = Field(20, ge=0, le=20, description="Wait time of a long poll, in seconds.")
    handling_seconds: float = Field(
        120, gt=0, description="Timeout for processing one image, in seconds."
    )
    drain_seconds: float = Field(
        90,
        ge=0,
        description="Time to finish images in progress at shutdown, in seconds; the stop "
        "timeout of the task must be at least 15 seconds longer.",
    )
    backoff_seconds: float = Field(
        2,
        gt=0,
        description="Delay before the first retry, in seconds; each further retry doubles it.",
    )
    health_host: str = Field("127.0.0.1", description="Address of the health endpoint.")
    health_port: int = Field(8080, ge=1, le=65535, description="Port of the health endpoint.")
    ecs_agent_uri: str | None = Field(
        None,
        validation_alias="ECS_AGENT_URI",
        description="Task scale-in protection endpoint. ECS sets it.",
    )


class UploadConsumerSettings(ConsumerSettings):
    """Settings of the consumers of uploads."""

    backlog_url: str | None = Field(
        None,
        description="URL of the SQS queue for messages of owners that exceed their share of the "
        "consumer. Without it, images are processed in the order of their messages.",
    )


def sqlite_path(table: str) -> Path | None:
    """Return the path of the SQLite file that a table setting names; None if it is in DynamoDB.

    The path is taken as it is, without percent-decoding. Raises `ValueError`.
    """
    if not table.startswith(SQLITE_SCHEME):
        return None
    path = Path(table.removeprefix(SQLITE_SCHEME))
    if not path.is_absolute():
        raise ValueError(
            f"{table} has no absolute path: use three slashes, as in sqlite:///data/sightline.db."
        )
    return path


Settings = TypeVar("Settings", bound=BaseSettings)


def read_settings(kind: type[Settings]) -> Settings:
    """Return the settings of this process; print each invalid one and exit if there are any."""
    try:
        return kind()
    except ValidationError as error:
        for problem in error.errors():
            # A problem of several settings together names them in its message.
            names = [_name(kind, str(place)) for place in problem["loc"][:1]]
            # Messages of our own validators are complete sentences.
            own = problem["type"] == "value_error"
            message = (
                problem["msg"].removeprefix("Value error, ") if own else problem["msg"].lower()
            )
            print(": ".join([*names, message]), file=sys.stderr)
        sys.exit(2)


def _name(kind: type[BaseSettings], field: str) -> str:
    """Return the environment variable that the field is read from."""
    return kind.model_config.get("env_prefix", "") + field.upper() if field.islower() else field
