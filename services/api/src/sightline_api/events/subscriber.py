"""The event queue of this task: open it, renew its lease, receive from it, and remove it."""

import asyncio
import logging
import random
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, nullcontext

from uuid_utils.compat import uuid4

from sightline import tracing
from sightline.consumer.settlement import Backoff
from sightline.domain.events import Event, InvalidEventsMessage, parse_events
from sightline.ports.event_queues import EventQueueLost, EventQueueRegistry, EventQueues
from sightline.ports.image_table import ImageTable
from sightline.ports.queues import MAX_BATCH_SIZE, Message, Queue, QueueNotFound
from sightline_api.concurrency import map_concurrently
from sightline_api.events.broker import Broker
from sightline_api.events.reaper import Reaper
from sightline_api.events.sse import format_event, format_reset

logger = logging.getLogger(__name__)

#: Longest wait of one receive, seconds; SQS allows no more.
MAX_POLL_SECONDS = 20

#: Time-out for reading the image of an event, and for removing the queue at the end, seconds.
READ_TIMEOUT_SECONDS = 5
CLOSE_TIMEOUT_SECONDS = 3


class EventSubscriber:
    """Receives events for the broker, and resets the broker after every gap.

    `lease` is the number of seconds after its last renewal for which the task counts as alive. The
    name of the queue starts with `prefix`.
    """

    def __init__(
        self,
        queues: EventQueues,
        registry: EventQueueRegistry,
        broker: Broker,
        images: ImageTable,
        prefix: str,
        lease: float,
        backoff: Backoff | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._queues = queues
        self._registry = registry
        self._broker = broker
        self._images = images
        self._prefix = prefix
        self._lease = lease
        self._backoff = backoff or Backoff(first=1, longest=30)
        self._clock = clock
        self._name = self._new_name()
        self._queue: Queue | None = None
        self._renew_at = 0.0
        #: Whether events may have been missed since the broker was last reset.
        self._has_gap = True

    async def run(self) -> None:
        """Receive until cancelled, whatever happens; then call `close`."""
        failures = 0
        while True:
            try:
                await self._receive()
                failures = 0
            except Exception:
                self._has_gap = True
                failures += 1
                logger.exception("could not receive events", extra={"queue": self._name})
                delay = self._backoff.delay(failures, random.random())  # noqa: S311
                await asyncio.sleep(delay)

    async def close(self) -> None:
        """Remove the queue; if that fails, a reaper will."""
        try:
            async with asyncio.timeout(CLOSE_TIMEOUT_SECONDS):
                await self._remove(self._name)
        except Exception:
            logger.warning(
                "could not remove the event queue", exc_info=True, extra={"queue": self._name}
            )

    async def _receive(self) -> None:
        """Receive and deliver one batch."""
        try:
            if self._queue is None:
                self._queue = await self._open()
            await self._renew()
            queue = self._queue
            # After a gap it does not wait: being able to receive is what matters first.
            messages = await queue.receive(MAX_BATCH_SIZE, 0 if self._has_gap else self._poll)
        except (EventQueueLost, QueueNotFound):
            await self._abandon()
            raise
        if self._has_gap:
            self._has_gap = False
            self._broker.reset()
        if messages:
            await map_concurrently(messages, self._deliver_message)
            await queue.delete(messages)

    async def _open(self) -> Queue:
        await self._registry.add(self._name, self._alive_until())
        queue = await self._queues.open(self._name)
        # Raises if this took so long that a reaper has removed the queue meanwhile.
        await self._registry.renew(self._name, self._alive_until())
        logger.info("subscribed to events", extra={"queue": self._name})
        return queue

    async def _renew(self) -> None:
        if self._clock() >= self._renew_at:
            await self._registry.renew(self._name, self._alive_until())
            self._renew_at = self._clock() + self._lease / 4

    def _alive_until(self) -> int:
        return int(self._clock() + self._lease)

    @property
    def _poll(self) -> float:
        """Seconds that one receive waits: short enough to renew the lease in time."""
        return max(1, min(MAX_POLL_SECONDS, self._lease / 4))

    async def _abandon(self) -> None:
        """Use another queue next time, and remove what remains of this one."""
        lost, self._name, self._queue = self._name, self._new_name(), None
        await self._remove(lost)

    async def _remove(self, name: str) -> None:
        await self._queues.remove(name)
        await self._registry.remove(name)

    async def _deliver_message(self, message: Message) -> None:
        try:
            events = parse_events(message.body)
        except InvalidEventsMessage:
            logger.warning("invalid events message", extra={"message_id": message.message_id})
            return
        # Clients read webhook endpoints when they show them.
        streamed = [event for event in events if event.kind != "webhook"]
        await map_concurrently(streamed, self._deliver)

    async def _deliver(self, event: Event) -> None:
        if not self._broker.remember(event):
            return
        parent = tracing.parse_traceparent(event.traceparent)
        with tracing.root_span("deliver event", "consumer", parent) if parent else nullcontext():
            await self._deliver_to_subscribers(event)

    async def _deliver_to_subscribers(self, event: Event) -> None:
        try:
            async with asyncio.timeout(READ_TIMEOUT_SECONDS):
                formatted = await format_event(event, self._images)
        except Exception:
            # One unreadable row must not stop the events of others; its owner's clients reload.
            logger.exception("could not read the image of an event")
            formatted = format_reset()
        self._broker.publish(event.owner, formatted)

    def _new_name(self) -> str:
        return f"{self._prefix}{uuid4()}"


@asynccontextmanager
async def subscribed(subscriber: EventSubscriber, reaper: Reaper) -> AsyncIterator[None]:
    """Receive events, and reap abandoned queues, within this context."""
    tasks = [asyncio.create_task(each.run()) for each in (subscriber, reaper)]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks)
        await subscriber.close()
