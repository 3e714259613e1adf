"""Format events as Server-Sent Events, each with an id to resume from.

https://html.spec.whatwg.org/multipage/server-sent-events.html
"""

import json

from fastapi.sse import format_sse_event

from sightline.domain.events import Event
from sightline.domain.ids import new_event_id
from sightline.domain.object_keys import ImageKey
from sightline.domain.states import Status
from sightline.ports.image_table import ImageNotFound, ImageTable

#: Milliseconds that a client waits before it reconnects.
RETRY_MILLISECONDS = 2_000

#: A comment that keeps proxies and load balancers from closing an idle connection.
HEARTBEAT = format_sse_event(comment="heartbeat")

#: The start of every stream, so that the response begins at once.
PREAMBLE = format_sse_event(retry=RETRY_MILLISECONDS)


def format_open() -> bytes:
    """Return the first event of a new stream; every change after it is an event."""
    return _format("open", new_event_id(), {})


def format_reset() -> bytes:
    """Return the event after which clients must load everything again."""
    return _format("reset", new_event_id(), {})


async def format_event(event: Event, images: ImageTable) -> bytes:
    """Return an event for subscribers, with the current status of an image."""
    if event.kind == "album":
        return _format(
            "album", event.event_id, {"album_id": event.subject_id, "change": event.change}
        )
    status = None
    if event.change != "deleted":
        status = await _read_status(ImageKey(event.owner, event.subject_id), images)
    # An event may come late; an image that was deleted meanwhile is reported as deleted.
    change = "deleted" if status is None else event.change
    data = {"image_id": event.subject_id, "change": change, "status": status}
    return _format("image", event.event_id, data)


async def _read_status(key: ImageKey, images: ImageTable) -> Status | None:
    try:
        return (await images.get(key)).status
    except ImageNotFound:
        return None


def _format(name: str, event_id: str, data: dict[str, str | None]) -> bytes:
    return format_sse_event(event=name, id=event_id, data_str=json.dumps(data))
