"""The results of batch uploads."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from sightline_client.errors import SightlineError
from sightline_client.image_file import ImageFile, Source
from sightline_client.journal import JournalEntry

#: Files that are hashed and looked up in the journal together.
BATCH_SIZE = 50

#: Batches that are prepared while others are being sent.
CONCURRENT_BATCHES = 2

#: Called with a source, the bytes sent so far and the total.
BatchUploadCallback = Callable[[Source, int, int], None]


class UploadOutcome(StrEnum):
    """The outcome for one file of a batch."""

    UPLOADED = "uploaded"
    #: The owner already has an image with the same content; nothing was sent.
    DUPLICATE = "duplicate"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class UploadResult:
    """The result for one file of a batch: the id of its image, or the error."""

    source: Source
    outcome: UploadOutcome
    image_id: str | None = None
    error: SightlineError | None = None


@dataclass(slots=True)
class PendingUpload:
    """A hashed file, with its journal entry once its upload was created, and its result at last."""

    source: Source
    file: ImageFile
    title: str | None = None
    entry: JournalEntry | None = None
    result: UploadResult | None = None

    def finish(
        self,
        outcome: UploadOutcome,
        image_id: str | None = None,
        error: SightlineError | None = None,
    ) -> None:
        """Set the result."""
        self.result = UploadResult(self.source, outcome, image_id, error)
