"""The consumer of the services without an API: receive, settle, and shut down without loss.

During an outage of a dependency, messages are kept and attempted again: see `Circuit`. With
`Fairness`, the places are shared between owners: see `Lanes`.
"""

import asyncio
import logging
import random
import time
from collections import Counter
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
from sightline.consumer.lanes import Delivery, Lanes
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
from sightline.consumer.settler import SETTLE_TIMEOUT_SECONDS, Settler, group_by_queue
from sightline.ports.queues import (
    MAX_BATCH_SIZE,
    BacklogQueue,
    GroupedMessage,
    Message,
    Queue,
)

logger = logging.getLogger(__name__)

#: Time that a poll may take beyond its wait time before a stopping consumer cancels it.
POLL_GRACE_SECONDS = 2.0

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
    receive waits for `poll_seconds`. A message times out after `handling_timeout_seconds`.
    Messages in flight have `drain_timeout_seconds` to finish after the request to stop.
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

    @property
    def shutdown_seconds(self) -> float:
        """The longest time that a shutdown takes, in seconds, also if no queue responds."""
        last_poll = self.poll_seconds + POLL_GRACE_SECONDS + SETTLE_TIMEOUT_SECONDS
        return max(self.drain_timeout_seconds, last_poll) + SETTLE_TIMEOUT_SECONDS


@dataclass(frozen=True, slots=True)
class Fairness:
    """Sharing a consumer between owners.

    `find_owner` returns the owner of a message body, or None. Messages of an owner that exceed its
    share are moved to the `backlog`, which the consumer also consumes.
    """

    backlog: BacklogQueue
    find_owner: Callable[[str], str | None]


class Consumer:
    """Consumes one queue with bounded concurrency, and with `fairness` its backlog as well."""

    def __init__(
        self,
        queue: Queue,
        handler: MessageHandler,
        options: ConsumerOptions,
        protection: ScaleInProtection | None = None,
        fairness: Fairness | None = None,
    ) -> None:
        self._queue = queue
        self._handler = handler
        self._options = options
        self._protection = protection or NullScaleInProtection()
        self._fairness = fairness
        self._in_flight: dict[asyncio.Task[None], Delivery] = {}
        #: Messages in flight by owner.
        self._shares: Counter[str | None] = Counter()
        self._lanes = Lanes(max(1, options.concurrency // 2))
        self._settler = Settler()
        self._circuit = Circuit(options.part, options.probes, options.is_outage)
        self._stopping: asyncio.Task[bool] | None = None
        self._stopped_at = 0.0
        self._progressed_at = time.monotonic()

    @property
    def is_circuit_open(self) -> bool:
        """Whether a dependency is down, as far as is known."""
        return self._circuit.is_open

    @property
    def in_flight(self) -> int:
        """The number of messages that are being processed."""
        return len(self._in_flight)

    @property
    def waiting(self) -> int:
        """The number of received messages that wait for a place."""
        return len(self._lanes)

    @property
    def _free_places(self) -> int:
        return self._options.concurrency - self.in_flight

    def is_alive(self) -> bool:
        """Return whether the consumer makes progress; an unavailable dependency does not stop it.

        The limit is the longest that one iteration takes.
        """
        options = self._options
        limit = options.poll_seconds + options.handling_timeout_seconds + options.backoff.longest
        return time.monotonic() - self._progressed_at < limit

    async def run(self, stop: asyncio.Event) -> None:
        """Consume until `stop` is set, then finish or release the messages in flight.

        The shutdown takes at most `shutdown_seconds` of the options.

        A side task that fails ends the consumer with its exception: a consumer that can no longer
        extend or delete messages must not continue.
        """
        async with asyncio.TaskGroup() as side_tasks:
            extending = side_tasks.create_task(self._keep_hidden())
            protecting = side_tasks.create_task(self._keep_protected())
            settling = side_tasks.create_task(self._settler.run())
            try:
                await self._receive_until(stop)
                await self._drain(settling)
            finally:
                settling.cancel()
                extending.cancel()
                protecting.cancel()
                await self._protect(False)

    async def _receive_until(self, stop: asyncio.Event) -> None:
        stopping = self._stopping = asyncio.create_task(stop.wait())
        stopping.add_done_callback(self._record_stop)
        async with asyncio.TaskGroup() as receiving:
            receiving.create_task(self._receive_from(self._queue, stopping))
            if self._fairness is not None:
                receiving.create_task(self._receive_from(self._fairness.backlog, stopping))
        await stopping

    async def _receive_from(self, queue: Queue, stopping: "asyncio.Task[bool]") -> None:
        failures = 0
        while not stopping.done():
            self._record_progress()
            await self._wait_for_room(queue, stopping)
            if not await self._circuit.wait_for_probe(stopping, self._options.poll_seconds):
                continue
            try:
                messages = await self._receive_until_stopped(queue, stopping)
                failures = 0
            except Exception:
                failures += 1
                logger.exception("could not receive messages")
                delay = self._options.backoff.delay(failures, random.random())  # noqa: S311
                await asyncio.wait({stopping}, timeout=delay)
            else:
                await self._accept(queue, messages)

    def _record_stop(self, _: object) -> None:
        self._stopped_at = time.monotonic()

    def _record_progress(self) -> None:
        if self._free_places or self._circuit.is_open:
            self._progressed_at = time.monotonic()

    async def _wait_for_room(self, queue: Queue, stopping: "asyncio.Task[bool]") -> None:
        while not self._find_room(queue) and not stopping.done():
            if self._circuit.is_open:
                # For hours perhaps: longer than a message can be kept.
                await self._defer(self._lanes.take_all())
            await asyncio.wait(
                {stopping, *self._in_flight},
                timeout=self._options.poll_seconds,
                return_when=asyncio.FIRST_COMPLETED,
            )
            self._record_progress()

    def _find_room(self, queue: Queue) -> int:
        """Return how many messages of the queue to receive now; 0 is none.

        Without fairness there are no more than can be processed now: other consumers can take the
        rest. With it, they are received ahead, because only so the owners are known that wait.
        """
        if self._circuit.is_open or self._fairness is None:
            room = min(self._free_places, 1 if self._circuit.is_open else MAX_BATCH_SIZE)
        elif queue is self._queue:
            # One owner fills no more than its lane, so others always find room.
            is_full = self._lanes.count(queue) >= self._options.concurrency + self._lanes.size
            room = 0 if is_full else MAX_BATCH_SIZE
        else:
            room = min(self._lanes.size - self._lanes.count(queue), MAX_BATCH_SIZE)
        return max(room, 0)

    async def _receive_until_stopped(
        self, queue: Queue, stopping: "asyncio.Task[bool]"
    ) -> list[Message]:
        """Return the received messages; none if stopped while the queue does not respond."""
        room = self._find_room(queue)
        if not room:
            return []
        receiving = asyncio.create_task(queue.receive(room, self._options.poll_seconds))
        try:
            await asyncio.wait({receiving, stopping}, return_when=asyncio.FIRST_COMPLETED)
            # The poll is not cancelled at once: it may have received messages, which would be lost
            # to all consumers until their visibility timeout ends.
            await asyncio.wait({receiving}, timeout=self._options.poll_seconds + POLL_GRACE_SECONDS)
            return receiving.result() if receiving.done() else []
        finally:
            receiving.cancel()

    async def _accept(self, queue: Queue, messages: list[Message]) -> None:
        """Start what there are places for, let the next ones wait, and defer the others."""
        fairness = self._fairness
        for message in messages:
            owner = fairness.find_owner(message.body) if fairness else None
            self._lanes.add(Delivery(message, queue, owner))
        self._fill_places()
        if self._circuit.is_open:
            await self._defer(self._lanes.take_all())
        else:
            await self._defer(self._lanes.take_excess(self._queue))

    def _fill_places(self) -> None:
        while self._free_places and (delivery := self._lanes.pop(self._shares)):
            self._start(delivery)

    async def _defer(self, deliveries: list[Delivery]) -> None:
        """Move messages to the backlog. Those that cannot be moved wait here."""
        for batch in in_batches(deliveries, MAX_BATCH_SIZE):
            moved = await self._move(batch)
            for delivery in batch:
                if delivery.message.receipt in moved:
                    self._settler.delete(delivery)
                else:
                    self._lanes.add(delivery)

    async def _move(self, deliveries: list[Delivery]) -> set[str]:
        """Send messages to the backlog; return the receipts of those that it accepted."""
        if self._fairness is None:
            return set()
        grouped = [GroupedMessage(each.message, each.owner) for each in deliveries]
        try:
            async with asyncio.timeout(SETTLE_TIMEOUT_SECONDS):
                return {each.receipt for each in await self._fairness.backlog.put(grouped)}
        except Exception:
            # Accepted or not: a message that is processed twice has its effects once.
            logger.exception("could not defer messages")
            return set()

    def _start(self, delivery: Delivery) -> None:
        task = asyncio.create_task(self._process(delivery), name=delivery.message.message_id)
        self._in_flight[task] = delivery
        self._shares[delivery.owner] += 1
        task.add_done_callback(self._finish)

    def _finish(self, task: asyncio.Task[None]) -> None:
        delivery = self._in_flight.pop(task)
        self._shares.subtract([delivery.owner])
        # Without the owners that have no message in flight.
        self._shares += Counter()
        if not task.cancelled() and (error := task.exception()) is not None:
            logger.error("could not settle a message", exc_info=error)
        self._record_progress()
        if not self._circuit.is_open and not self._is_stopping:
            self._fill_places()

    @property
    def _is_stopping(self) -> bool:
        return self._stopping is not None and self._stopping.done()

    async def _process(self, delivery: Delivery) -> None:
        message = delivery.message
        self._record_wait(message)
        held_since = time.monotonic()
        outcome = await self._attempt(delivery)
        while await self._hold(outcome, held_since):
            outcome = await self._attempt(delivery)
        self._record_attempt(outcome)
        roll = random.random()  # noqa: S311
        match settle(outcome, message.receive_count, self._options.backoff, roll):
            case Delete():
                self._settler.delete(delivery)
            case Retry() if self._fairness is not None and self._is_held_up(outcome):
                # Released, it would spend a delivery on the outage.
                await self._defer([delivery])
            case Retry(after):
                await delivery.queue.release(message, after)

    async def _attempt(self, delivery: Delivery) -> Outcome:
        """Attempt the message. While a dependency is down, its last attempt is not final."""
        message, max_receives = delivery.message, delivery.queue.max_receives
        if self._circuit.is_open and message.receive_count <= working_receives(max_receives):
            max_receives = None
        outcome = await self._handler.attempt(message, max_receives)
        self._circuit.record(outcome)
        return outcome

    async def _hold(self, outcome: Outcome, since: float) -> bool:
        """Keep a message through an outage. Returns whether to attempt it again."""
        stopping = self._stopping
        if stopping is None or not self._is_held_up(outcome):
            return False
        longest = HOLD_SECONDS if self._free_places else HOLD_SECONDS_IF_FULL
        return await self._circuit.wait_for_probe(stopping, since + longest - time.monotonic())

    def _is_held_up(self, outcome: Outcome) -> bool:
        """Return whether an attempt failed by an outage that lasts."""
        return self._circuit.is_open and self._circuit.find_outage(outcome) is not None

    def _record_wait(self, message: Message) -> None:
        if message.receive_count == 1 and message.sent_at is not None:
            seconds = max(0.0, time.time() - message.sent_at)
            metrics.record(metrics.QUEUE_SECONDS, seconds, Part=self._options.part)

    def _record_attempt(self, outcome: Outcome) -> None:
        metrics.record(
            metrics.ATTEMPTS, Part=self._options.part, Outcome=ATTEMPT_OUTCOMES[type(outcome)]
        )

    async def _keep_hidden(self) -> None:
        """Extend the visibility timeout of received messages well before it ends."""
        while True:
            await asyncio.sleep(self._queue.visibility / 3)
            for queue, messages in group_by_queue(
                [*self._in_flight.values(), *self._lanes]
            ).items():
                for batch in in_batches(messages, MAX_BATCH_SIZE):
                    try:
                        await queue.extend(batch)
                    except Exception:
                        # They may then be delivered twice, which is harmless.
                        logger.exception("could not extend messages")

    async def _keep_protected(self) -> None:
        while True:
            await self._protect(bool(self._in_flight))
            await asyncio.sleep(self._options.protection_interval_seconds)

    async def _protect(self, enabled: bool) -> None:
        try:
            await self._protection.set(enabled)
        except Exception:
            logger.exception("could not change scale-in protection")

    async def _drain(self, settling: "asyncio.Task[None]") -> None:
        """Let the messages in flight finish, and return the others to the queues."""
        returning = asyncio.create_task(self._return_waiting())
        deliveries = dict(self._in_flight)
        late: set[asyncio.Task[None]] = set()
        if deliveries:
            until = self._stopped_at + self._options.drain_timeout_seconds
            _, late = await asyncio.wait(deliveries, timeout=max(0.0, until - time.monotonic()))
        try:
            async with asyncio.timeout(SETTLE_TIMEOUT_SECONDS):
                if late:
                    for task in late:
                        task.cancel()
                    await asyncio.wait(late)
                    logger.warning("released %d unfinished messages", len(late))
                releases = (self._settler.release(deliveries[task]) for task in late)
                await asyncio.gather(returning, *releases)
                self._settler.close()
                await settling
        except TimeoutError:
            # They are redelivered when their visibility timeout ends.
            logger.warning("could not return all messages to the queues in time")

    async def _return_waiting(self) -> None:
        await self._defer(self._lanes.take_all())
        await asyncio.gather(*map(self._settler.release, self._lanes.take_all()))
