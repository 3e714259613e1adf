"""Delete the messages that were handled, in batches, and release those that were not."""

import asyncio
import logging
from collections import defaultdict

from sightline.consumer.lanes import Delivery
from sightline.ports.queues import MAX_BATCH_SIZE, Message, Queue

logger = logging.getLogger(__name__)

#: Time for which a handled message may wait for nine others to be deleted in one batch.
DELETE_LINGER_SECONDS = 0.05

#: Timeout for deleting, deferring and releasing messages. Those that are not settled are merely
#: redelivered, and a queue that hangs must not keep a consumer from stopping.
SETTLE_TIMEOUT_SECONDS = 10.0


class Settler:
    """Settles messages with the queues that delivered them."""

    def __init__(self) -> None:
        self._settled: asyncio.Queue[Delivery | None] = asyncio.Queue()

    def delete(self, delivery: Delivery) -> None:
        """Delete the message soon, together with others."""
        self._settled.put_nowait(delivery)

    def close(self) -> None:
        """Let `run` end once the messages so far are deleted."""
        self._settled.put_nowait(None)

    async def run(self) -> None:
        """Delete settled messages in batches, until this is closed."""
        ended = False
        while not ended:
            batch: list[Delivery] = []
            try:
                async with asyncio.timeout(None) as linger:
                    while len(batch) < MAX_BATCH_SIZE and not ended:
                        delivery = await self._settled.get()
                        if delivery is None:
                            ended = True
                        else:
                            batch.append(delivery)
                        if len(batch) == 1:
                            linger.reschedule(
                                asyncio.get_running_loop().time() + DELETE_LINGER_SECONDS
                            )
            except TimeoutError:
                pass
            for queue, messages in group_by_queue(batch).items():
                await self._delete(queue, messages)

    async def release(self, delivery: Delivery) -> None:
        """Have the message redelivered at once."""
        try:
            async with asyncio.timeout(SETTLE_TIMEOUT_SECONDS):
                await delivery.queue.release(delivery.message, 0)
        except Exception:
            logger.exception("could not release a message")

    async def _delete(self, queue: Queue, messages: list[Message]) -> None:
        try:
            async with asyncio.timeout(SETTLE_TIMEOUT_SECONDS):
                await queue.delete(messages)
        except Exception:
            # They are redelivered, found to be settled, and deleted then.
            logger.exception("could not delete messages")


def group_by_queue(deliveries: list[Delivery]) -> dict[Queue, list[Message]]:
    """Return the messages by the queue that delivered them."""
    groups: dict[Queue, list[Message]] = defaultdict(list)
    for delivery in deliveries:
        groups[delivery.queue].append(delivery.message)
    return groups
