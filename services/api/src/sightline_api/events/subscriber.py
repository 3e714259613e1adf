"""The life of this task's inbox: made, kept, listened to, made again where it is lost, removed."""

import asyncio
import logging
import random
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from uuid_utils.compat import uuid4

from sightline.consumer.settlement import Backoff
from sightline.domain.events import Event, InvalidEventsMessage, parse_events
from sightline.ports.event_queues import EventQueueLost, EventQueueRegistry, EventQueues
from sightline.ports.image_table import ImageTable
from sightline.ports.queues import MAX_BATCH_SIZE, Message, Queue, QueueNotFound
from sightline_api.concurrency import each_of
from sightline_api.events.broker import Broker
from sightline_api.events.reaper import Reaper
from sightline_api.events.sse import describe, reset_signal

logger = logging.getLogger(__name__)

#: The longest that one receive waits, in seconds; SQS allows no more.
MAX_POLL = 20

#: Seconds to read what an event is about, and to remove the inbox at the end.
READ_SECONDS = 5
CLOSE_SECONDS = 3


class EventSubscriber:
    """Brings events to the hub, and the hub to order after every gap.

    `lease` is how many seconds after its last sign of life the task counts as dead; `prefix` begins
    the inbox's name.
    """

    def __init__(
        self,
        inboxes: EventQueues,
        register: EventQueueRegistry,
        hub: Broker,
        table: ImageTable,
        prefix: str,
        lease: float,
        backoff: Backoff | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._inboxes = inboxes
        self._register = register
        self._hub = hub
        self._table = table
        self._prefix = prefix
        self._lease = lease
        self._backoff = backoff or Backoff(first=1, longest=30)
        self._clock = clock
        self._name = self._new_name()
        self._queue: Queue | None = None
        self._renew_at = 0.0
        #: Whether something may have been missed since the hub was last in order.
        self._deaf = True

    async def run(self) -> None:
        """Listen until cancelled, whatever happens; then call `close`."""
        failures = 0
        while True:
            try:
                await self._listen()
                failures = 0
            except Exception:
                self._deaf = True
                failures += 1
                logger.exception("could not listen to events", extra={"inbox": self._name})
                delay = self._backoff.delay(failures, random.random())  # noqa: S311
                await asyncio.sleep(delay)

    async def close(self) -> None:
        """Remove the inbox; where that fails, a sweep will."""
        try:
            async with asyncio.timeout(CLOSE_SECONDS):
                await self._remove()
        except Exception:
            logger.warning("left its inbox behind", exc_info=True, extra={"inbox": self._name})

    async def _listen(self) -> None:
        """One turn."""
        try:
            if self._queue is None:
                self._queue = await self._open()
            await self._renew()
            queue = self._queue
            # While deaf it does not wait: that it can receive is what matters first.
            messages = await queue.receive(MAX_BATCH_SIZE, 0 if self._deaf else self._poll)
        except (EventQueueLost, QueueNotFound):
            await self._abandon()
            raise
        if self._deaf:
            self._deaf = False
            self._hub.restart()
        if messages:
            await each_of(messages, self._tell)
            await queue.delete(messages)

    async def _open(self) -> Queue:
        await self._register.add(self._name, self._promise())
        queue = await self._inboxes.open(self._name)
        # Had all that taken so long that a sweep has removed it meanwhile, this says so.
        await self._register.renew(self._name, self._promise())
        logger.info("listening", extra={"inbox": self._name})
        return queue

    async def _renew(self) -> None:
        if self._clock() >= self._renew_at:
            await self._register.renew(self._name, self._promise())
            self._renew_at = self._clock() + self._lease / 4

    def _promise(self) -> int:
        return int(self._clock() + self._lease)

    @property
    def _poll(self) -> float:
        """Short enough that the register hears of us in time."""
        return max(1, min(MAX_POLL, self._lease / 4))

    async def _abandon(self) -> None:
        """Have another inbox next time, and leave nothing of this one."""
        lost, self._name, self._queue = self._name, self._new_name(), None
        await self._remove(lost)

    async def _remove(self, name: str | None = None) -> None:
        await self._inboxes.remove(name or self._name)
        await self._register.remove(name or self._name)

    async def _tell(self, message: Message) -> None:
        try:
            events = parse_events(message.body)
        except InvalidEventsMessage:
            logger.warning("unreadable events", extra={"message_id": message.message_id})
            return
        await each_of(events, self._tell_event)

    async def _tell_event(self, event: Event) -> None:
        if not self._hub.remember(event):
            return
        try:
            async with asyncio.timeout(READ_SECONDS):
                signal = await describe(event, self._table)
        except Exception:
            # One row that cannot be read must not stop the others' events; its owner's screens
            # read for themselves.
            logger.exception("could not read what an event is about")
            signal = reset_signal()
        self._hub.tell(event.owner, signal)

    def _new_name(self) -> str:
        return f"{self._prefix}{uuid4()}"


@asynccontextmanager
async def subscribed(listener: EventSubscriber, sweeper: Reaper) -> AsyncIterator[None]:
    """Listen and sweep meanwhile."""
    tasks = [asyncio.create_task(each.run()) for each in (listener, sweeper)]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks)
        await listener.close()
