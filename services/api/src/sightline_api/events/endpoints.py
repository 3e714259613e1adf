"""The live stream: what happens to the caller's images and albums, as it happens."""

import asyncio
import random
import time
from collections.abc import AsyncIterator
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Header
from fastapi.responses import StreamingResponse

from sightline.ports.image_table import ImageTable
from sightline_api.concurrency import each_of
from sightline_api.dependencies import CurrentUser, EventHub, Settings, Table
from sightline_api.events.broker import Broker, Subscription
from sightline_api.events.sse import GREETING, HEARTBEAT, describe, open_signal, reset_signal
from sightline_api.problems import (
    AUTHENTICATED,
    TooManyStreams,
    documented,
)
from sightline_api.routing.route import Route

#: With more to be told of at once, it is cheaper to read a page anew.
MAX_REPLAYED = 100

EXAMPLE = """\
retry: 2000

event: open
data: {}
id: 019aa0c5-3d3b-7a52-9c0e-2f1d4b6a8e01

event: image
data: {"image_id": "019aa0c5-4f10-7b3d-8e21-5a9c7d1e3f02", "change": "updated", "status": "ready"}
id: 019aa0c5-5a7e-7c44-a1b2-8d3f6e9a0b03

: still here

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

router = APIRouter(
    prefix="/v1/events",
    tags=["events"],
    route_class=Route,
    responses=documented(*AUTHENTICATED),
)


class EventStream(StreamingResponse):
    """An answer that goes on, of bytes as `signals` makes them.

    FastAPI's own kind encodes each event for each listener, and has one heartbeat for all.
    """

    media_type = "text/event-stream"


async def _subscribe(user: CurrentUser, hub: EventHub) -> AsyncIterator[Subscription]:
    # Here rather than in the stream, which may never begin: this ends with the request for certain.
    subscription = hub.subscribe(user.owner)
    try:
        yield subscription
    finally:
        hub.unsubscribe(subscription)


@router.get(
    "",
    operation_id="get_events",
    response_class=EventStream,
    responses=STREAM | documented(*AUTHENTICATED, TooManyStreams),
)
async def get_events(
    user: CurrentUser,
    subscription: Annotated[Subscription, Depends(_subscribe)],
    hub: EventHub,
    table: Table,
    settings: Settings,
    last_event_id: Annotated[
        str | None,
        Header(max_length=200, description="The `id` of the last event of the stream before."),
    ] = None,
) -> EventStream:
    """What happens to the caller's images and albums, as Server-Sent Events.

    - `open`: first of all, unless resumed. Read what is on the screen after it.
    - `image`: look at this image again. `change` is `created`, `updated` or `deleted`; `status` is
      the image's at this moment, null when it is deleted.
    - `album`: look at this album again.
    - `reset`: something may have been missed; read anew what is on the screen.

    A stream ends after some minutes, with its token, or when the service is renewed. Come back with
    the `id` of the last event as `Last-Event-ID`, and nothing is missed. Events may come twice.
    """
    first = await _begin(last_event_id, user.owner, hub, table)
    # Not all streams that began together end together.
    longest = settings.events_max_seconds * random.uniform(0.9, 1)  # noqa: S311
    seconds = min(longest, user.expires_at - time.time())
    stream = _stream(first, subscription, settings.events_heartbeat_seconds, seconds)
    # For proxies that would wait for more before they pass it on.
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    return EventStream(stream, headers=headers)


async def _begin(last_event_id: str | None, owner: str, hub: Broker, table: ImageTable) -> bytes:
    """What is told first: all since the last event, where that can be told."""
    if last_event_id is None:
        return GREETING + open_signal()
    events = hub.since(owner, last_event_id)
    if events is None or len(events) > MAX_REPLAYED:
        return GREETING + reset_signal()
    return GREETING + b"".join(await each_of(events, lambda event: describe(event, table)))


async def _stream(
    first: bytes, subscription: Subscription, heartbeat: float, seconds: float
) -> AsyncIterator[bytes]:
    clock = asyncio.get_running_loop().time
    end = clock() + seconds
    yield first
    while not subscription.ended and (left := end - clock()) > 0:
        signals = await subscription.take(min(heartbeat, left))
        if signals or not subscription.ended:
            yield signals or HEARTBEAT
