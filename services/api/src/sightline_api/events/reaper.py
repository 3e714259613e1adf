"""Removes the inboxes of tasks that died without a farewell; every task does, at its own times."""

import asyncio
import logging
import random
import time
from collections.abc import Callable

from sightline.ports.event_queues import EventQueueRegistry, EventQueues

logger = logging.getLogger(__name__)


class Reaper:
    """Compares what there is with what is registered.

    An inbox goes when its task's promise has been over for another `lease` (seconds), or when no
    register knows it. Cut off anywhere, a sweep leaves what the next one finds.
    """

    def __init__(
        self,
        inboxes: EventQueues,
        register: EventQueueRegistry,
        lease: float,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._inboxes = inboxes
        self._register = register
        self._lease = lease
        self._clock = clock

    async def run(self) -> None:
        """Sweep until cancelled, about once in a lease."""
        while True:
            # Not all tasks at the same moment.
            await asyncio.sleep(self._lease * random.uniform(0.5, 1.5))  # noqa: S311
            try:
                await self.sweep()
            except Exception:
                logger.exception("could not sweep inboxes")

    async def sweep(self) -> None:
        # In this order: an inbox is registered before it is made, so what is there and not
        # registered afterwards is nobody's.
        there = await self._inboxes.names()
        entries = await self._register.entries()
        now = self._clock()
        for entry in entries:
            if entry.alive_until + self._lease < now and await self._register.condemn(
                entry, int(now + self._lease)
            ):
                await self._remove(entry.name)
        for name in there - {entry.name for entry in entries}:
            await self._remove(name)

    async def _remove(self, name: str) -> None:
        await self._inboxes.remove(name)
        await self._register.remove(name)
        logger.info("swept an inbox that nobody listens to", extra={"inbox": name})
