"""Settings of the resizer."""

from typing import Annotated

from pydantic import Field, StringConstraints

from sightline.imaging.decoding import Limits
from sightline.settings import UploadConsumerSettings
from sightline_resizer.encoding import RenditionFormat

RenditionName = Annotated[str, StringConstraints(pattern=r"^[a-z0-9-]{1,32}$")]
LongestSide = Annotated[int, Field(ge=16, le=8192)]


class ResizerSettings(UploadConsumerSettings):
    """Settings from `SIGHTLINE_*`; times in seconds, sizes in bytes or pixels."""

    renditions_bucket: str = Field(description="S3 bucket of the renditions.")
    renditions: dict[RenditionName, LongestSide] = Field(
        {"thumb": 256, "preview": 1024, "full": 2048},
        min_length=1,
        max_length=8,
        description="Longest side of each rendition in pixels (16 to 8,192), by name.",
    )
    rendition_format: RenditionFormat = Field(
        RenditionFormat.WEBP, description="File format of the renditions."
    )
    rendition_quality: int | None = Field(
        None,
        ge=1,
        le=100,
        description="Quality on the scale of the format; the default depends on the format.",
    )
    processes: int = Field(
        2, ge=1, le=64, description="Number of decode processes; each decodes one image at a time."
    )
    max_bytes: int = Field(50 * 2**20, gt=0, description="Maximum file size, in bytes.")
    max_pixels: int = Field(
        64_000_000, gt=0, description="Maximum pixels (width times height) of an image."
    )
    max_jpeg_pixels: int = Field(
        200_000_000, gt=0, description="Maximum pixels (width times height) of a JPEG."
    )
    max_side: int = Field(
        30_000, gt=0, le=65_500, description="Maximum length of a side, in pixels."
    )
    max_frames: int = Field(2_000, gt=0, description="Maximum number of frames of an animation.")
    max_seconds: float = Field(
        30,
        gt=0,
        description="Limit on the CPU time of decoding and resizing one image, in seconds.",
    )
    max_memory: int = Field(
        1_280 * 2**20,
        gt=0,
        description=(
            "Memory limit of one decode process, in bytes; a WebP of 64 megapixels needs 1.1 GB."
        ),
    )

    @property
    def limits(self) -> Limits:
        """The limits that are checked before an image is decoded."""
        return Limits(self.max_pixels, self.max_jpeg_pixels, self.max_side, self.max_frames)
