"""Removes the event queues of crashed gateway tasks; every task runs it, at random times."""

import asyncio
import logging
import random
import time
from collections.abc import Callable

from sightline.ports.event_queues import EventQueueRegistry, EventQueues

logger = logging.getLogger(__name__)


class Reaper:
    """Compares the event queues that exist with those that are registered.

    A queue is removed if the lease of its task expired more than `lease` seconds ago, or if it is
    not registered. Interrupted anywhere, a run leaves what the next one finds.
    """

    def __init__(
        self,
        queues: EventQueues,
        registry: EventQueueRegistry,
        lease: float,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._queues = queues
        self._registry = registry
        self._lease = lease
        self._clock = clock

    async def run(self) -> None:
        """Reap until cancelled, about once for each lease."""
        while True:
            # Random, so that the tasks do not reap at the same time.
            await asyncio.sleep(self._lease * random.uniform(0.5, 1.5))  # noqa: S311
            try:
                await self.reap()
            except Exception:
                logger.exception("could not reap event queues")

    async def reap(self) -> None:
        """Remove every abandoned event queue."""
        # In this order: a queue is registered before it is created, so a queue that exists and is
        # not registered afterwards is abandoned.
        existing = await self._queues.names()
        registrations = await self._registry.list()
        now = self._clock()
        for registration in registrations:
            if registration.alive_until + self._lease < now and await self._registry.claim_removal(
                registration, int(now + self._lease)
            ):
                await self._remove(registration.name)
        for name in existing - {registration.name for registration in registrations}:
            await self._remove(name)

    async def _remove(self, name: str) -> None:
        await self._queues.remove(name)
        await self._registry.remove(name)
        logger.info("reaped an abandoned event queue", extra={"queue": name})
