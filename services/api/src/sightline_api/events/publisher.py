"""The gateway's own announcements: of what one client has changed, other screens hear too."""

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

#: Seconds that an announcement waits for others to go with it: a call for many costs little more
#: than a call for one, and nobody sees the difference.
LINGER = 0.05

#: Announcements that may wait; more are dropped.
MAX_WAITING = 1_000

#: Seconds for one call, and for what is on its way when the gateway stops.
SECONDS = 5
LAST_SECONDS = 2


class ChangePublisher:
    """Tells of changes without keeping anyone waiting; use it as a context.

    An announcement that fails is logged and lost: whoever made the change knows of it, and a
    request that has done its work must not fail for the sake of other screens.
    """

    def __init__(self, publisher: EventPublisher) -> None:
        self._publisher = publisher
        self._waiting: list[Event] = []
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
            await asyncio.wait({self._sending}, timeout=LAST_SECONDS)
            self._sending.cancel()

    def image(self, key: ImageKey, change: EventChange) -> None:
        """The image was changed so; to be called once that is durable."""
        self._announce(image_event(key, change))

    def album(self, key: AlbumKey, change: EventChange) -> None:
        """The album, or what it holds, was changed so; to be called once that is durable."""
        self._announce(album_event(key, change))

    def _announce(self, event: Event) -> None:
        if len(self._waiting) >= MAX_WAITING:
            logger.warning("dropped an announcement: too many are waiting")
            return
        self._waiting.append(event)
        if self._sending is None or self._sending.done():
            self._sending = asyncio.create_task(self._send())

    async def _send(self) -> None:
        """Until nothing waits any more."""
        while self._waiting:
            await asyncio.sleep(LINGER)
            events = self._waiting[:MAX_EVENTS_PER_MESSAGE]
            del self._waiting[:MAX_EVENTS_PER_MESSAGE]
            await self._publish(events)

    async def _publish(self, events: Sequence[Event]) -> None:
        try:
            async with asyncio.timeout(SECONDS):
                await self._publisher.publish(*events)
        except Exception:
            logger.warning("could not announce %d changes", len(events), exc_info=True)
