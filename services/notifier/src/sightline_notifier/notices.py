"""Notices: change events with their type and the current state of their subject.

A change event carries ids only. A notice adds what its type is derived from, so that the channels
agree on the end of processing.
"""

from datetime import UTC, datetime, timedelta
from typing import Literal

from sightline.domain.albums import Album, AlbumKey, AlbumNotFound
from sightline.domain.events import Event
from sightline.domain.ids import time_of
from sightline.domain.images import PART_NAMES, Image
from sightline.domain.model import Value
from sightline.domain.object_keys import ImageKey
from sightline.domain.states import Status
from sightline.ports.album_table import AlbumTable
from sightline.ports.image_table import ImageNotFound, ImageTable

NoticeType = Literal[
    "image.created",
    "image.updated",
    "image.ready",
    "image.failed",
    "image.deleted",
    "album.created",
    "album.updated",
    "album.deleted",
]

#: Time after the end of processing in which an event of the image can report that end. Later ones
#: are changes by the owner. The service that ends the processing publishes the event at once.
END_WINDOW = timedelta(seconds=120)

#: Labels in a notice, those with the highest confidence.
MAX_LABELS = 20


class ImageState(Value):
    """The state of an image; `codes` are those of the failures of its parts. Sides in pixels."""

    id: str
    status: str
    title: str | None
    media_type: str
    bytes: int
    width: int | None
    height: int | None
    created_at: datetime
    finished_at: datetime | None
    labels: tuple[str, ...]
    codes: tuple[str, ...]


class AlbumState(Value):
    """The state of an album; `images` is their number."""

    id: str
    title: str
    images: int


class Notice(Value):
    """What happened, when, to whom it belongs, and the state of the subject.

    `id` is that of the event: the same for every delivery of it. A deleted subject has no state.
    """

    id: str
    type: NoticeType
    occurred_at: datetime
    owner: str
    subject_id: str
    image: ImageState | None = None
    album: AlbumState | None = None


async def read_notice(event: Event, images: ImageTable, albums: AlbumTable) -> Notice | None:
    """Return the notice of an event; None if the subject was deleted since.

    Its deletion has an event of its own. Other subjects than images and albums have no notice.
    """
    if event.kind == "webhook":
        return None
    if event.change == "deleted":
        return _build(event, "image.deleted" if event.kind == "image" else "album.deleted")
    try:
        if event.kind == "image":
            image = await images.get_stored(ImageKey(event.owner, event.subject_id))
            return _build(event, _image_type(event, image), image=_image_state(image))
        album = await albums.get(AlbumKey(event.owner, event.subject_id))
    except (ImageNotFound, AlbumNotFound):
        return None
    type_: NoticeType = "album.created" if event.change == "created" else "album.updated"
    return _build(event, type_, album=_album_state(album))


def finished_at(image: Image) -> datetime | None:
    """Return when the last part ended; None while one is pending.

    SQS knows when the work on a part was queued. It ended later, even if the clock of the process
    that did it was behind.
    """
    parts = [image.part(name) for name in PART_NAMES]
    ended = [
        max(each.finished_at, each.queued_at or each.finished_at)
        for each in parts
        if each.finished_at is not None
    ]
    is_finished = image.status in {Status.READY, Status.FAILED}
    return max(ended) if is_finished and ended else None


def _image_type(event: Event, image: Image) -> NoticeType:
    if event.change == "created":
        return "image.created"
    ended = finished_at(image)
    if ended is None or _occurred_at(event) - ended > END_WINDOW:
        return "image.updated"
    return "image.ready" if image.status is Status.READY else "image.failed"


def _build(
    event: Event,
    type_: NoticeType,
    *,
    image: ImageState | None = None,
    album: AlbumState | None = None,
) -> Notice:
    return Notice(
        id=event.event_id,
        type=type_,
        occurred_at=_occurred_at(event),
        owner=event.owner,
        subject_id=event.subject_id,
        image=image,
        album=album,
    )


def _occurred_at(event: Event) -> datetime:
    return datetime.fromtimestamp(time_of(event.event_id), UTC)


def _image_state(image: Image) -> ImageState:
    renditions = image.renditions_summary
    labels = sorted(image.labels.values(), key=lambda label: -(label.confidence or 0))
    failures = [image.part(name).failure for name in PART_NAMES]
    return ImageState(
        id=image.image_id,
        status=image.status.value,
        title=image.details.title,
        media_type=renditions.media_type or image.media_type,
        bytes=image.bytes,
        width=renditions.width,
        height=renditions.height,
        created_at=image.created_at,
        finished_at=finished_at(image),
        labels=tuple(label.name for label in labels[:MAX_LABELS]),
        codes=tuple(failure.code for failure in failures if failure),
    )


def _album_state(album: Album) -> AlbumState:
    return AlbumState(id=album.album_id, title=album.title, images=album.images)
