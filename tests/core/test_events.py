"""Events as messages."""

import json
import time

import pytest

from sightline.albums import AlbumKey
from sightline.events import (
    MOST,
    Event,
    Publisher,
    UnreadableEvent,
    album_event,
    compose_events,
    image_event,
    parse_events,
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
    assert [parse_events(body) for body in topic.published] == [[event]]


async def test_events_that_are_told_together_arrive_in_one_message() -> None:
    topic, events = MemoryTopic(), [image_event(KEY, "updated") for _ in range(MOST)]
    await Publisher(topic).publish(*events)
    (body,) = topic.published
    assert parse_events(body) == events
    # SNS would count more as two.
    assert len(body) < 65_536


def test_what_a_later_version_adds_is_passed_over() -> None:
    event = image_event(KEY, "updated")
    body = json.dumps({**json.loads(compose_events([event])), "colour": "red"})
    assert parse_events(body) == [event]


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
    document = json.loads(compose_events([image_event(KEY, "updated")]))
    with pytest.raises(UnreadableEvent):
        parse_events(json.dumps(document | changes))
    for body in ("", "[]", '"', "{}", json.dumps(document) + "\n"):
        with pytest.raises(UnreadableEvent):
            parse_events(body)


def test_an_id_tells_when_it_was_made() -> None:
    before = time.time()
    made = time_of(new_event_id())
    assert before - 0.001 <= made <= time.time()
    assert time_of("00000000-03e8-7000-8000-000000000000") == 1.0
