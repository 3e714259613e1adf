"""The resizer's settings."""

from pydantic import Field

from sightline.settings import ConsumerSettings


class ResizerSettings(ConsumerSettings):
    """Read from `SIGHTLINE_*`."""

    renditions_bucket: str = Field(description="Bucket that renditions are written to.")
    threads: int = Field(2, ge=1, le=64, description="Pictures decoded at the same time.")
    max_bytes: int = Field(50 * 2**20, gt=0, description="Largest file that is looked at.")
    max_pixels: int = Field(100_000_000, gt=0, description="Largest picture that is decoded.")
