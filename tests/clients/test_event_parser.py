"""Live events are parsed line by line, as the specification defines."""

from sightline_client.events import Event, EventParser

STREAM = """\
retry: 2000

event: open
data: {}
id: 1

event: image
data: {"image_id": "a", "change": "updated", "status": "ready"}
id: 2

: keep-alive

event: album
data: {"album_id": "b",
data:  "change": "created"}
id: 3

id: 4

event: reset
data:{}
"""


def test_parser_returns_the_events_of_a_stream() -> None:
    parser = EventParser()
    events = [event for line in STREAM.split("\n") if (event := parser.parse_line(line))]
    assert events == [
        Event("open"),
        Event("image", "a", "updated", "ready"),
        Event("album", "b", "created"),
        Event("reset"),
    ]
    assert (parser.last_id, parser.retry) == ("4", 2.0)


def test_parser_returns_nothing_for_an_incomplete_event() -> None:
    parser = EventParser()
    lines = ("event: image", "data: {}")
    assert [parser.parse_line(line) for line in lines] == [None, None]
