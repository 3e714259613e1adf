"""Publish notices on an EventBridge bus, where other applications attach rules.

docs/event-bus.md documents the events.
"""

import asyncio
import logging
import random
from collections.abc import Sequence
from typing import Any, Protocol

from sightline.batching import in_batches
from sightline.domain.events import Event
from sightline.ports.album_table import AlbumTable
from sightline.ports.image_table import ImageTable
from sightline_notifier.notices import Notice, read_notice

logger = logging.getLogger(__name__)

#: The `source` of all events.
SOURCE = "sightline"

#: Entries of one PutEvents call.
#: https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEvents.html
MAX_ENTRIES = 10

#: Longest waits before the entries that a call rejected are sent again, in seconds. After the last
#: one, the message returns to the queue, and with it all of its events.
RETRY_SECONDS = (0.2, 1.0, 5.0)


class RejectedEntries(Exception):
    """The bus still rejected entries after the last retry; `codes` are its error codes."""

    def __init__(self, codes: Sequence[str]) -> None:
        super().__init__(", ".join(sorted(set(codes))))
        self.codes = tuple(codes)


class EventBus(Protocol):
    """A bus that routes events to the targets of its rules."""

    async def put(self, notices: Sequence[Notice]) -> list[str | None]:
        """Publish up to `MAX_ENTRIES` notices.

        Returns the error code of each one, None for those that were accepted.
        """


class EventBridgeBus:
    """`EventBus` in Amazon EventBridge."""

    def __init__(self, client: Any, name: str) -> None:
        self._client = client
        self._name = name

    async def put(self, notices: Sequence[Notice]) -> list[str | None]:
        response = await self._client.put_events(Entries=[self._entry(each) for each in notices])
        return [entry.get("ErrorCode") for entry in response["Entries"]]

    def _entry(self, notice: Notice) -> dict[str, Any]:
        return {
            "EventBusName": self._name,
            "Source": SOURCE,
            "DetailType": notice.type,
            "Time": notice.occurred_at,
            "Resources": [],
            "Detail": format_detail(notice),
        }


class EventBusChannel:
    """`BatchChannel` that publishes all events on a bus."""

    def __init__(
        self,
        bus: EventBus,
        images: ImageTable,
        albums: AlbumTable,
        retry_seconds: Sequence[float] = RETRY_SECONDS,
    ) -> None:
        self._bus = bus
        self._images = images
        self._albums = albums
        self._retry_seconds = retry_seconds

    async def notify_all(self, events: Sequence[Event]) -> None:
        for batch in in_batches(events, MAX_ENTRIES):
            notices = [await read_notice(event, self._images, self._albums) for event in batch]
            await self._publish([notice for notice in notices if notice is not None])

    async def _publish(self, notices: list[Notice]) -> None:
        """Publish up to `MAX_ENTRIES` notices. Raises `RejectedEntries`."""
        waits = iter(self._retry_seconds)
        while notices:
            codes = await self._bus.put(notices)
            notices = [
                notice for notice, code in zip(notices, codes, strict=True) if code is not None
            ]
            if not notices:
                return
            rejected = [code for code in codes if code is not None]
            wait = next(waits, None)
            if wait is None:
                raise RejectedEntries(rejected)
            logger.warning("the event bus rejected events", extra={"codes": rejected})
            await asyncio.sleep(wait * (0.5 + random.random() / 2))  # noqa: S311


def format_detail(notice: Notice) -> str:
    """Return the detail of an event as JSON; absent fields of a deleted subject are left out."""
    excluded = {name for name in ("image", "album") if getattr(notice, name) is None}
    return notice.model_dump_json(exclude={"type", *excluded})
