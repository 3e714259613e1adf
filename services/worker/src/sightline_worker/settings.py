"""The worker's settings."""

from pydantic import Field

from sightline.domain.recognition import Feature, RecognitionProfile
from sightline.settings import ConsumerSettings


class WorkerSettings(ConsumerSettings):
    """Read from `SIGHTLINE_*`."""

    features: tuple[Feature, ...] = Field(
        (Feature.LABELS,), min_length=1, description="What is looked for where a ticket is silent."
    )
    max_labels: int = Field(
        20,
        ge=1,
        # A transaction has room for 100 items, and replacing n labels by n others takes 4 n + 4.
        le=24,
        description="Labels kept per picture.",
    )
    min_confidence: float = Field(55, ge=0, le=100, description="What is below it is not kept.")
    calls_per_second: float = Field(
        5,
        gt=0,
        description="The account's quota for Rekognition in this region, for this task alone.",
    )
    monthly_calls: int | None = Field(
        None, ge=0, description="Calls that one owner may cause in a month; None for any number."
    )
    processes: int = Field(1, ge=1, le=64, description="Pictures transcoded at the same time.")
    max_pixels: int = Field(64_000_000, gt=0, description="Largest picture that is transcoded.")
    max_jpeg_pixels: int = Field(200_000_000, gt=0, description="The same of a JPEG.")
    max_bytes: int = Field(50 * 2**20, gt=0, description="Largest file that is transcoded.")
    max_seconds: float = Field(30, gt=0, description="Time for transcoding one picture.")
    max_memory: int = Field(
        1_280 * 2**20, gt=0, description="What one process may allocate for a picture, in bytes."
    )

    @property
    def profile(self) -> RecognitionProfile:
        return RecognitionProfile(
            features=self.features,
            min_confidence=self.min_confidence,
            max_labels=self.max_labels,
        )
