"""Publish the changes that clients make, so that the owner's other clients see them."""

import asyncio
import logging
from collections.abc import Sequence
from types import TracebackType
from typing import Self

from sightline.domain.albums import AlbumKey
from sightline.domain.events import (
    MAX_EVENTS_PER_MESSAGE,
    Event,
    EventChange,
    album_event,
    image_event,
)
from sightline.domain.object_keys import ImageKey
from sightline.event_publisher import EventPublisher

logger = logging.getLogger(__name__)

#: Seconds that an event waits for others: one message of many costs little more than one of one.
LINGER_SECONDS = 0.05

#: Events that may wait; more are dropped.
MAX_PENDING = 1_000

#: Time-out for one message, and for those in progress when the gateway stops, seconds.
PUBLISH_TIMEOUT_SECONDS = 5
CLOSE_TIMEOUT_SECONDS = 2


class ChangePublisher:
    """Publishes changes in the background; use it as a context.

    An event that cannot be published is logged and dropped. The client that made the change knows
    it, and a request that has done its work must not fail because others were not notified.
    """

    def __init__(self, publisher: EventPublisher) -> None:
        self._publisher = publisher
        self._pending: list[Event] = []
        self._sending: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._sending is not None:
            await asyncio.wait({self._sending}, timeout=CLOSE_TIMEOUT_SECONDS)
            self._sending.cancel()

    def image(self, key: ImageKey, change: EventChange) -> None:
        """Publish a change of an image, once it is durable."""
        self._add(image_event(key, change))

    def album(self, key: AlbumKey, change: EventChange) -> None:
        """Publish a change of an album or its content, once it is durable."""
        self._add(album_event(key, change))

    def _add(self, event: Event) -> None:
        if len(self._pending) >= MAX_PENDING:
            logger.warning("dropped an event: too many are pending")
            return
        self._pending.append(event)
        if self._sending is None or self._sending.done():
            self._sending = asyncio.create_task(self._send())

    async def _send(self) -> None:
        """Publish until nothing is pending."""
        while self._pending:
            await asyncio.sleep(LINGER_SECONDS)
            events = self._pending[:MAX_EVENTS_PER_MESSAGE]
            del self._pending[:MAX_EVENTS_PER_MESSAGE]
            await self._publish(events)

    async def _publish(self, events: Sequence[Event]) -> None:
        try:
            async with asyncio.timeout(PUBLISH_TIMEOUT_SECONDS):
                await self._publisher.publish(*events)
        except Exception:
            logger.warning("could not publish %d events", len(events), exc_info=True)
