"""The event stream, and polling where it is not available."""

import itertools
import time

import httpx

from sightline_client._async.concurrency import Stream, aclosing, sleep
from sightline_client.errors import Problem, RateLimited, ServerError, Unreachable
from sightline_client.events import Event, EventParser
from sightline_client.retry import RetryPolicy

#: Seconds without data after which a connection counts as dead. The API sends a keep-alive
#: comment every 15 seconds.
IDLE_TIMEOUT_SECONDS = 40.0

CONNECT_TIMEOUT_SECONDS = 10.0

#: Bounds of the pause between two polls, and the least pause before a reconnect.
MIN_POLL_SECONDS, MAX_POLL_SECONDS = 0.25, 5.0

#: Images to poll at each keep-alive, in case an event was lost.
KEEPALIVE_POLL_COUNT = 10

#: The final statuses of an image.
FINAL_STATUSES = frozenset({"ready", "failed"})


class EventStream:
    """Subscribes to `/v1/events`."""

    def __init__(self, http: httpx.AsyncClient, retry: RetryPolicy) -> None:
        self._http = http
        self._retry = retry

    async def subscribe(self) -> Stream[Event]:
        """Yield events indefinitely; a new connection resumes after the last event received."""
        parser, attempt = EventParser(), 0
        while True:
            try:
                async with aclosing(self._connect(parser, IDLE_TIMEOUT_SECONDS)) as events:
                    async for event in events:
                        attempt = 0
                        if event is not None:
                            yield event
            except httpx.TransportError as error:
                attempt += 1
                if (delay := self._retry.delay_after_error(attempt)) is None:
                    raise Unreachable("the event stream was interrupted") from error
                await sleep(delay)
            else:
                await sleep(parser.retry or MIN_POLL_SECONDS)

    async def watch(self, pending: set[str], deadline: float) -> Stream[set[str]]:
        """Yield sets of pending images to fetch, until none is pending or the deadline passes.

        These are the images that events name, and all of them whenever events may have been
        missed. The caller removes finished images from `pending`.
        """
        parser, pause, has_events = EventParser(), MIN_POLL_SECONDS, True
        while pending and (left := deadline - time.monotonic()) > 0:
            if has_events:
                timeout = min(left, IDLE_TIMEOUT_SECONDS)
                try:
                    async with aclosing(self._connect(parser, timeout)) as events:
                        async for event in events:
                            if candidates := _select_candidates(event, pending):
                                yield candidates
                            if not pending or time.monotonic() > deadline:
                                return
                except (RateLimited, ServerError, httpx.TransportError):
                    pass
                except Problem:
                    # This API has no event stream: poll instead.
                    has_events = False
            yield set(pending)
            pause = min(MAX_POLL_SECONDS, pause * 1.5, max(0.0, deadline - time.monotonic()))
            if pending:
                await sleep(pause)

    async def _connect(self, parser: EventParser, idle_timeout: float) -> Stream[Event | None]:
        """Yield the events of one connection; None is a keep-alive comment."""
        headers = {"Accept": "text/event-stream"}
        if parser.last_id:
            headers["Last-Event-ID"] = parser.last_id
        timeout = httpx.Timeout(CONNECT_TIMEOUT_SECONDS, read=idle_timeout, pool=None)
        async with self._http.stream(
            "GET", "/v1/events", headers=headers, timeout=timeout
        ) as response:
            if response.status_code != 200:
                content = await response.aread()
                raise Problem.from_response(response.status_code, content, response.headers)
            async for line in response.aiter_lines():
                event = parser.parse_line(line)
                if event is not None or line.startswith(":"):
                    yield event


def _select_candidates(event: Event | None, pending: set[str]) -> set[str]:
    if event is None:
        return set(itertools.islice(pending, KEEPALIVE_POLL_COUNT))
    if event.kind in {"open", "reset"}:
        return set(pending)
    is_final = event.status in FINAL_STATUSES or event.change == "deleted"
    return {event.id} & pending if event.kind == "image" and event.id and is_final else set()
