"""The settings of the local Rekognition."""

import os
from pathlib import Path
from typing import Literal

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

#: Where `make models` puts them, seen from where the stack is started.
MODELS_FOLDER = Path(".models")


class RecognitionSettings(BaseSettings):
    """Read from `SIGHTLINE_RECOGNITION_*`.

    Where pictures lie is told by AWS's own names: `AWS_ENDPOINT_URL[_S3]`, `AWS_REGION` and the
    credentials.
    """

    model_config = SettingsConfigDict(
        env_prefix="SIGHTLINE_RECOGNITION_", frozen=True, extra="ignore"
    )

    host: str = "127.0.0.1"
    port: int = Field(8086, ge=1, le=65535)
    models: Path = Field(MODELS_FOLDER, description="Folder of the models; those found are used.")
    threads: int = Field(
        min(os.cpu_count() or 1, 4), ge=1, le=64, description="Threads that share one inference."
    )
    concurrency: int = Field(2, ge=1, le=64, description="Pictures in work at the same time.")
    text_batch: int = Field(6, ge=1, le=64, description="Lines of text read in one inference.")
    max_requests_per_second: float | None = Field(
        None, gt=0, description="Calls of one operation beyond this rate are throttled."
    )
    throttle_with: Literal["ThrottlingException", "ProvisionedThroughputExceededException"] = Field(
        "ThrottlingException",
        description="Rekognition knows two errors for too many calls; this one is answered.",
    )
    region: str = Field("us-east-1", validation_alias="AWS_REGION")
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
