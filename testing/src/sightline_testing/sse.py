"""Server-Sent Events as a client reads them."""

import json
from dataclasses import dataclass, field
from typing import Any


@dataclass
class Block:
    """One block of a stream."""

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


class StreamParser:
    """Turns what arrives, however it is cut, into blocks."""

    def __init__(self) -> None:
        self._rest = ""

    def feed(self, text: str) -> list[Block]:
        *blocks, self._rest = (self._rest + text).split("\n\n")
        return [_read(block) for block in blocks]


def _read(block: str) -> Block:
    told = Block()
    for line in block.split("\n"):
        name, _, value = line.partition(": ")
        if name:
            told.fields[name] = value
        else:
            told.comment = value
    return told
