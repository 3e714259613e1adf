"""Attempt deliveries, and decide what follows: success, a retry, or failure.

The queue is the timer: a delivery that is due later is a message with a delay, which a crash does
not lose. The task of the next attempt is sent before the result of this one is written, so that a
crash in between leads to one attempt more, never to one less.
"""

import logging
import random
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from typing import Protocol

from sightline import metrics
from sightline.domain.clock import now
from sightline.domain.delivery_tasks import DeliveryTask, format_delivery_tasks, next_task
from sightline.domain.events import webhook_event
from sightline.domain.webhooks import (
    Delivery,
    DeliveryNotFound,
    DeliveryState,
    PauseReason,
    Webhook,
    WebhookNotFound,
    sign,
)
from sightline.event_publisher import EventPublisher
from sightline.optimistic import Conflict, retry_conflicts
from sightline.ports.queues import MAX_DELAY_SECONDS, MessageSender
from sightline.ports.webhook_table import WebhookTable
from sightline_notifier.webhooks.http_client import Response

logger = logging.getLogger(__name__)

#: Status by which an endpoint requests that nothing is sent to it any more.
GONE = 410

#: Time to wait for an earlier delivery of the same image or album, unless it is due later.
ORDER_DELAY_SECONDS = 1.0

#: An earlier delivery that is overdue for so long no longer delays later ones.
MAX_OVERDUE = timedelta(hours=1)

#: An earlier delivery that is overdue for so long, and was never attempted, may have no task.
LOST_AFTER = timedelta(seconds=10)

#: Time to wait while the owner has too many attempts in progress.
BUSY_DELAY_SECONDS = 2.0


class MessageClient(Protocol):
    """Sends messages to endpoints."""

    async def post(self, url: str, headers: dict[str, str], body: bytes) -> Response:
        """Send a message, and return the response; a failure is a response without a status."""


class Deliverer:
    """Attempts deliveries; one owner has at most `max_per_owner` attempts in progress."""

    def __init__(
        self,
        webhooks: WebhookTable,
        client: MessageClient,
        sender: MessageSender,
        events: EventPublisher,
        max_per_owner: int,
    ) -> None:
        self._webhooks = webhooks
        self._client = client
        self._sender = sender
        self._events = events
        self._max_per_owner = max_per_owner
        self._in_progress: Counter[str] = Counter()

    async def deliver(self, task: DeliveryTask) -> None:
        """Attempt a delivery if it is due; its result, or a later task, is durable then."""
        if task.due_at > time.time():
            await self._postpone(task, task.due_at - time.time())
        elif self._in_progress[task.owner] >= self._max_per_owner:
            await self._postpone(task, BUSY_DELAY_SECONDS * (1 + random.random()))  # noqa: S311
        else:
            with self._count(task.owner):
                await self._deliver_now(task)

    async def _deliver_now(self, task: DeliveryTask) -> None:
        try:
            delivery = await self._webhooks.get_delivery(task.key)
            webhook = await self._webhooks.get(task.owner, task.webhook_id)
        except (DeliveryNotFound, WebhookNotFound):
            return
        if delivery.state is not DeliveryState.PENDING or delivery.attempts > task.attempt:
            return
        if webhook.is_paused:
            await self._store(delivery, delivery.discard("paused"), "failed")
        elif (wait := await self._find_wait(delivery)) is not None:
            await self._postpone(task, wait)
        else:
            await self._attempt(webhook, delivery)

    async def _attempt(self, webhook: Webhook, delivery: Delivery) -> None:
        response = await self._send(webhook, delivery)
        at, delay = now(), delivery.retry_delay()
        if response.is_success:
            await self._store(delivery, delivery.succeed(response.status, at), "delivered")
            await self._record_success(webhook)
        elif response.status == GONE or delay is None:
            error = response.error or "status"
            await self._store(delivery, delivery.fail(response.status, error, at), "failed")
            await self._record_failure(webhook, response, at, is_last=True)
        else:
            spread = delay * (1 + random.random() / 10)  # noqa: S311
            error = response.error or "status"
            next_at = at + timedelta(seconds=spread)
            retried = delivery.retry(response.status, error, at, next_at)
            # First, so that a crash in between loses no attempt.
            await self._postpone(next_task(retried), spread)
            await self._store(delivery, retried, "retried")
            await self._record_failure(webhook, response, at, is_last=False)

    async def _send(self, webhook: Webhook, delivery: Delivery) -> Response:
        at, body = now(), delivery.payload.encode()
        timestamp = int(at.timestamp())
        signature = sign(webhook.signing_secrets(at), delivery.delivery_id, timestamp, body)
        headers = {
            "webhook-id": delivery.delivery_id,
            "webhook-timestamp": str(timestamp),
            "webhook-signature": signature,
        }
        return await self._client.post(webhook.url, headers, body)

    async def _find_wait(self, delivery: Delivery) -> float | None:
        """Return the seconds to wait for an earlier delivery of the subject; None if none waits."""
        first = await self._webhooks.find_pending(delivery)
        if first is None or first >= delivery.delivery_id:
            return None
        try:
            earlier = await self._webhooks.get_delivery(delivery.key._replace(delivery_id=first))
        except DeliveryNotFound:
            return None
        until_due = (earlier.next_at or now()) - now()
        if until_due < -MAX_OVERDUE:
            return None
        if until_due < -LOST_AFTER and not earlier.attempts:
            # A crash after it was added, and the event of a later state came instead of its own.
            await self._sender.send(format_delivery_tasks(next_task(earlier)))
            return LOST_AFTER.total_seconds()
        return max(ORDER_DELAY_SECONDS, until_due.total_seconds() + ORDER_DELAY_SECONDS)

    async def _postpone(self, task: DeliveryTask, seconds: float) -> None:
        """Send the task again; one that waits longer than a message can is sent several times."""
        await self._sender.send(format_delivery_tasks(task), min(seconds, MAX_DELAY_SECONDS))

    async def _store(self, before: Delivery, after: Delivery, outcome: str) -> None:
        fields = {
            "owner": after.owner,
            "webhook_id": after.webhook_id,
            "delivery_id": after.delivery_id,
            "outcome": outcome,
            "status": after.status,
            "error": after.error,
            "attempts": after.attempts,
        }
        try:
            await self._webhooks.store_delivery(before, after)
        except Conflict:
            # The same attempt was made twice, or the endpoint was deleted meanwhile.
            logger.info("left the delivery to another attempt", extra=fields)
            return
        logger.info("attempted a delivery", extra=fields)
        metrics.record(metrics.WEBHOOK_DELIVERIES, Outcome=outcome)

    async def _record_success(self, webhook: Webhook) -> None:
        if webhook.failures:
            with suppress(WebhookNotFound, Conflict):
                await self._update(webhook, Webhook.succeed)

    async def _record_failure(
        self, webhook: Webhook, response: Response, at: datetime, *, is_last: bool
    ) -> None:
        """Count a failed attempt; pause the endpoint if it is gone, or has failed for long.

        `is_last` is whether the delivery is not attempted again.
        """

        def change(current: Webhook) -> Webhook:
            changed = current.fail(at)
            if current.is_paused:
                return changed
            if response.status == GONE:
                return changed.pause(PauseReason.GONE, at)
            if is_last and changed.has_failed_long(at):
                return changed.pause(PauseReason.FAILING, at)
            return changed

        try:
            after = await self._update(webhook, change)
        except (WebhookNotFound, Conflict):
            # Many attempts fail at once: the others are counted.
            return
        if after.paused_at == at:
            fields = {"owner": after.owner, "webhook_id": after.webhook_id}
            logger.warning("paused a webhook endpoint", extra=fields)
            await self._events.publish(webhook_event(after.owner, after.webhook_id, "updated"))

    @retry_conflicts()
    async def _update(self, webhook: Webhook, change: Callable[[Webhook], Webhook]) -> Webhook:
        """Change the endpoint as it is now, and return it. Raises `WebhookNotFound`."""
        current = await self._webhooks.get(webhook.owner, webhook.webhook_id)
        changed = change(current)
        if changed is not current:
            await self._webhooks.store(current, changed)
        return changed

    @contextmanager
    def _count(self, owner: str) -> Iterator[None]:
        """Count an attempt of the owner as in progress within this context."""
        self._in_progress[owner] += 1
        try:
            yield
        finally:
            self._in_progress[owner] -= 1
            if not self._in_progress[owner]:
                del self._in_progress[owner]
