"""The worker's settings."""

from pydantic import Field

from sightline.settings import ConsumerSettings


class WorkerSettings(ConsumerSettings):
    """Read from `SIGHTLINE_*`."""

    max_labels: int = Field(
        20,
        ge=1,
        # A transaction has room for 100 items, and replacing n labels by n others takes 4 n + 1.
        le=24,
        description="Labels kept per picture.",
    )
    min_confidence: float = Field(55, ge=0, le=100, description="Labels below it are not kept.")
