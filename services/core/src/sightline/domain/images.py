"""The image: its two parts, their states, and the one status that a user sees."""

import time
from datetime import datetime
from enum import StrEnum
from typing import Any, Generic, Literal, NamedTuple, Self, TypeVar

from sightline.domain.clock import now
from sightline.domain.failures import Failure
from sightline.domain.model import Value
from sightline.domain.object_keys import ImageKey
from sightline.domain.recognition import Feature, Recognition
from sightline.domain.renditions import RenditionSet
from sightline.domain.words import collect_words

Result = TypeVar("Result", bound=Value)

#: A part's name is also the name of its attribute, and the queue that feeds it.
PartName = Literal["recognition", "renditions"]
PART_NAMES: tuple[PartName, ...] = ("recognition", "renditions")


class State(StrEnum):
    """How far one part is."""

    PENDING = "pending"
    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"


class Status(StrEnum):
    """How far the image is, as its owner sees it."""

    AWAITING_UPLOAD = "awaiting_upload"
    PROCESSING = "processing"
    READY = "ready"
    FAILED = "failed"


class Part(Value, Generic[Result]):
    """One service's share of an image; nobody else writes it.

    `revision` counts its writes, so that a write can be made conditional on the state it was
    decided from. `etag` names the bytes that `state` speaks of, `request` the demand to process
    them once more that was last taken up. `result` outlives a repetition with the same bytes
    until the new one replaces it.
    """

    state: State = State.PENDING
    revision: int = 0
    etag: str | None = None
    request: str | None = None
    started_at: datetime | None = None
    finished_at: datetime | None = None
    failure: Failure | None = None
    result: Result | None = None

    def is_settled(self, etag: str, request: str | None = None) -> bool:
        """Whether these bytes need no more work, however often they are delivered."""
        if self.etag != etag or (request is not None and self.request != request):
            return False
        return self.state is State.SUCCEEDED or (
            self.state is State.FAILED and self.failure is not None and self.failure.final
        )

    def begin(self, etag: str, request: str | None = None) -> Self:
        return self._advance(
            state=State.RUNNING,
            etag=etag,
            request=request or self.request,
            started_at=now(),
            finished_at=None,
            failure=None,
            result=self.result if self.etag == etag else None,
        )

    def succeed(self, result: Result) -> Self:
        return self._advance(state=State.SUCCEEDED, finished_at=now(), failure=None, result=result)

    def fail(self, failure: Failure) -> Self:
        return self._advance(state=State.FAILED, finished_at=now(), failure=failure)

    def _advance(self, **changes: object) -> Self:
        return self.model_copy(update={**changes, "revision": self.revision + 1})


class Details(Value):
    """What the owner says of the image; only the gateway writes it.

    `added` are labels of the owner's own, `hidden` those of recognition's that are not to be
    shown or found. Both outlive every reprocessing. `revision` counts writes, as a part's does.
    """

    revision: int = 0
    title: str | None = None
    description: str | None = None
    added: tuple[str, ...] = ()
    hidden: tuple[str, ...] = ()


class ImageLabel(NamedTuple):
    """A label as an image bears it; `confidence` is 0 to 100, 100 where the owner added it."""

    name: str
    confidence: float


def fold_label(name: str) -> str:
    """By what a label is found: the same however it is written."""
    return name.casefold()


def derive_status(recognition: State, renditions: State) -> Status:
    """The status of an image whose parts are in these states; never stored."""
    states = {recognition, renditions}
    if states == {State.PENDING}:
        return Status.AWAITING_UPLOAD
    if states & {State.PENDING, State.RUNNING}:
        return Status.PROCESSING
    return Status.FAILED if State.FAILED in states else Status.READY


class Image(Value):
    """A picture of one owner: what was promised at the ticket, and what became of it.

    `media_type`, `bytes` and `sha256` (hex) are what the client declared; S3 holds it to them.
    `expires_at` (Unix seconds) is when a ticket that nobody used is forgotten; the first sign
    of the upload removes it, and so does what is kept of the image elsewhere, in an album or in
    the index of labels: the row would go alone. `features` is what the owner wants recognised,
    None for what is usual. `deleted_at` marks an image whose deletion has begun: to everyone but
    the deletion itself it is gone. `albums` are the ids of those that hold the image, `words`
    those that it is indexed by: at least the ones that were found in it. The table keeps both.
    """

    owner: str
    image_id: str
    media_type: str
    bytes: int
    sha256: str
    features: tuple[Feature, ...] | None = None
    created_at: datetime
    expires_at: int | None = None
    deleted_at: datetime | None = None
    albums: frozenset[str] = frozenset()
    words: frozenset[str] = frozenset()
    details: Details = Details()
    recognition: Part[Recognition] = Part[Recognition]()
    renditions: Part[RenditionSet] = Part[RenditionSet]()

    @property
    def key(self) -> ImageKey:
        return ImageKey(self.owner, self.image_id)

    @property
    def is_hidden(self) -> bool:
        """Whether it is gone for everyone but its own deletion: that has begun, or the ticket ran
        out and its row has yet to be dropped."""
        expired = self.expires_at is not None and self.expires_at <= time.time()
        return expired or self.deleted_at is not None

    def part(self, name: PartName) -> Part[Recognition] | Part[RenditionSet]:
        return self.recognition if name == "recognition" else self.renditions

    def with_part(self, name: PartName, part: Part[Any]) -> Self:
        """This image with one part replaced; a part only ever moves once its bytes are there."""
        return self.model_copy(update={name: part, "expires_at": None})

    def with_details(self, details: Details) -> Self:
        """This image with something else said of it."""
        expires_at = None if details.added else self.expires_at
        return self.model_copy(update={"details": details, "expires_at": expires_at})

    @property
    def status(self) -> Status:
        return derive_status(self.recognition.state, self.renditions.state)

    @property
    def labels(self) -> dict[str, ImageLabel]:
        """Every label that the image is to be found by, by its folded name."""
        result = self.recognition.result
        hidden = set(map(fold_label, self.details.hidden))
        seen = {
            fold_label(label.name): ImageLabel(label.name, label.confidence)
            for label in (result and result.labels) or ()
        }
        added = {fold_label(name): ImageLabel(name, 100.0) for name in self.details.added}
        return {name: mark for name, mark in seen.items() if name not in hidden} | added

    @property
    def found_words(self) -> frozenset[str]:
        """The words that are to be read in the picture."""
        result = self.recognition.result
        return collect_words(text.text for text in (result and result.text) or ())

    @property
    def calls(self) -> dict[Feature, int]:
        """How often each feature has been paid for this image."""
        result = self.recognition.result
        return result.calls if result else {}
