"""A client-side parser of Server-Sent Events (SSE)."""

import json
from dataclasses import dataclass, field
from typing import Any


@dataclass
class ServerSentEvent:
    """One block of an event stream: an event or a comment."""

    fields: dict[str, str] = field(default_factory=dict)
    comment: str | None = None

    @property
    def name(self) -> str | None:
        return self.fields.get("event")

    @property
    def event_id(self) -> str:
        return self.fields["id"]

    @property
    def data(self) -> dict[str, Any]:
        data: dict[str, Any] = json.loads(self.fields["data"])
        return data


class SseParser:
    """Parses chunks of an event stream, which may be split anywhere."""

    def __init__(self) -> None:
        self._rest = ""

    def feed(self, text: str) -> list[ServerSentEvent]:
        """Return the blocks that the text completes."""
        *blocks, self._rest = (self._rest + text).split("\n\n")
        return [_parse(block) for block in blocks]


def _parse(block: str) -> ServerSentEvent:
    event = ServerSentEvent()
    for line in block.split("\n"):
        name, _, value = line.partition(": ")
        if name:
            event.fields[name] = value
        else:
            event.comment = value
    return event
