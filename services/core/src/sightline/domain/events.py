"""Change events: what of an owner was created, updated or deleted.

The subject is an image, an album or a webhook endpoint.

An event does not carry the new state. Each writer knows only its own part of an image, so a
subscriber reads the current state itself, and an event that arrives twice or late does no harm.
"""

import logging
from collections.abc import Sequence
from typing import Any, Literal

from pydantic import BaseModel, ValidationError

from sightline import tracing
from sightline.domain.albums import AlbumKey
from sightline.domain.ids import AlbumId, EventId, ImageId, Owner, WebhookId, new_event_id
from sightline.domain.model import Value
from sightline.domain.object_keys import ImageKey

logger = logging.getLogger(__name__)

EventKind = Literal["image", "album", "webhook"]
EventChange = Literal["created", "updated", "deleted"]


#: Events in one message: it costs as much as for one event, and SNS accepts 256 KiB.
MAX_EVENTS_PER_MESSAGE = 400


class InvalidEventsMessage(Exception):
    """A message without events; another sender uses the topic."""


class Event(Value):
    """A change of one subject; `traceparent` is the position in the trace that made it."""

    event_id: EventId
    owner: Owner
    kind: EventKind
    subject_id: ImageId | AlbumId | WebhookId
    change: EventChange
    traceparent: str | None = None


class _Message(BaseModel):
    events: list[Any]


def image_event(key: ImageKey, change: EventChange) -> Event:
    """Return a new event of an image."""
    return _event(key.owner, "image", key.image_id, change)


def album_event(key: AlbumKey, change: EventChange) -> Event:
    """Return a new event of an album."""
    return _event(key.owner, "album", key.album_id, change)


def webhook_event(owner: str, webhook_id: str, change: EventChange) -> Event:
    """Return a new event of a webhook endpoint, for example that it was paused."""
    return _event(owner, "webhook", webhook_id, change)


def _event(owner: str, kind: EventKind, subject_id: str, change: EventChange) -> Event:
    # No field is untrusted input, and validating an event takes longer than building it.
    return Event.model_construct(
        event_id=new_event_id(),
        owner=owner,
        kind=kind,
        subject_id=subject_id,
        change=change,
        traceparent=tracing.current_traceparent(),
    )


def format_events(events: Sequence[Event]) -> str:
    """Return the message body with these events."""
    documents = [event.model_dump(exclude_none=True) for event in events]
    return _Message(events=documents).model_dump_json()


def parse_events(body: str) -> list[Event]:
    """Return the valid events of a message; a newer version may send others as well.

    Raises `InvalidEventsMessage` if the body is not a message of events.
    """
    try:
        message = _Message.model_validate_json(body)
    except ValidationError as error:
        raise InvalidEventsMessage("the body is not a message of events") from error
    return [event for each in message.events if (event := _parse_event(each)) is not None]


def _parse_event(document: object) -> Event | None:
    try:
        return Event.model_validate(document)
    except ValidationError:
        logger.warning("skipped an invalid event")
        return None
