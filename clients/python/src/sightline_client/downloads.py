"""What becomes of pictures that are downloaded."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from sightline_client.errors import SightlineError

#: Told of an image's id, the bytes that are there so far, and all of them.
DownloadProgress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class Download:
    """One image of many: the file that it is now, or why it is none."""

    image_id: str
    path: Path | None = None
    error: SightlineError | None = None
