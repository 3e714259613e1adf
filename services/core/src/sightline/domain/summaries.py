"""What a list shows of an image: a small projection of its row.

Each service writes the summary of its own part in the same write as the part itself, so a summary
never disagrees with the row and no two services write the same attribute.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from sightline.domain.capture import GeoPosition, Projection
from sightline.domain.labels import ImageLabel, visible_labels
from sightline.domain.model import Value
from sightline.domain.position_override import PositionOverride, find_place
from sightline.domain.renditions import Rendition, RenditionSet
from sightline.domain.states import State, Status, derive_status, is_expired
from sightline.domain.timeline import (
    archive_position,
    timeline_position,
    timeline_time,
    trash_position,
)

#: Longest side, in pixels, that a preview has at least, where such a rendition exists.
PREVIEW_PIXELS = 1024

#: Steps of a confidence in one percent: what a list shows is not more exact.
CONFIDENCE_STEPS = 2


class RenditionLink(NamedTuple):
    """A stored rendition: its key, and its sides in pixels."""

    key: str
    width: int
    height: int


class DetailsSummary(Value):
    """The details that the owner edits, without the description.

    Tables store the fields by position: a new one must be the last.
    """

    title: str | None = None
    added: tuple[str, ...] = ()
    hidden: tuple[str, ...] = ()
    taken_at: datetime | None = None
    position: PositionOverride | None = None
    trashed_at: datetime | None = None
    favorite: bool = False
    archived: bool = False
    rating: int = 0


class RecognitionSummary(Value):
    """The state of recognition, and the labels that it found."""

    state: State = State.PENDING
    labels: tuple[ImageLabel, ...] = ()


class RenditionsSummary(Value):
    """The state of the renditions, and what is known of the original; sides in pixels.

    `place` is that of the file, and `corrected_place` that of the owner's position.
    """

    state: State = State.PENDING
    media_type: str | None = None
    width: int | None = None
    height: int | None = None
    animated: bool | None = None
    placeholder: str | None = None
    taken_at: datetime | None = None
    motion: bool | None = None
    projection: Projection | None = None
    place: GeoPosition | None = None
    corrected_place: GeoPosition | None = None
    thumbnail: RenditionLink | None = None
    preview: RenditionLink | None = None


class ImageSummary(Value):
    """An image as a list shows it.

    `media_type` and `bytes` are as declared at the upload; `renditions.media_type` is as found.
    """

    owner: str
    image_id: str
    media_type: str
    bytes: int
    created_at: datetime
    expires_at: int | None = None
    deleted_at: datetime | None = None
    albums: frozenset[str] = frozenset()
    details: DetailsSummary = DetailsSummary()
    recognition: RecognitionSummary = RecognitionSummary()
    renditions: RenditionsSummary = RenditionsSummary()

    @property
    def is_gone(self) -> bool:
        """Whether the image is being deleted, or its unused upload has expired."""
        return self.deleted_at is not None or is_expired(self.expires_at)

    @property
    def is_hidden(self) -> bool:
        """Whether no list shows the image: it is gone, or in the trash."""
        return self.is_gone or self.details.trashed_at is not None

    @property
    def status(self) -> Status:
        return derive_status(self.recognition.state, self.renditions.state)

    @property
    def taken_at(self) -> datetime | None:
        """The time of capture: that of the owner, or else that of the file."""
        return self.details.taken_at or self.renditions.taken_at

    @property
    def place(self) -> GeoPosition | None:
        """The position of capture and its place: that of the owner, or else that of the file."""
        renditions = self.renditions
        return find_place(self.details.position, renditions.place, renditions.corrected_place)

    @property
    def timeline_at(self) -> datetime:
        """The wall-clock time of capture without its offset, or else that of upload in UTC."""
        return timeline_time(self.taken_at, self.created_at)

    @property
    def timeline_position(self) -> str:
        """The position in the timeline while it has the image, in the archive or in the trash."""
        if self.details.trashed_at is not None:
            return trash_position(self.details.trashed_at, self.image_id)
        if self.details.archived:
            return archive_position(self.timeline_at, self.image_id)
        return timeline_position(self.timeline_at, self.image_id)

    @property
    def labels(self) -> dict[str, ImageLabel]:
        """The labels that the image is found by, by folded name."""
        return visible_labels(self.recognition.labels, self.details.added, self.details.hidden)


def summarize_recognition(state: State, labels: Iterable[ImageLabel]) -> RecognitionSummary:
    """Summarize the recognition part, with confidences in steps of half a percent."""
    rounded = (
        ImageLabel(label.name, round(label.confidence * CONFIDENCE_STEPS) / CONFIDENCE_STEPS)
        for label in labels
    )
    return RecognitionSummary(state=state, labels=tuple(rounded))


def summarize_renditions(state: State, result: RenditionSet | None) -> RenditionsSummary:
    """Summarize the renditions part; `result` is None while there is none."""
    if result is None:
        return RenditionsSummary(state=state)
    by_size = sorted(result.renditions, key=_longest_side)
    return RenditionsSummary(
        state=state,
        media_type=result.media_type,
        width=result.width,
        height=result.height,
        animated=result.animated,
        placeholder=result.placeholder,
        taken_at=result.capture.taken_at,
        motion=result.capture.motion,
        projection=result.capture.projection,
        place=result.capture.place,
        corrected_place=result.corrected_place,
        thumbnail=_link(by_size[:1]),
        preview=_link(
            [each for each in by_size if _longest_side(each) >= PREVIEW_PIXELS] or by_size[-1:]
        ),
    )


def _longest_side(rendition: Rendition) -> int:
    return max(rendition.width, rendition.height)


def _link(renditions: Iterable[Rendition]) -> RenditionLink | None:
    """Return a link to the first of the renditions."""
    for rendition in renditions:
        return RenditionLink(rendition.key, rendition.width, rendition.height)
    return None
