"""Events as messages."""

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

KEY = ImageKey("somebody", new_image_id())


IMAGE = image_event(KEY, "created")
ALBUM = album_event(AlbumKey("somebody", new_album_id()), "deleted")


async def test_events_arrive_as_they_were_told() -> None:
    topic = MemoryTopic()
    await EventPublisher(topic).publish(IMAGE, ALBUM)
    await EventPublisher(topic).publish(ALBUM)
    assert [parse_events(body) for body in topic.published] == [[IMAGE, ALBUM], [ALBUM]]


def test_what_a_later_version_adds_is_passed_over() -> None:
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
def test_an_event_that_cannot_be_read_does_not_hide_the_others(changes: dict[str, object]) -> None:
    document = json.loads(format_events([IMAGE, ALBUM]))
    document["events"][0] |= changes
    document["events"].append("what?")
    assert parse_events(json.dumps(document)) == [ALBUM]


@pytest.mark.parametrize("body", ["", "[]", '"', "{}", '{"events": 1}'])
def test_anything_else_is_unreadable(body: str) -> None:
    with pytest.raises(InvalidEventsMessage):
        parse_events(body)


def test_an_id_tells_when_it_was_made() -> None:
    before = time.time()
    made = time_of(new_event_id())
    assert before - 0.001 <= made <= time.time()
    assert time_of("00000000-03e8-7000-8000-000000000000") == 1.0
