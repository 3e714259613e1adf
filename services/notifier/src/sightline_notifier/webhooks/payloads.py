"""The messages that endpoints receive, as JSON."""

from datetime import UTC, datetime
from typing import Any, NamedTuple

from sightline.domain.albums import Album, AlbumKey, AlbumNotFound
from sightline.domain.events import Event
from sightline.domain.ids import time_of
from sightline.domain.images import PART_NAMES, Image
from sightline.domain.object_keys import ImageKey
from sightline.domain.states import Status
from sightline.domain.webhooks import WebhookEventType, format_payload
from sightline.ports.album_table import AlbumTable
from sightline.ports.image_table import ImageNotFound, ImageTable
from sightline_notifier.notices import finished_at

#: Labels in a message, those of the highest confidence.
MAX_LABELS = 30

#: Albums in a message.
MAX_ALBUMS = 20

#: Characters of a text that the owner wrote.
MAX_TEXT = 500


class WebhookMessage(NamedTuple):
    """What happened, when, and the body of the request.

    `occurrence` differs between two messages of the same subject and time.
    """

    event: WebhookEventType
    subject_id: str
    happened_at: datetime
    payload: str
    occurrence: str = ""


class MessageBuilder:
    """Builds the message of an event from the current state of its image or album."""

    def __init__(self, images: ImageTable, albums: AlbumTable) -> None:
        self._images = images
        self._albums = albums

    async def build(self, event: Event) -> WebhookMessage | None:
        """Return the message; None if endpoints are not notified of the event.

        An image leads to a message when it was processed and when it was deleted.
        """
        if event.kind == "image":
            return await self._build_image_message(event)
        if event.kind == "album":
            return await self._build_album_message(event)
        return None

    async def _build_image_message(self, event: Event) -> WebhookMessage | None:
        if event.change == "deleted":
            return _at_event(WebhookEventType.IMAGE_DELETED, event, {"id": event.subject_id})
        try:
            # Also in the trash: it was processed, whatever happened to it since.
            image = await self._images.get_stored(ImageKey(event.owner, event.subject_id))
        except ImageNotFound:
            # The event of its deletion follows.
            return None
        happened_at = finished_at(image)
        if happened_at is None:
            return None
        is_ready = image.status is Status.READY
        kind = WebhookEventType.IMAGE_READY if is_ready else WebhookEventType.IMAGE_FAILED
        message = make_message(kind, image.image_id, happened_at, summarize_image(image))
        return message._replace(occurrence=_format_ends(image))

    async def _build_album_message(self, event: Event) -> WebhookMessage | None:
        kind = WebhookEventType(f"album.{event.change}")
        if kind is WebhookEventType.ALBUM_DELETED:
            return _at_event(kind, event, {"id": event.subject_id})
        try:
            album = await self._albums.get(AlbumKey(event.owner, event.subject_id))
        except AlbumNotFound:
            return None
        return _at_event(kind, event, summarize_album(album))


def make_message(
    kind: WebhookEventType, subject_id: str, happened_at: datetime, data: dict[str, Any]
) -> WebhookMessage:
    """Return a message in the form that Standard Webhooks recommends: type, timestamp, data."""
    return WebhookMessage(kind, subject_id, happened_at, format_payload(kind, happened_at, data))


def summarize_image(image: Image) -> dict[str, Any]:
    """Return the image as a message shows it; bounded in size, and without URLs."""
    summary = image.renditions_summary
    labels = sorted(
        image.labels.values(), key=lambda label: (-(label.confidence or 100), label.name)
    )
    return {
        "id": image.image_id,
        "status": image.status.value,
        "media_type": summary.media_type or image.media_type,
        "bytes": image.bytes,
        "width": summary.width,
        "height": summary.height,
        "title": _shorten(image.details.title),
        "created_at": _format_time(image.created_at),
        "taken_at": image.taken_at.isoformat() if image.taken_at else None,
        "labels": [
            {"name": label.name, "confidence": label.confidence} for label in labels[:MAX_LABELS]
        ],
        "albums": sorted(image.albums)[:MAX_ALBUMS],
        "errors": {
            name: {"code": failure.code, "message": failure.message}
            for name in PART_NAMES
            if (failure := image.part(name).failure) is not None
        },
    }


def summarize_album(album: Album) -> dict[str, Any]:
    """Return the album as a message shows it."""
    return {
        "id": album.album_id,
        "title": _shorten(album.title),
        "images": album.images,
        "cover_id": album.cover_id,
        "created_at": _format_time(album.created_at),
        "updated_at": _format_time(album.updated_at),
    }


def _at_event(kind: WebhookEventType, event: Event, data: dict[str, Any]) -> WebhookMessage:
    """Return a message of what happened when the event was made, exact to the millisecond."""
    happened_at = datetime.fromtimestamp(time_of(event.event_id), UTC)
    return make_message(kind, event.subject_id, happened_at, data)


def _format_ends(image: Image) -> str:
    """Return when each part ended.

    The later time alone stays the same when the other part is processed again, if the clock of its
    process was ahead.
    """
    ends = [image.part(name).finished_at for name in PART_NAMES]
    return " ".join(end.isoformat() if end else "-" for end in ends)


def _shorten(text: str | None) -> str | None:
    return text and text[:MAX_TEXT]


def _format_time(at: datetime) -> str:
    return at.isoformat()
