"""The parser of live events (Server-Sent Events).

https://html.spec.whatwg.org/multipage/server-sent-events.html
"""

import json
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Event:
    """A change notification. Fetch the resource for its new state.

    `kind` is `image` or `album`: then `id` is its id, `change` is `created`, `updated` or
    `deleted`, and `status` is the image's status. A stream begins with `open`; `reset` means that
    events may have been missed. An event may be delivered more than once.
    """

    kind: str
    id: str | None = None
    change: str | None = None
    status: str | None = None


class EventParser:
    """Parses a stream line by line; a new connection needs its `last_id` and `retry` (seconds)."""

    def __init__(self) -> None:
        self.last_id: str | None = None
        self.retry: float | None = None
        self._kind = "message"
        self._data: list[str] = []

    def parse_line(self, line: str) -> Event | None:
        """Return the event that this line completes, None for any other line."""
        if not line:
            return self._complete()
        name, _, value = line.partition(":")
        value = value.removeprefix(" ")
        match name:
            case "event":
                self._kind = value
            case "data":
                self._data.append(value)
            case "id" if "\0" not in value:
                self.last_id = value
            case "retry" if value.isdigit():
                self.retry = int(value) / 1000
        return None

    def _complete(self) -> Event | None:
        kind, data = self._kind, "\n".join(self._data)
        self._kind, self._data = "message", []
        if not data:
            return None
        fields: dict[str, Any] = json.loads(data)
        resource_id = fields.get("image_id") or fields.get("album_id")
        return Event(kind, resource_id, fields.get("change"), fields.get("status"))
