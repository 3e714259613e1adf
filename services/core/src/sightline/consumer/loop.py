"""The loop that worker and resizer share: receive, handle, settle, and stop without loss.

Rejected    the picture itself is bad: write it `failed`, delete the message
Gone        the image was deleted meanwhile: remove what was made, delete the message
(any other exception)   leave the message to be delivered again
"""

import asyncio
import logging
import random
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Protocol

from sightline.batching import in_batches
from sightline.consumer.messages import InvalidMessage, Upload, parse_uploads
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
from sightline.domain.failures import Failure, Gone, Rejected
from sightline.ports.queues import MAX_BATCH_SIZE, Message, Queue

logger = logging.getLogger(__name__)

#: Seconds for which a finished message may wait for nine others to be deleted with it.
DELETE_LINGER_SECONDS = 0.05

#: Seconds that a poll may take beyond its own length before a consumer that is to stop gives it up.
POLL_GRACE_SECONDS = 2.0

#: Seconds that the queue may take to settle messages. They would only be delivered once more, and a
#: queue that hangs must not keep a consumer from stopping.
SETTLE_TIMEOUT_SECONDS = 10.0

#: What an owner is told when every attempt has failed for a reason outside the picture.
RETRIES_EXHAUSTED = Failure(
    code="retries_exhausted",
    message="Processing failed repeatedly; it can be tried again.",
    final=False,
)


class Handler(Protocol):
    """What is done for each upload. Each method may be repeated with the same upload."""

    async def handle(self, upload: Upload) -> None:
        """Do the work and make it durable. Raises `Rejected`, `Gone`, or whatever went wrong."""

    async def fail(self, upload: Upload, failure: Failure) -> None:
        """Write the upload's part `failed`, unless it is settled already."""

    async def clear(self, upload: Upload) -> None:
        """Remove whatever exists of an image that is gone."""


@dataclass(frozen=True, slots=True)
class ConsumerOptions:
    """How a consumer works: pictures at the same time, and seconds.

    `poll` is how long one receive waits, `handling` the limit for one picture, `drain` the time
    for work in flight when told to stop, `guard` the time between looks at whether the task must
    be kept from scale-in.
    """

    concurrency: int = 4
    poll: float = 20
    handling: float = 120
    drain: float = 90
    guard: float = 5
    backoff: Backoff = field(default_factory=Backoff)


class Consumer:
    """Works off one queue with bounded concurrency until it is told to stop."""

    def __init__(
        self,
        queue: Queue,
        handler: Handler,
        pace: ConsumerOptions,
        protection: ScaleInProtection | None = None,
    ) -> None:
        self._queue = queue
        self._handler = handler
        self._pace = pace
        self._protection = protection or NullScaleInProtection()
        self._in_flight: dict[asyncio.Task[None], Message] = {}
        self._settled: asyncio.Queue[Message | None] = asyncio.Queue()
        self._turned_at = time.monotonic()

    @property
    def in_flight(self) -> int:
        return len(self._in_flight)

    def is_turning(self) -> bool:
        """Whether the loop still goes round; a dependency that is away does not stop it."""
        longest_turn = self._pace.poll + self._pace.handling + self._pace.backoff.longest
        return time.monotonic() - self._turned_at < longest_turn

    async def run(self, stop: asyncio.Event) -> None:
        """Consume until `stop` is set, then finish or hand back what is in flight.

        A side task that dies ends the whole with its exception: a consumer that cannot extend or
        delete messages must not go on as if it could.
        """
        async with asyncio.TaskGroup() as side:
            beating = side.create_task(self._keep_hidden())
            guarding = side.create_task(self._keep_protected())
            side.create_task(self._delete_settled())
            try:
                await self._receive_until(stop)
                await self._drain()
            finally:
                self._settled.put_nowait(None)
                beating.cancel()
                guarding.cancel()
                await self._protect(False)

    async def _receive_until(self, stop: asyncio.Event) -> None:
        stopping = asyncio.create_task(stop.wait())
        failures = 0
        while not stop.is_set():
            self._turned_at = time.monotonic()
            try:
                for message in await self._receive_or(stopping):
                    self._start(message)
                failures = 0
            except Exception:
                failures += 1
                logger.exception("could not receive")
                delay = self._pace.backoff.delay(failures, random.random())  # noqa: S311
                await asyncio.wait({stopping}, timeout=delay)
            while self.in_flight >= self._pace.concurrency and not stopping.done():
                await asyncio.wait(
                    {stopping, *self._in_flight}, return_when=asyncio.FIRST_COMPLETED
                )
        await stopping

    async def _receive_or(self, stopping: "asyncio.Task[bool]") -> list[Message]:
        """What comes; nothing when told to stop, where the queue does not answer in its time."""
        receiving = asyncio.create_task(self._receive())
        try:
            await asyncio.wait({receiving, stopping}, return_when=asyncio.FIRST_COMPLETED)
            # A poll that is cut off may have been given messages, which nobody would then have.
            await asyncio.wait({receiving}, timeout=self._pace.poll + POLL_GRACE_SECONDS)
            return receiving.result() if receiving.done() else []
        finally:
            receiving.cancel()

    async def _receive(self) -> list[Message]:
        """Never more than there are free places: what waits here, nobody else can take."""
        free = self._pace.concurrency - self.in_flight
        return await self._queue.receive(min(free, MAX_BATCH_SIZE), self._pace.poll)

    def _start(self, message: Message) -> None:
        task = asyncio.create_task(self._process(message), name=message.message_id)
        self._in_flight[task] = message
        task.add_done_callback(self._finish)

    def _finish(self, task: asyncio.Task[None]) -> None:
        del self._in_flight[task]
        if not task.cancelled() and (error := task.exception()) is not None:
            logger.error("could not settle a message", exc_info=error)

    async def _process(self, message: Message) -> None:
        outcome = await self._attempt(message)
        roll = random.random()  # noqa: S311
        match settle(outcome, message.receive_count, self._pace.backoff, roll):
            case Delete():
                self._settled.put_nowait(message)
            case Retry(after):
                await self._queue.release(message, after)

    async def _attempt(self, message: Message) -> Outcome:
        try:
            uploads = parse_uploads(message.body)
        except InvalidMessage:
            logger.exception("unreadable message", extra={"message_id": message.message_id})
            return Failed()
        limit = working_receives(self._queue.max_receives)
        if message.receive_count > limit:
            return await self._give_up(uploads)
        # One after the other: a message with several records is rare, its work is as heavy.
        outcomes = [await self._handle(upload) for upload in uploads]
        if all(isinstance(outcome, Handled) for outcome in outcomes):
            return Handled()
        if message.receive_count == limit:
            return await self._give_up(uploads)
        return Failed()

    async def _handle(self, upload: Upload) -> Outcome:
        context = {"owner": upload.image.owner, "image_id": upload.image.image_id}
        try:
            async with asyncio.timeout(self._pace.handling):
                try:
                    await self._handler.handle(upload)
                except Rejected as rejection:
                    logger.info("rejected", extra={**context, "code": rejection.failure.code})
                    await self._handler.fail(upload, rejection.failure)
                except Gone:
                    logger.info("gone", extra=context)
                    await self._handler.clear(upload)
        except Exception:
            logger.exception("could not handle an upload", extra=context)
            return Failed()
        return Handled()

    async def _give_up(self, uploads: Iterable[Upload]) -> Outcome:
        try:
            async with asyncio.timeout(self._pace.handling):
                for upload in uploads:
                    await self._handler.fail(upload, RETRIES_EXHAUSTED)
        except Exception:
            logger.exception("could not give up a message")
            return Failed()
        return Exhausted()

    async def _keep_hidden(self) -> None:
        """Extend the time of what is in flight well before it runs out."""
        while True:
            await asyncio.sleep(self._queue.visibility / 3)
            for batch in in_batches(list(self._in_flight.values()), MAX_BATCH_SIZE):
                try:
                    await self._queue.extend(batch)
                except Exception:
                    # Then they are delivered twice, which is harmless.
                    logger.exception("could not extend messages")

    async def _delete_settled(self) -> None:
        """Delete in batches until None comes, then what is left."""
        ended = False
        while not ended:
            batch: list[Message] = []
            try:
                async with asyncio.timeout(None) as lingering:
                    while len(batch) < MAX_BATCH_SIZE and not ended:
                        message = await self._settled.get()
                        if message is None:
                            ended = True
                        else:
                            batch.append(message)
                        if len(batch) == 1:
                            lingering.reschedule(
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
            # Delivered again, found settled, deleted then.
            logger.exception("could not delete messages")

    async def _keep_protected(self) -> None:
        while True:
            await self._protect(bool(self._in_flight))
            await asyncio.sleep(self._pace.guard)

    async def _protect(self, wanted: bool) -> None:
        try:
            await self._protection.set(wanted)
        except Exception:
            logger.exception("could not change scale-in protection")

    async def _drain(self) -> None:
        """Let work in flight finish in its time, then hand back what is left."""
        if not self._in_flight:
            return
        left = dict(self._in_flight)
        _, late = await asyncio.wait(left, timeout=self._pace.drain)
        for task in late:
            task.cancel()
        if late:
            await asyncio.wait(late)
            logger.warning("handed back %d messages unfinished", len(late))
        await asyncio.gather(*(self._hand_back(left[task]) for task in late))

    async def _hand_back(self, message: Message) -> None:
        try:
            async with asyncio.timeout(SETTLE_TIMEOUT_SECONDS):
                await self._queue.release(message, 0)
        except Exception:
            logger.exception("could not hand back a message")
