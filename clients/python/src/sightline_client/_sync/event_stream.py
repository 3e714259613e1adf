"""Made of `_async/event_stream.py` by `make clients`: change it there.

Live events, and asking again where there are none."""

import itertools
import time

import httpx

from sightline_client._sync.concurrency import Stream, closing, sleep
from sightline_client.errors import Problem, RateLimited, Unavailable, Unreachable
from sightline_client.events import Event, EventReader
from sightline_client.retry import Retries

#: Seconds of silence after which a stream is taken for dead; a sign of life comes every 15.
QUIET = 40.0

#: Seconds to connect, and between two looks where there are no events.
CONNECT, SHORTEST, LONGEST = 10.0, 0.25, 5.0

#: Images that are looked at with every sign of life, should an event ever get lost.
CHECKED = 10

#: Ends of a picture.
ENDED = frozenset({"ready", "failed"})


class Listener:
    """Reads `/v1/events`."""

    def __init__(self, http: httpx.Client, retries: Retries) -> None:
        self._http = http
        self._retries = retries

    def listen(self) -> Stream[Event]:
        """Events for ever; each connection goes on where the one before ended."""
        reader, attempt = EventReader(), 0
        while True:
            try:
                with closing(self._connect(reader, QUIET)) as events:
                    for event in events:
                        attempt = 0
                        if event is not None:
                            yield event
            except httpx.TransportError as error:
                attempt += 1
                if (wait := self._retries.after_failure(attempt)) is None:
                    raise Unreachable("the events broke off") from error
                sleep(wait)
            else:
                sleep(reader.retry or SHORTEST)

    def suspect(self, waiting: set[str], deadline: float) -> Stream[set[str]]:
        """Images of those waiting that are worth a look, until none waits or it is too late.

        All of them whenever something may have been missed, else those that events name.
        """
        reader, pause, is_live = EventReader(), SHORTEST, True
        while waiting and (left := deadline - time.monotonic()) > 0:
            if is_live:
                try:
                    with closing(self._connect(reader, min(left, QUIET))) as events:
                        for event in events:
                            if suspects := _suspects(event, waiting):
                                yield suspects
                            if not waiting or time.monotonic() > deadline:
                                return
                except (RateLimited, Unavailable, httpx.TransportError):
                    pass
                except Problem:
                    # A gateway that has no events.
                    is_live = False
            yield set(waiting)
            pause = min(LONGEST, pause * 1.5, max(0.0, deadline - time.monotonic()))
            if waiting:
                sleep(pause)

    def _connect(self, reader: EventReader, quiet: float) -> Stream[Event | None]:
        """The events of one connection; None is a mere sign of life."""
        headers = {"Accept": "text/event-stream"}
        if reader.last_id:
            headers["Last-Event-ID"] = reader.last_id
        timeout = httpx.Timeout(CONNECT, read=quiet, pool=None)
        with self._http.stream("GET", "/v1/events", headers=headers, timeout=timeout) as answer:
            if answer.status_code != 200:
                content = answer.read()
                raise Problem.of_answer(answer.status_code, content, answer.headers)
            for line in answer.iter_lines():
                event = reader.read(line)
                if event is not None or line.startswith(":"):
                    yield event


def _suspects(event: Event | None, waiting: set[str]) -> set[str]:
    if event is None:
        return set(itertools.islice(waiting, CHECKED))
    if event.kind in {"open", "reset"}:
        return set(waiting)
    has_ended = event.status in ENDED or event.change == "deleted"
    return {event.id} & waiting if event.kind == "image" and event.id and has_ended else set()
