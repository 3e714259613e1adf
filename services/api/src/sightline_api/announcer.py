"""The gateway's own announcements: of what one client has changed, other screens hear too."""

import asyncio
import logging
from types import TracebackType
from typing import Self

from sightline.albums import AlbumKey
from sightline.events import Change, Event, Publisher, album_event, image_event
from sightline.keys import ImageKey

logger = logging.getLogger(__name__)

#: Announcements on their way at once, and those that may wait for a place.
AT_ONCE = 16
MAX_WAITING = 1_000

#: Seconds for one announcement, and for those on their way when the gateway stops.
SECONDS = 5
LAST_SECONDS = 2


class Announcer:
    """Tells of changes without keeping anyone waiting; use it as a context.

    An announcement that fails is logged and lost: whoever made the change knows of it, and a
    request that has done its work must not fail for the sake of other screens.
    """

    def __init__(self, publisher: Publisher) -> None:
        self._publisher = publisher
        self._places = asyncio.Semaphore(AT_ONCE)
        self._tasks: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=LAST_SECONDS)
        for task in list(self._tasks):
            task.cancel()

    def image(self, key: ImageKey, change: Change) -> None:
        """The image was changed so; to be called once that is durable."""
        self._announce(image_event(key, change))

    def album(self, key: AlbumKey, change: Change) -> None:
        """The album, or what it holds, was changed so; to be called once that is durable."""
        self._announce(album_event(key, change))

    def _announce(self, event: Event) -> None:
        if len(self._tasks) >= MAX_WAITING:
            logger.warning("dropped an announcement: too many are waiting")
            return
        task = asyncio.create_task(self._publish(event))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _publish(self, event: Event) -> None:
        try:
            async with self._places, asyncio.timeout(SECONDS):
                await self._publisher.publish(event)
        except Exception:
            logger.warning("could not announce a change", exc_info=True)
