"""What becomes of files that are uploaded."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from sightline_client.errors import SightlineError
from sightline_client.image_file import Picture, Source
from sightline_client.journal import Entry

#: Pictures that are announced at once; the gateway takes 100.
BATCH = 50

#: Batches that are measured and announced while others are being sent.
BATCHES_AT_ONCE = 2

#: Told of a source, the bytes of it that are sent so far, and all of them.
BatchProgress = Callable[[Source, int, int], None]


class Outcome(StrEnum):
    """What was done with a file."""

    SENT = "sent"
    THERE_ALREADY = "there already"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Upload:
    """One file of many: the image that it is now, or why it is none."""

    source: Source
    outcome: Outcome
    image_id: str | None = None
    error: SightlineError | OSError | None = None


@dataclass(slots=True)
class Announced:
    """A file on its way: measured, and with an entry of the journal once it is announced."""

    source: Source
    picture: Picture
    entry: Entry | None = None
