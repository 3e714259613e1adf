"""What open screens are told: which image or album has changed, and no more.

An event says nothing of what there is now. Each writer knows its own part alone, so whoever is told
looks for itself, and an event that comes twice or late does no harm.
"""

import logging
from collections.abc import Sequence
from typing import Any, Literal

from pydantic import BaseModel, ValidationError

from sightline.domain.albums import AlbumKey
from sightline.domain.ids import AlbumId, EventId, ImageId, Owner, new_event_id
from sightline.domain.model import Value
from sightline.domain.object_keys import ImageKey

logger = logging.getLogger(__name__)

EventKind = Literal["image", "album"]
EventChange = Literal["created", "updated", "deleted"]


#: Events in one message: it costs as much as for one, and SNS takes 256 KiB.
MAX_EVENTS_PER_MESSAGE = 400


class InvalidEventsMessage(Exception):
    """A message that carries no events: something else writes to our topic."""


class Event(Value):
    """Something of one owner has changed."""

    event_id: EventId
    owner: Owner
    kind: EventKind
    subject_id: ImageId | AlbumId
    change: EventChange


class _Message(BaseModel):
    events: list[Any]


def image_event(key: ImageKey, change: EventChange) -> Event:
    return _event(key.owner, "image", key.image_id, change)


def album_event(key: AlbumKey, change: EventChange) -> Event:
    return _event(key.owner, "album", key.album_id, change)


def _event(owner: str, kind: EventKind, subject_id: str, change: EventChange) -> Event:
    # Nothing in it is a stranger's, and to check it takes longer than to make it.
    return Event.model_construct(
        event_id=new_event_id(), owner=owner, kind=kind, subject_id=subject_id, change=change
    )


def format_events(events: Sequence[Event]) -> str:
    """The message that carries these events."""
    return _Message(events=[event.model_dump() for event in events]).model_dump_json()


def parse_events(body: str) -> list[Event]:
    """Those events of a message that can be read: a newer version may know of more.

    Raises `InvalidEventsMessage` where there is no message of ours at all.
    """
    try:
        message = _Message.model_validate_json(body)
    except ValidationError as error:
        raise InvalidEventsMessage("the message is not of events") from error
    return [event for each in message.events if (event := _read(each)) is not None]


def _read(document: object) -> Event | None:
    try:
        return Event.model_validate(document)
    except ValidationError:
        logger.warning("passed over an event that cannot be read")
        return None
