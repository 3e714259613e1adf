"""Settings of the worker."""

from pydantic import Field

from sightline.domain.recognition import Feature, RecognitionProfile
from sightline.settings import ConsumerSettings


class WorkerSettings(ConsumerSettings):
    """Settings from `SIGHTLINE_*`; times in seconds, sizes in bytes or pixels."""

    features: tuple[Feature, ...] = Field(
        (Feature.LABELS,), min_length=1, description="Features to recognize by default."
    )
    max_labels: int = Field(
        20,
        ge=1,
        # A transaction holds up to 100 items; replacing n labels by n others takes 4 n + 4.
        le=24,
        description="Maximum number of labels per image.",
    )
    min_confidence: float = Field(55, ge=0, le=100, description="Minimum confidence of a label.")
    calls_per_second: float = Field(
        5,
        gt=0,
        description="This task's share of the account's Rekognition quota in the region.",
    )
    monthly_calls: int | None = Field(
        None, ge=0, description="Recognition calls per owner and month; unlimited by default."
    )
    processes: int = Field(1, ge=1, le=64, description="Decode processes, each for one image.")
    max_pixels: int = Field(
        64_000_000, gt=0, description="Maximum width times height to transcode."
    )
    max_jpeg_pixels: int = Field(
        200_000_000, gt=0, description="Maximum width times height of a JPEG."
    )
    max_bytes: int = Field(50 * 2**20, gt=0, description="Maximum file size to transcode.")
    max_seconds: float = Field(30, gt=0, description="Timeout for transcoding one image.")
    max_memory: int = Field(1_280 * 2**20, gt=0, description="Memory limit of one decode process.")

    @property
    def profile(self) -> RecognitionProfile:
        return RecognitionProfile(
            features=self.features,
            min_confidence=self.min_confidence,
            max_labels=self.max_labels,
        )
