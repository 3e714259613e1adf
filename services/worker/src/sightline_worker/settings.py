"""Settings of the worker."""

from pydantic import Field

from sightline.domain.recognition import Feature, RecognitionProfile
from sightline.settings import UploadConsumerSettings


class WorkerSettings(UploadConsumerSettings):
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
    min_confidence: float = Field(
        55,
        ge=0,
        le=100,
        description="Minimum confidence of labels, text and faces, in percent.",
    )
    calls_per_second: float = Field(
        5,
        gt=0,
        description=(
            "Maximum Rekognition calls per second of one task: its share of the account's quota"
            " in the region."
        ),
    )
    monthly_calls: int | None = Field(
        None, ge=0, description="Recognition calls per owner and month; unlimited by default."
    )
    processes: int = Field(
        1, ge=1, le=64, description="Number of decode processes; each decodes one image at a time."
    )
    max_pixels: int = Field(
        64_000_000,
        gt=0,
        description="Maximum pixels (width times height) of an image to transcode.",
    )
    max_jpeg_pixels: int = Field(
        200_000_000, gt=0, description="Maximum pixels (width times height) of a JPEG to transcode."
    )
    max_bytes: int = Field(
        50 * 2**20, gt=0, description="Maximum size of a file to transcode, in bytes."
    )
    max_seconds: float = Field(
        30, gt=0, description="Timeout for transcoding one image, in seconds."
    )
    max_memory: int = Field(
        1_280 * 2**20, gt=0, description="Memory limit of one decode process, in bytes."
    )

    @property
    def profile(self) -> RecognitionProfile:
        """The default profile of a recognition."""
        return RecognitionProfile(
            features=self.features,
            min_confidence=self.min_confidence,
            max_labels=self.max_labels,
        )
