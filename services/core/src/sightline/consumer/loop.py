"""The consumer of the services without an API: receive, settle, and shut down without loss.

During an outage of a dependency, messages are kept and attempted again: see `Circuit`.
"""

import asyncio
import logging
import random
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

from sightline import metrics
from sightline.batching import in_batches
from sightline.consumer.circuit import (
    HOLD_SECONDS,
    HOLD_SECONDS_IF_FULL,
    Circuit,
    is_never_outage,
)
from sightline.consumer.scale_in import NullScaleInProtection, ScaleInProtection
from sightline.consumer.settlement import (
    Backoff,
    Delete,
    Exhausted,
    Failed,
    Handled,
    Outcome,
    Retry,
    settle,
    working_receives,
)
from sightline.ports.queues import MAX_BATCH_SIZE, Message, Queue

logger = logging.getLogger(__name__)

#: Time for which a handled message may wait for nine others to be deleted in one batch.
DELETE_LINGER_SECONDS = 0.05

#: Time that a poll may take beyond its wait time before a stopping consumer cancels it.
POLL_GRACE_SECONDS = 2.0

#: Timeout for deleting and releasing messages. Those that are not settled are merely redelivered,
#: and a queue that hangs must not keep a consumer from stopping.
SETTLE_TIMEOUT_SECONDS = 10.0

#: How an attempt ended, in metrics.
ATTEMPT_OUTCOMES = {Handled: "handled", Failed: "retried", Exhausted: "exhausted"}


class MessageHandler(Protocol):
    """Processes messages; idempotent, because messages are redelivered."""

    async def attempt(self, message: Message, max_receives: int | None) -> Outcome:
        """Process a message and return how that ended; its effects are durable then.

        After `max_receives` receives the queue dead-letters the message; never if it is None.
        """


@dataclass(frozen=True, slots=True)
class ConsumerOptions:
    """Consumer concurrency and timeouts.

    `part` names the queue in metrics. `concurrency` is the number of messages in flight. One
    receive waits for `poll_seconds`. A message times out after `handling_timeout_seconds`. At
    shutdown, messages in flight have `drain_timeout_seconds` to finish.
    `protection_interval_seconds` is the time between updates of the scale-in protection. `probes`
    has the intervals between probes of a dependency that is down, as `is_outage` decides.
    """

    part: str = metrics.OTHER
    concurrency: int = 4
    poll_seconds: float = 20
    handling_timeout_seconds: float = 120
    drain_timeout_seconds: float = 90
    protection_interval_seconds: float = 5
    backoff: Backoff = field(default_factory=Backoff)
    probes: Backoff = field(default_factory=Backoff)
    is_outage: Callable[[BaseException], bool] = is_never_outage


class Consumer:
    """Consumes one queue with bounded concurrency."""

    def __init__(
        self,
        queue: Queue,
        handler: MessageHandler,
        options: ConsumerOptions,
        protection: ScaleInProtection | None = None,
    ) -> None:
        self._queue = queue
        self._handler = handler
        self._options = options
        self._protection = protection or NullScaleInProtection()
        self._in_flight: dict[asyncio.Task[None], Message] = {}
        self._settled: asyncio.Queue[Message | None] = asyncio.Queue()
        self._circuit = Circuit(options.part, options.probes, options.is_outage)
        self._stopping: asyncio.Task[bool] | None = None
        self._polled_at = time.monotonic()

    @property
    def is_circuit_open(self) -> bool:
        """Whether a dependency is down, as far as is known."""
        return self._circuit.is_open

    @property
    def in_flight(self) -> int:
        """The number of messages that are being processed."""
        return len(self._in_flight)

    @property
    def _free_places(self) -> int:
        return self._options.concurrency - self.in_flight

    def is_alive(self) -> bool:
        """Return whether the poll loop makes progress; an unavailable dependency does not stop it.

        The limit is the longest that one iteration takes.
        """
        options = self._options
        limit = options.poll_seconds + options.handling_timeout_seconds + options.backoff.longest
        return time.monotonic() - self._polled_at < limit

    async def run(self, stop: asyncio.Event) -> None:
        """Consume until `stop` is set, then finish or release the messages in flight.

        A side task that fails ends the consumer with its exception: a consumer that can no longer
        extend or delete messages must not continue.
        """
        async with asyncio.TaskGroup() as side_tasks:
            extending = side_tasks.create_task(self._keep_hidden())
            protecting = side_tasks.create_task(self._keep_protected())
            side_tasks.create_task(self._delete_settled())
            try:
                await self._receive_until(stop)
                await self._drain()
            finally:
                self._settled.put_nowait(None)
                extending.cancel()
                protecting.cancel()
                await self._protect(False)

    async def _receive_until(self, stop: asyncio.Event) -> None:
        stopping = self._stopping = asyncio.create_task(stop.wait())
        failures = 0
        while not stop.is_set():
            self._polled_at = time.monotonic()
            if not await self._circuit.wait_for_probe(stopping, self._options.poll_seconds):
                continue
            try:
                for message in await self._receive_until_stopped(stopping):
                    self._start(message)
                failures = 0
            except Exception:
                failures += 1
                logger.exception("could not receive messages")
                delay = self._options.backoff.delay(failures, random.random())  # noqa: S311
                await asyncio.wait({stopping}, timeout=delay)
            while not self._free_places and not stopping.done():
                await asyncio.wait(
                    {stopping, *self._in_flight},
                    timeout=self._options.poll_seconds,
                    return_when=asyncio.FIRST_COMPLETED,
                )
                if self._circuit.is_open:
                    self._polled_at = time.monotonic()
        await stopping

    async def _receive_until_stopped(self, stopping: "asyncio.Task[bool]") -> list[Message]:
        """Return the received messages; none if stopped while the queue does not respond."""
        receiving = asyncio.create_task(self._receive())
        try:
            await asyncio.wait({receiving, stopping}, return_when=asyncio.FIRST_COMPLETED)
            # The poll is not cancelled at once: it may have received messages, which would be lost
            # to all consumers until their visibility timeout ends.
            await asyncio.wait({receiving}, timeout=self._options.poll_seconds + POLL_GRACE_SECONDS)
            return receiving.result() if receiving.done() else []
        finally:
            receiving.cancel()

    async def _receive(self) -> list[Message]:
        """Receive no more than can be processed now: other consumers can take the rest."""
        free = 1 if self._circuit.is_open else self._free_places
        return await self._queue.receive(min(free, MAX_BATCH_SIZE), self._options.poll_seconds)

    def _start(self, message: Message) -> None:
        task = asyncio.create_task(self._process(message), name=message.message_id)
        self._in_flight[task] = message
        task.add_done_callback(self._finish)

    def _finish(self, task: asyncio.Task[None]) -> None:
        del self._in_flight[task]
        if not task.cancelled() and (error := task.exception()) is not None:
            logger.error("could not settle a message", exc_info=error)

    async def _process(self, message: Message) -> None:
        self._record_wait(message)
        held_since = time.monotonic()
        outcome = await self._attempt(message)
        while await self._hold(outcome, held_since):
            outcome = await self._attempt(message)
        self._record_attempt(outcome)
        roll = random.random()  # noqa: S311
        match settle(outcome, message.receive_count, self._options.backoff, roll):
            case Delete():
                self._settled.put_nowait(message)
            case Retry(after):
                await self._queue.release(message, after)

    async def _attempt(self, message: Message) -> Outcome:
        """Attempt the message. While a dependency is down, its last attempt is not final."""
        max_receives = self._queue.max_receives
        if self._circuit.is_open and message.receive_count <= working_receives(max_receives):
            max_receives = None
        outcome = await self._handler.attempt(message, max_receives)
        self._circuit.record(outcome)
        return outcome

    async def _hold(self, outcome: Outcome, since: float) -> bool:
        """Keep a message through an outage. Returns whether to attempt it again."""
        stopping = self._stopping
        is_outage = self._circuit.find_outage(outcome) is not None
        if stopping is None or not self._circuit.is_open or not is_outage:
            return False
        longest = HOLD_SECONDS if self._free_places else HOLD_SECONDS_IF_FULL
        return await self._circuit.wait_for_probe(stopping, since + longest - time.monotonic())

    def _record_wait(self, message: Message) -> None:
        if message.receive_count == 1 and message.sent_at is not None:
            seconds = max(0.0, time.time() - message.sent_at)
            metrics.record(metrics.QUEUE_SECONDS, seconds, Part=self._options.part)

    def _record_attempt(self, outcome: Outcome) -> None:
        metrics.record(
            metrics.ATTEMPTS, Part=self._options.part, Outcome=ATTEMPT_OUTCOMES[type(outcome)]
        )

    async def _keep_hidden(self) -> None:
        """Extend the visibility timeout of messages in flight well before it ends."""
        while True:
            await asyncio.sleep(self._queue.visibility / 3)
            for batch in in_batches(list(self._in_flight.values()), MAX_BATCH_SIZE):
                try:
                    await self._queue.extend(batch)
                except Exception:
                    # They may then be delivered twice, which is harmless.
                    logger.exception("could not extend messages")

    async def _delete_settled(self) -> None:
        """Delete settled messages in batches, until None is in the queue of settled messages."""
        ended = False
        while not ended:
            batch: list[Message] = []
            try:
                async with asyncio.timeout(None) as linger:
                    while len(batch) < MAX_BATCH_SIZE and not ended:
                        message = await self._settled.get()
                        if message is None:
                            ended = True
                        else:
                            batch.append(message)
                        if len(batch) == 1:
                            linger.reschedule(
                                asyncio.get_running_loop().time() + DELETE_LINGER_SECONDS
                            )
            except TimeoutError:
                pass
            if batch:
                await self._delete(batch)

    async def _delete(self, batch: list[Message]) -> None:
        try:
            async with asyncio.timeout(SETTLE_TIMEOUT_SECONDS):
                await self._queue.delete(batch)
        except Exception:
            # They are redelivered, found to be settled, and deleted then.
            logger.exception("could not delete messages")

    async def _keep_protected(self) -> None:
        while True:
            await self._protect(bool(self._in_flight))
            await asyncio.sleep(self._options.protection_interval_seconds)

    async def _protect(self, enabled: bool) -> None:
        try:
            await self._protection.set(enabled)
        except Exception:
            logger.exception("could not change scale-in protection")

    async def _drain(self) -> None:
        """Wait for the messages in flight, then release those that have not finished in time."""
        if not self._in_flight:
            return
        messages = dict(self._in_flight)
        _, late = await asyncio.wait(messages, timeout=self._options.drain_timeout_seconds)
        for task in late:
            task.cancel()
        if late:
            await asyncio.wait(late)
            logger.warning("released %d unfinished messages", len(late))
        await asyncio.gather(*(self._release(messages[task]) for task in late))

    async def _release(self, message: Message) -> None:
        try:
            async with asyncio.timeout(SETTLE_TIMEOUT_SECONDS):
                await self._queue.release(message, 0)
        except Exception:
            logger.exception("could not release a message")
