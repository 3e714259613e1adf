"""What open screens are told: which image or album has changed, and no more.

An event says nothing of what there is now. Each writer knows its own part alone, so whoever is told
looks for itself, and an event that comes twice or late does no harm.
"""

from collections.abc import Iterable
from typing import Literal

from pydantic import ValidationError

from sightline.albums import AlbumKey
from sightline.identifiers import AlbumId, EventId, ImageId, Owner, new_event_id
from sightline.keys import ImageKey
from sightline.queues import Topic
from sightline.values import Value

#: Events that go in one message, each of 400 bytes at most. SNS takes 256 kB, and has each 64 kB
#: paid for.
MOST = 100

Kind = Literal["image", "album"]
Change = Literal["created", "updated", "deleted"]


class UnreadableEvent(Exception):
    """A message that has no events: something else writes to our topic, or a newer version does."""


class Event(Value):
    """Something of one owner has changed."""

    event_id: EventId
    owner: Owner
    kind: Kind
    subject_id: ImageId | AlbumId
    change: Change


def image_event(key: ImageKey, change: Change) -> Event:
    return _event(key.owner, "image", key.image_id, change)


def album_event(key: AlbumKey, change: Change) -> Event:
    return _event(key.owner, "album", key.album_id, change)


def _event(owner: str, kind: Kind, subject_id: str, change: Change) -> Event:
    return Event(
        event_id=new_event_id(), owner=owner, kind=kind, subject_id=subject_id, change=change
    )


def compose_events(events: Iterable[Event]) -> str:
    """The message that carries the events: one a line."""
    return "\n".join(event.model_dump_json() for event in events)


def parse_events(body: str) -> list[Event]:
    """Raises `UnreadableEvent`."""
    try:
        return [Event.model_validate_json(line) for line in body.split("\n")]
    except ValidationError as error:
        raise UnreadableEvent("the message is no events") from error


class Publisher:
    """Tells every gateway task, through the topic that they all listen to."""

    def __init__(self, topic: Topic) -> None:
        self._topic = topic

    async def publish(self, *events: Event) -> None:
        """When it returns, these events, `MOST` at most, will be delivered, each at least once.

        One message has them all: a call for each, and ten to a call, too, would cost ten times as
        much, and be paid for ten times.
        """
        await self._topic.publish(compose_events(events))
