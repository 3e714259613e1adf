"""Live events: Server-Sent Events, line by line.

https://html.spec.whatwg.org/multipage/server-sent-events.html
"""

import json
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Event:
    """Something happened: look again.

    `kind` is `image` or `album` (then `id` names it, `change` is `created`, `updated` or `deleted`,
    and an image has its `status`), `open` at the beginning, or `reset` where something may have
    been missed. Events may come twice.
    """

    kind: str
    id: str | None = None
    change: str | None = None
    status: str | None = None


class EventReader:
    """Makes events of lines; `last_id` and `retry` (seconds) are what a new connection needs."""

    def __init__(self) -> None:
        self.last_id: str | None = None
        self.retry: float | None = None
        self._kind = "message"
        self._data: list[str] = []

    def read(self, line: str) -> Event | None:
        """The event that ends with this line, None for any other line."""
        if not line:
            return self._finish()
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

    def _finish(self) -> Event | None:
        kind, data = self._kind, "\n".join(self._data)
        self._kind, self._data = "message", []
        if not data:
            return None
        told: dict[str, Any] = json.loads(data)
        identity = told.get("image_id") or told.get("album_id")
        return Event(kind, identity, told.get("change"), told.get("status"))
