"""Change events and their messages."""

import json
import time

import pytest

from sightline.adapters.memory import MemoryTopic
from sightline.domain.albums import AlbumKey
from sightline.domain.events import (
    InvalidEventsMessage,
    album_event,
    format_events,
    image_event,
    parse_events,
)
from sightline.domain.ids import new_album_id, new_event_id, new_image_id, time_of
from sightline.domain.object_keys import ImageKey
from sightline.event_publisher import EventPublisher

KEY = ImageKey("owner", new_image_id())


IMAGE = image_event(KEY, "created")
ALBUM = album_event(AlbumKey("owner", new_album_id()), "deleted")


async def test_published_events_are_parsed_unchanged() -> None:
    topic = MemoryTopic()
    await EventPublisher(topic).publish(IMAGE, ALBUM)
    await EventPublisher(topic).publish(ALBUM)
    assert [parse_events(body) for body in topic.published] == [[IMAGE, ALBUM], [ALBUM]]


def test_unknown_fields_of_a_later_version_are_ignored() -> None:
    document = json.loads(format_events([IMAGE]))
    document["events"][0]["color"] = "red"
    assert parse_events(json.dumps({**document, "version": 2})) == [IMAGE]


@pytest.mark.parametrize(
    "changes",
    [
        {"kind": "song"},
        {"change": "painted"},
        {"owner": "a/b"},
        {"subject_id": "x"},
        {"event_id": "x\ndata: forged"},
        {"event_id": None},
    ],
)
def test_an_invalid_event_does_not_affect_other_events(changes: dict[str, object]) -> None:
    document = json.loads(format_events([IMAGE, ALBUM]))
    document["events"][0] |= changes
    document["events"].append("not an event")
    assert parse_events(json.dumps(document)) == [ALBUM]


@pytest.mark.parametrize("body", ["", "[]", '"', "{}", '{"events": 1}'])
def test_any_other_document_is_rejected(body: str) -> None:
    with pytest.raises(InvalidEventsMessage):
        parse_events(body)


def test_time_of_returns_the_creation_time_of_an_id() -> None:
    before = time.time()
    created_at = time_of(new_event_id())
    assert before - 0.001 <= created_at <= time.time()
    assert time_of("00000000-03e8-7000-8000-000000000000") == 1.0
