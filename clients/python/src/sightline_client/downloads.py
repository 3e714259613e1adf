"""The results of batch downloads."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from sightline_client.errors import SightlineError

#: Called with an image's id, the bytes received so far and the total.
BatchDownloadCallback = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class DownloadResult:
    """The result for one image of a batch: the path of the saved file, or the error."""

    image_id: str
    path: Path | None = None
    error: SightlineError | None = None
