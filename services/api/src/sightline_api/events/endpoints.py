"""The event stream: changes of the caller's images and albums, as Server-Sent Events."""

import asyncio
import random
import time
from collections.abc import AsyncIterator
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Header
from fastapi.responses import StreamingResponse

from sightline.ports.image_table import ImageTable
from sightline_api.concurrency import map_concurrently
from sightline_api.dependencies import CurrentUser, Images, Settings
from sightline_api.events.broker import Broker, Subscription
from sightline_api.events.dependencies import Events
from sightline_api.events.sse import (
    HEARTBEAT,
    PREAMBLE,
    format_event,
    format_open,
    format_reset,
)
from sightline_api.problems import AUTHENTICATED, TooManyStreams, documented

#: Events that are replayed at most; with more, reading the page again is cheaper.
MAX_REPLAYED = 100

EXAMPLE = """\
retry: 2000

event: open
data: {}
id: 019aa0c5-3d3b-7a52-9c0e-2f1d4b6a8e01

event: image
data: {"image_id": "019aa0c5-4f10-7b3d-8e21-5a9c7d1e3f02", "change": "updated", "status": "ready"}
id: 019aa0c5-5a7e-7c44-a1b2-8d3f6e9a0b03

: heartbeat

event: album
data: {"album_id": "019aa0c4-11aa-7d55-b3c4-9e4a7f0b1c04", "change": "created"}
id: 019aa0c5-6b8f-7e66-94d5-0f5b8a1c2d05

event: reset
data: {}
id: 019aa0c5-7c90-7f77-85e6-1a6c9b2d3e06

"""

STREAM: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "Events as they happen, until the stream ends.",
        "content": {"text/event-stream": {"schema": {"type": "string"}, "example": EXAMPLE}},
    }
}

router = APIRouter(prefix="/v1/events", tags=["events"], responses=documented(*AUTHENTICATED))


class EventStream(StreamingResponse):
    """A streaming response of bytes that `sse` has formatted.

    FastAPI's own event stream formats each event for each subscriber, and shares one heartbeat.
    """

    media_type = "text/event-stream"


async def _subscribe(user: CurrentUser, broker: Events) -> AsyncIterator[Subscription]:
    # Not in the stream itself, which may never start: a dependency always ends with its request.
    subscription = broker.subscribe(user.owner)
    try:
        yield subscription
    finally:
        broker.unsubscribe(subscription)


@router.get(
    "",
    operation_id="get_events",
    summary="Stream events",
    response_class=EventStream,
    responses=STREAM | documented(*AUTHENTICATED, TooManyStreams),
)
async def get_events(
    user: CurrentUser,
    subscription: Annotated[Subscription, Depends(_subscribe)],
    broker: Events,
    images: Images,
    settings: Settings,
    last_event_id: Annotated[
        str | None,
        Header(max_length=200, description="The `id` of the last event of the previous stream."),
    ] = None,
) -> EventStream:
    """Stream changes of the caller's images and albums as Server-Sent Events.

    - `open`: the first event of a new stream. Load the current state after it.
    - `image`: an image changed; fetch it again. `change` is `created`, `updated` or `deleted`, and
      `status` is the current status of the image, null if it is deleted.
    - `album`: an album changed; fetch it again.
    - `reset`: events may be missing. Load the current state again.

    A stream ends after some minutes, when its token expires, or when the service is deployed.
    Reconnect with the `id` of the last event as `Last-Event-ID` to resume without a gap. An event
    may be delivered more than once.
    """
    first = await _first_events(last_event_id, user.owner, broker, images)
    # Random, so that streams that started together do not end together.
    max_seconds = settings.events_max_seconds * random.uniform(0.9, 1)  # noqa: S311
    seconds = min(max_seconds, user.expires_at - time.time())
    stream = _stream(first, subscription, settings.events_heartbeat_seconds, seconds)
    # Keep proxies from buffering the stream.
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    return EventStream(stream, headers=headers)


async def _first_events(
    last_event_id: str | None, owner: str, broker: Broker, images: ImageTable
) -> bytes:
    """Return the start of a stream: the events since the last one, if all of them are known."""
    if last_event_id is None:
        return PREAMBLE + format_open()
    events = broker.since(owner, last_event_id)
    if events is None or len(events) > MAX_REPLAYED:
        return PREAMBLE + format_reset()
    return PREAMBLE + b"".join(
        await map_concurrently(events, lambda event: format_event(event, images))
    )


async def _stream(
    first: bytes, subscription: Subscription, heartbeat_seconds: float, seconds: float
) -> AsyncIterator[bytes]:
    clock = asyncio.get_running_loop().time
    end = clock() + seconds
    yield first
    while not subscription.ended and (left := end - clock()) > 0:
        events = await subscription.take(min(heartbeat_seconds, left))
        if events or not subscription.ended:
            yield events or HEARTBEAT
