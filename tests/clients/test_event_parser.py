"""Events are read line by line, as the specification says."""

from sightline_client.events import Event, EventReader

STREAM = """\
retry: 2000

event: open
data: {}
id: 1

event: image
data: {"image_id": "a", "change": "updated", "status": "ready"}
id: 2

: still here

event: album
data: {"album_id": "b",
data:  "change": "created"}
id: 3

id: 4

event: reset
data:{}
"""


def test_a_stream_becomes_events() -> None:
    reader = EventReader()
    events = [event for line in STREAM.split("\n") if (event := reader.read(line))]
    assert events == [
        Event("open"),
        Event("image", "a", "updated", "ready"),
        Event("album", "b", "created"),
        Event("reset"),
    ]
    assert (reader.last_id, reader.retry) == ("4", 2.0)


def test_half_an_event_is_none() -> None:
    reader = EventReader()
    assert [reader.read(line) for line in ("event: image", "data: {}")] == [None, None]
