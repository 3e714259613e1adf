"""The image: its two parts, the details that its owner edits, and the status that users see."""

from datetime import datetime
from typing import Any, Generic, Literal, Self, TypeVar

from pydantic import Field

from sightline.domain.capture import Capture, GeoPosition
from sightline.domain.clock import now
from sightline.domain.failures import Failure
from sightline.domain.flags import ARCHIVED, FAVORITE, rating_flag
from sightline.domain.image_words import FieldTexts, WordField, WordFields, index_texts
from sightline.domain.labels import ImageLabel, fold_label, visible_labels
from sightline.domain.model import Value
from sightline.domain.object_keys import ImageKey
from sightline.domain.position_override import PositionOverride, find_place
from sightline.domain.quotas import Reservation
from sightline.domain.recognition import Feature, Recognition
from sightline.domain.renditions import RenditionSet
from sightline.domain.rotation import Rotation
from sightline.domain.states import State, Status, derive_status, is_expired
from sightline.domain.summaries import (
    DetailsSummary,
    ImageSummary,
    RecognitionSummary,
    RenditionsSummary,
    summarize_recognition,
    summarize_renditions,
)
from sightline.domain.timeline import (
    archive_position,
    month_of,
    timeline_position,
    timeline_time,
    trash_position,
)

Result = TypeVar("Result", bound=Value)

#: The name of a part is also the name of its attribute, and of the queue that feeds it.
PartName = Literal["recognition", "renditions"]
PART_NAMES: tuple[PartName, ...] = ("recognition", "renditions")


#: Attempts that a part keeps, the last ones. A message is delivered eight times to be processed.
MAX_ATTEMPTS = 8

#: Reason of an attempt whose end is not known: a time limit, a crash or a restart cut it off.
INTERRUPTED = "interrupted"


class Attempt(Value):
    """An attempt to process a part that did not end it; `ended_at` is None if it was cut off."""

    started_at: datetime
    # A default, because rows do not store absent fields.
    ended_at: datetime | None = None
    reason: str


class Part(Value, Generic[Result]):
    """The share of one service in an image; no other service writes it.

    `revision` counts the writes, so that a write can be conditional on the state that it was
    derived from. `etag` names the bytes that `state` applies to, and `request` the last reprocess
    command that was taken up. When the same bytes are reprocessed, `result` stays until the new
    result replaces it. `queued_at` is when the message of the current work was sent, and `attempts`
    are the earlier attempts at it.
    """

    state: State = State.PENDING
    revision: int = 0
    etag: str | None = None
    request: str | None = None
    queued_at: datetime | None = None
    attempts: tuple[Attempt, ...] = ()
    started_at: datetime | None = None
    finished_at: datetime | None = None
    failure: Failure | None = None
    result: Result | None = None

    @property
    def is_attempt_ended(self) -> bool:
        """Whether the attempt that started last is among the ended ones."""
        return bool(self.attempts) and self.attempts[-1].started_at == self.started_at

    def is_settled(self, etag: str, request: str | None = None) -> bool:
        """Return whether these bytes need no more work, however often they are redelivered."""
        if self.etag != etag or (request is not None and self.request != request):
            return False
        return self.state is State.SUCCEEDED or (
            self.state is State.FAILED and self.failure is not None and self.failure.final
        )

    def begin(
        self, etag: str, request: str | None = None, queued_at: datetime | None = None
    ) -> Self:
        """Return the part as running on these bytes."""
        is_again = (
            self.state is State.RUNNING
            and self.etag == etag
            and request in {None, self.request}
            and queued_at == self.queued_at
        )
        return self._advance(
            state=State.RUNNING,
            etag=etag,
            request=request or self.request,
            queued_at=queued_at,
            attempts=self._end_attempt(INTERRUPTED, None) if is_again else (),
            started_at=now(),
            finished_at=None,
            failure=None,
            result=self.result if self.etag == etag else None,
        )

    def end_attempt(self, reason: str) -> Self:
        """Return the part, still running, after an attempt that failed for this reason."""
        return self._advance(attempts=self._end_attempt(reason, now()))

    def _end_attempt(self, reason: str, ended_at: datetime | None) -> tuple[Attempt, ...]:
        """Return the attempts with the current one, unless its end is known already."""
        if self.started_at is None or self.is_attempt_ended:
            return self.attempts
        current = Attempt(started_at=self.started_at, ended_at=ended_at, reason=reason)
        return (*self.attempts, current)[-MAX_ATTEMPTS:]

    def succeed(self, result: Result) -> Self:
        """Return the part as succeeded with this result."""
        return self._advance(state=State.SUCCEEDED, finished_at=now(), failure=None, result=result)

    def correct(self, result: Result) -> Self:
        """Return the part, in its present state, with a corrected result."""
        return self._advance(result=result)

    def fail(self, failure: Failure) -> Self:
        """Return the part as failed for this reason."""
        return self._advance(state=State.FAILED, finished_at=now(), failure=failure)

    def _advance(self, **changes: object) -> Self:
        return self.model_copy(update={**changes, "revision": self.revision + 1})


class Details(Value):
    """The details of an image that its owner edits; only the API writes them.

    `added` are the owner's own labels, `hidden` are detected labels to leave out; reprocessing
    changes neither. `taken_at` replaces the time of capture of the file; it has a UTC offset only
    if the owner gave one. `position` replaces the position of the file, and `rotation` turns the
    image in addition to the orientation of the file; the resizer applies both, and `corrected_at`
    is when one of them changed last. `trashed_at` is when the owner moved the image to the trash.
    An `archived` image is not in the timeline; trash and restore keep it archived. `rating` is 1 to
    5 stars, and 0 without a rating. `applied_edits` are the ids of the last edits with changes that
    must not be repeated. `revision` counts the writes, as that of a part does.
    """

    revision: int = 0
    title: str | None = None
    description: str | None = None
    added: tuple[str, ...] = ()
    hidden: tuple[str, ...] = ()
    taken_at: datetime | None = None
    position: PositionOverride | None = None
    rotation: Rotation = 0
    corrected_at: datetime | None = None
    applied_edits: tuple[str, ...] = ()
    trashed_at: datetime | None = None
    favorite: bool = False
    archived: bool = False
    rating: int = 0


class Image(Value):
    """An image of one owner: what was declared at the upload, and what became of it.

    `media_type`, `bytes` and `sha256` (hex) are as the client declared them; S3 enforces them.
    `expires_at` (Unix seconds) is when an unused upload expires. The first sign of the upload
    removes it, and so does an album that refers to the image, because DynamoDB would drop the row
    alone. `features` is what the owner wants recognized; None
    selects the default. `deleted_at` marks an image that is being deleted: only the deletion itself
    still sees it. `albums` are the ids of the albums that contain the image. `trashed_albums` are
    those that contained it when it was moved to the trash, and `trashed_covers` those of them whose
    cover it was. `trashed_ranks` are the ranks there, each after the id of the album and a colon;
    the table maintains all four. `indexed_words` are the words that a table in
    DynamoDB has entries for: at least those of `word_fields`. `earlier_words` are those that an
    earlier schema version has entries for.
    `traceparent` is the position in the trace that created the upload: S3 events carry no context,
    so the consumers continue the trace from the row. `is_outdated` marks an image that was read
    from a row of an earlier schema version, which the table migrates with its next write.
    `home` is the AWS region whose consumers process the image; None is the region of the reader.
    Replication copies the object and the row to another region, whose consumers leave it alone.
    `reserved_until` (Unix seconds) is when the part of the quotas that the upload reserves lapses;
    None if it reserves none.
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
    trashed_albums: frozenset[str] = frozenset()
    trashed_covers: frozenset[str] = frozenset()
    trashed_ranks: frozenset[str] = frozenset()
    indexed_words: frozenset[str] = frozenset()
    earlier_words: frozenset[str] = Field(default=frozenset(), exclude=True)
    traceparent: str | None = None
    is_outdated: bool = Field(default=False, exclude=True)
    home: str | None = None
    reserved_until: int | None = None
    details: Details = Details()
    recognition: Part[Recognition] = Part[Recognition]()
    renditions: Part[RenditionSet] = Part[RenditionSet]()

    @property
    def key(self) -> ImageKey:
        return ImageKey(self.owner, self.image_id)

    @property
    def reservation(self) -> Reservation | None:
        """What the upload reserves of the owner's quotas until it arrives; None afterwards."""
        if self.reserved_until is None or self.renditions.etag is not None:
            return None
        return Reservation(self.owner, self.bytes, self.reserved_until)

    @property
    def is_gone(self) -> bool:
        """Whether the image is being deleted, or its unused upload has expired."""
        return self.deleted_at is not None or is_expired(self.expires_at)

    @property
    def is_trashed(self) -> bool:
        """Whether the image is in the trash."""
        return self.details.trashed_at is not None

    @property
    def is_hidden(self) -> bool:
        """Whether no list shows the image: it is gone, or in the trash."""
        return self.is_gone or self.is_trashed

    def part(self, name: PartName) -> Part[Recognition] | Part[RenditionSet]:
        return self.recognition if name == "recognition" else self.renditions

    def with_part(self, name: PartName, part: Part[Any]) -> Self:
        """Return the image with one part replaced; parts change only after the upload."""
        return self.model_copy(update={name: part, "expires_at": None})

    def is_at_home(self, region: str) -> bool:
        """Return whether the consumers of this region process the image."""
        return self.home in {None, region}

    def with_home(self, region: str) -> Self:
        """Return the image with this region as its home."""
        return self.model_copy(update={"home": region})

    def with_details(self, details: Details) -> Self:
        """Return the image with other details."""
        return self.model_copy(update={"details": details})

    @property
    def status(self) -> Status:
        return derive_status(self.recognition.state, self.renditions.state)

    @property
    def labels(self) -> dict[str, ImageLabel]:
        """The labels that the image shows, by folded name."""
        return visible_labels(self.detected_labels, self.details.added, self.details.hidden)

    @property
    def taken_at(self) -> datetime | None:
        """The time of capture: that of the owner, or else that of the file."""
        result = self.renditions.result
        return self.details.taken_at or (result.capture.taken_at if result else None)

    @property
    def place(self) -> GeoPosition | None:
        """The position of capture and its place: that of the owner, or else that of the file."""
        result = self.renditions.result
        recorded = result.capture.place if result else None
        named = result.corrected_place if result else None
        return find_place(self.details.position, recorded, named)

    @property
    def is_correction_due(self) -> bool:
        """Whether the renditions lack the rotation, or the names of the position, of the owner."""
        details, result = self.details, self.renditions.result
        if result is None:
            return False
        is_named = details.position is None or details.position.is_named_by(result.corrected_place)
        return result.rotation != details.rotation or not is_named

    @property
    def timeline_at(self) -> datetime:
        """The wall-clock time of capture without its offset, or else that of upload in UTC."""
        return timeline_time(self.taken_at, self.created_at)

    @property
    def is_in_timeline(self) -> bool:
        """Whether the timeline contains the image: from the first write to its renditions on."""
        return (
            self.renditions.etag is not None and not self.is_trashed and not self.details.archived
        )

    @property
    def is_trash_counted(self) -> bool:
        """Whether usage counts the image as one in the trash."""
        return self.renditions.etag is not None and self.is_trashed

    @property
    def timeline_position(self) -> str | None:
        """The position in the timeline, the archive or the trash.

        None before the first write to the renditions, and during the deletion.
        """
        if self.deleted_at is not None:
            return None
        if self.details.trashed_at is not None:
            return trash_position(self.details.trashed_at, self.image_id)
        if self.renditions.etag is None:
            return None
        if self.details.archived:
            return archive_position(self.timeline_at, self.image_id)
        return timeline_position(self.timeline_at, self.image_id)

    @property
    def album_position(self) -> str | None:
        """The position by time of capture in its albums, which keep an archived image.

        None before the first write to the renditions, in the trash, and during the deletion.
        """
        if self.deleted_at is not None or self.is_trashed or self.renditions.etag is None:
            return None
        return timeline_position(self.timeline_at, self.image_id)

    @property
    def capture_position(self) -> str:
        """The position by time of capture in albums of others, which keep it at all times."""
        return timeline_position(self.timeline_at, self.image_id)

    def trashed_rank(self, album_id: str) -> str | None:
        """Return the rank in an album that the image left for the trash."""
        ranks = (each.partition(":") for each in self.trashed_ranks)
        return next((rank for name, _, rank in ranks if name == album_id), None)

    def without_trashed_rank(self, album_id: str) -> frozenset[str]:
        """Return `trashed_ranks` without that of an album."""
        return frozenset(each for each in self.trashed_ranks if not each.startswith(album_id))

    @property
    def timeline_month(self) -> str | None:
        """The month that counts the image, until it is removed; None outside the timeline."""
        return month_of(self.timeline_at) if self.is_in_timeline else None

    @property
    def perceptual_hash(self) -> str | None:
        """The perceptual hash, once the renditions exist."""
        result = self.renditions.result
        return result.perceptual_hash if result else None

    @property
    def indexed_labels(self) -> dict[str, ImageLabel]:
        """The labels that the image is found by and counted for.

        There are none before its upload, nor in the trash.
        """
        is_left_out = self.is_trashed or self.status is Status.AWAITING_UPLOAD
        return {} if is_left_out else self.labels

    @property
    def detected_labels(self) -> tuple[ImageLabel, ...]:
        """The labels that recognition found."""
        result = self.recognition.result
        labels = (result and result.labels) or ()
        return tuple(ImageLabel(label.name, label.confidence) for label in labels)

    @property
    def texts(self) -> FieldTexts:
        """The texts that the image is found by: its own once the renditions of it have begun.

        One part alone brings in the title and the description, so that the parts, which begin at
        the same time, do not both index them.
        """
        details = self.details if self.renditions.etag is not None else Details()
        recognition, renditions = self.recognition.result, self.renditions.result
        capture = renditions.capture if renditions else Capture()
        texts: dict[WordField, tuple[str | None, ...]] = {
            WordField.TITLE: (details.title,),
            WordField.DESCRIPTION: (details.description,),
            WordField.CAMERA: (capture.camera,),
            WordField.LENS: (capture.lens,),
            WordField.PLACE: self.place.names if self.place else (),
            WordField.LABEL: self._label_names,
            WordField.TEXT: tuple(text.text for text in (recognition and recognition.text) or ()),
        }
        return tuple(
            (name, found) for name, lines in texts.items() if (found := tuple(filter(None, lines)))
        )

    @property
    def _label_names(self) -> tuple[str, ...]:
        """The names and synonyms of the labels that the image is found by."""
        labels, result = self.indexed_labels, self.recognition.result
        synonyms = [
            alias
            for label in (result and result.labels) or ()
            if fold_label(label.name) in labels
            for alias in label.aliases
        ]
        return (*(label.name for label in labels.values()), *synonyms)

    @property
    def word_fields(self) -> WordFields:
        """The words that the image is found by, and the fields of each; its flags have none."""
        words, flags = index_texts(self.texts), self.flags
        return {**words, **dict.fromkeys(flags, frozenset[WordField]())} if flags else words

    @property
    def flags(self) -> tuple[str, ...]:
        """The terms of favorites, the archive and ratings: see `sightline.domain.flags`.

        There are none before the first write to the renditions, as of the owner's texts.
        """
        if self.renditions.etag is None:
            return ()
        details = self.details
        flags = {
            FAVORITE: details.favorite,
            ARCHIVED: details.archived,
            rating_flag(details.rating): details.rating,
        }
        return tuple(flag for flag, is_set in flags.items() if is_set)

    @property
    def calls(self) -> dict[Feature, int]:
        """How often each feature has been paid for this image."""
        result = self.recognition.result
        return result.calls if result else {}

    @property
    def details_summary(self) -> DetailsSummary:
        details = self.details
        return DetailsSummary(
            title=details.title,
            added=details.added,
            hidden=details.hidden,
            taken_at=details.taken_at,
            position=details.position,
            trashed_at=details.trashed_at,
            favorite=details.favorite,
            archived=details.archived,
            rating=details.rating,
        )

    @property
    def recognition_summary(self) -> RecognitionSummary:
        return summarize_recognition(self.recognition.state, self.detected_labels)

    @property
    def renditions_summary(self) -> RenditionsSummary:
        return summarize_renditions(self.renditions.state, self.renditions.result)

    @property
    def summary(self) -> ImageSummary:
        """The image as a list shows it."""
        return ImageSummary(
            owner=self.owner,
            image_id=self.image_id,
            media_type=self.media_type,
            bytes=self.bytes,
            created_at=self.created_at,
            expires_at=self.expires_at,
            deleted_at=self.deleted_at,
            albums=self.albums,
            details=self.details_summary,
            recognition=self.recognition_summary,
            renditions=self.renditions_summary,
        )


#: The attributes of an image that count their writes.
REVISED = ("details", *PART_NAMES)


def find_changes(before: Image, after: Image) -> list[str]:
    """Return the names of the revised attributes that a write from `before` to `after` changes."""
    return [
        name for name in REVISED if getattr(before, name).revision != getattr(after, name).revision
    ]


def find_preconditions(before: Image, after: Image) -> set[str]:
    """Return the revised attributes that must still be as in `before` for the write.

    These are the ones that change, and those that the indexes of labels and words and the timeline
    derive from. Details and recognition determine the labels. Both parts determine whether the
    image has been uploaded, before which its labels are not indexed: the first write to a part must
    not miss new details, and new details must not miss that write. Details and renditions determine
    the position in the timeline and the place, and all of them the fields of a word that is indexed
    already. What moves to the trash or back takes all of these with it.
    """
    if before.is_trashed != after.is_trashed:
        return set(REVISED)
    changes = set(find_changes(before, after))
    if _is_moved(before, after):
        changes |= {"details", "renditions"}
    if "details" in changes and before.renditions.etag is None:
        # The renditions begin to index the title and the description.
        changes.add("renditions")
    if before.renditions.etag is None and after.renditions.etag is not None:
        changes.add("details")
    old_words, new_words = before.word_fields, after.word_fields
    if any(new_words.get(word) != fields for word, fields in old_words.items()):
        return set(REVISED)
    is_relabeled = before.labels != after.labels
    if before.status is Status.AWAITING_UPLOAD:
        is_indexed = before.indexed_labels != after.indexed_labels
        return set(REVISED) if is_relabeled or is_indexed else changes | {"details"}
    return changes | {"details", "recognition"} if is_relabeled else changes


def _is_moved(before: Image, after: Image) -> bool:
    """Return whether a write changes what the position in the timeline or the place derives from.

    Both may stay, for example when the owner corrects the time before the upload.
    """
    return _find_origin(before) != _find_origin(after)


def _find_origin(image: Image) -> tuple[object, ...]:
    """Return what the owner says of when and where the image was taken, and what follows."""
    details = image.details
    return (details.taken_at, image.taken_at, image.is_in_timeline, details.position, image.place)


def adds_known_word(before: Image, after: Image, current: Image) -> bool:
    """Return whether a write indexes a word that another write has indexed since `before`."""
    new_words = after.word_fields.keys() - before.word_fields.keys()
    return not new_words.isdisjoint(current.word_fields.keys())
