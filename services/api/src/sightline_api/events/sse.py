"""What goes down a stream, as it is written: Server-Sent Events, each with an id to resume from.

https://html.spec.whatwg.org/multipage/server-sent-events.html
"""

import json

from fastapi.sse import format_sse_event

from sightline.domain.events import Event
from sightline.domain.ids import new_event_id
from sightline.domain.images import Status
from sightline.domain.object_keys import ImageKey
from sightline.ports.image_table import ImageNotFound, ImageTable

#: Milliseconds that a client waits before it comes back.
RETRY = 2_000

#: Keeps proxies and load balancers from thinking that nobody is there.
HEARTBEAT = format_sse_event(comment="still here")

#: The first of everything, so that the answer begins at once.
GREETING = format_sse_event(retry=RETRY)


def open_signal() -> bytes:
    """From here on everything is told."""
    return _signal("open", new_event_id(), {})


def reset_signal() -> bytes:
    """Something may have been missed, and it is not known what."""
    return _signal("reset", new_event_id(), {})


async def describe(event: Event, table: ImageTable) -> bytes:
    """The event as its owner's screens are told of it, with the status that an image has now."""
    if event.kind == "album":
        return _signal(
            "album", event.event_id, {"album_id": event.subject_id, "change": event.change}
        )
    status = None
    if event.change != "deleted":
        status = await _read_status(ImageKey(event.owner, event.subject_id), table)
    # An event may come late: what is gone by then is told to be gone.
    change = "deleted" if status is None else event.change
    data = {"image_id": event.subject_id, "change": change, "status": status}
    return _signal("image", event.event_id, data)


async def _read_status(key: ImageKey, table: ImageTable) -> Status | None:
    try:
        return (await table.get(key)).status
    except ImageNotFound:
        return None


def _signal(name: str, event_id: str, data: dict[str, str | None]) -> bytes:
    return format_sse_event(event=name, id=event_id, data_str=json.dumps(data))
