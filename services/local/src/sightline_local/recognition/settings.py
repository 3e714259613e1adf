"""Settings of the local Rekognition emulator."""

import os
from pathlib import Path
from typing import Literal

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

#: Target of `make models`, relative to the repository root.
MODELS_FOLDER = Path(".models")

#: Where models of packages are converted to, relative to the repository root.
CONVERTED_MODELS_FOLDER = MODELS_FOLDER / "converted"


class RecognitionSettings(BaseSettings):
    """Read from `SIGHTLINE_RECOGNITION_*`.

    S3 is configured with the standard variables `AWS_ENDPOINT_URL[_S3]`, `AWS_REGION` and the
    credentials.
    """

    model_config = SettingsConfigDict(
        env_prefix="SIGHTLINE_RECOGNITION_", frozen=True, extra="ignore"
    )

    host: str = Field("127.0.0.1", description="Address to listen on.")
    port: int = Field(8086, ge=1, le=65535, description="Port to listen on.")
    models: Path = Field(MODELS_FOLDER, description="Folder of the downloaded models.")
    converted_models: Path = Field(
        CONVERTED_MODELS_FOLDER, description="Folder of the models converted from packages."
    )
    faces: bool = Field(True, description="Detect faces with the model of the installed package.")
    moderation: bool = Field(
        True, description="Moderate images with the model of the installed package."
    )
    tags: bool = Field(True, description="Label images with the model of the installed package.")
    threads: int = Field(
        1, ge=1, le=64, description="Threads per inference; more take more CPU time per image."
    )
    concurrency: int = Field(
        max(2, min(os.cpu_count() or 1, 4)),
        ge=1,
        le=64,
        description="Images processed concurrently.",
    )
    text_batch: int = Field(6, ge=1, le=64, description="Lines of text per inference.")
    max_requests_per_second: float | None = Field(
        None,
        gt=0,
        description="Rate limit per operation, in requests per second; None disables it.",
    )
    throttle_with: Literal["ThrottlingException", "ProvisionedThroughputExceededException"] = Field(
        "ThrottlingException",
        description="Which of Rekognition's two throttling errors is returned.",
    )
    region: str = Field(
        "us-east-1", validation_alias="AWS_REGION", description="Region of the S3 buckets."
    )
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field(
        "INFO", description="Lowest level that is logged."
    )
