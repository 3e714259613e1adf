"""Events as messages."""

import json
import time

import pytest

from sightline.albums import AlbumKey
from sightline.events import (
    Event,
    Publisher,
    UnreadableEvent,
    album_event,
    compose_event,
    image_event,
    parse_event,
)
from sightline.identifiers import new_album_id, new_event_id, new_image_id, time_of
from sightline.keys import ImageKey
from sightline.memory import MemoryTopic

KEY = ImageKey("somebody", new_image_id())


@pytest.mark.parametrize(
    "event",
    [image_event(KEY, "created"), album_event(AlbumKey("somebody", new_album_id()), "deleted")],
)
async def test_an_event_arrives_as_it_was_told(event: Event) -> None:
    topic = MemoryTopic()
    await Publisher(topic).publish(event)
    assert [parse_event(body) for body in topic.published] == [event]


def test_what_a_later_version_adds_is_passed_over() -> None:
    event = image_event(KEY, "updated")
    body = json.dumps({**json.loads(compose_event(event)), "colour": "red"})
    assert parse_event(body) == event


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
def test_anything_else_is_unreadable(changes: dict[str, object]) -> None:
    document = json.loads(compose_event(image_event(KEY, "updated")))
    with pytest.raises(UnreadableEvent):
        parse_event(json.dumps(document | changes))
    for body in ("", "[]", '"', "{}"):
        with pytest.raises(UnreadableEvent):
            parse_event(body)


def test_an_id_tells_when_it_was_made() -> None:
    before = time.time()
    made = time_of(new_event_id())
    assert before - 0.001 <= made <= time.time()
    assert time_of("00000000-03e8-7000-8000-000000000000") == 1.0
