"""The channel of webhooks: which endpoints receive an event."""

from datetime import timedelta

from sightline.domain.clock import now
from sightline.domain.delivery_tasks import format_delivery_tasks, next_task
from sightline.domain.events import Event
from sightline.domain.webhooks import (
    Delivery,
    DeliveryState,
    Webhook,
    WebhookNotFound,
    derive_delivery_id,
)
from sightline.ports.queues import MessageSender
from sightline.ports.webhook_table import WebhookTable
from sightline_notifier.webhooks.payloads import MessageBuilder, WebhookMessage

#: Precision of the times of events.
EVENT_PRECISION = timedelta(milliseconds=1)


class WebhookChannel:
    """`Channel` that adds a delivery for each subscribed endpoint, and requests its first attempt.

    Neither a slow nor an unreachable endpoint delays an event or another endpoint.
    """

    def __init__(
        self, webhooks: WebhookTable, messages: MessageBuilder, sender: MessageSender
    ) -> None:
        self._webhooks = webhooks
        self._messages = messages
        self._sender = sender

    async def notify(self, event: Event) -> None:
        endpoints = await self._webhooks.list_webhooks(event.owner)
        active = [each for each in endpoints if not each.is_paused]
        if not active or (message := await self._messages.build(event)) is None:
            return
        for webhook in active:
            is_recent = message.happened_at + EVENT_PRECISION > webhook.active_since
            if is_recent and message.event in webhook.events:
                await self._request(webhook, message)

    async def _request(self, webhook: Webhook, message: WebhookMessage) -> None:
        delivery = make_delivery(webhook, message)
        try:
            if not await self._webhooks.add_delivery(delivery):
                # Another event of the same state, or a redelivered one: then the task may be lost.
                delivery = await self._webhooks.get_delivery(delivery.key)
                if delivery.state is not DeliveryState.PENDING or delivery.attempts:
                    return
        except WebhookNotFound:
            return
        await self._sender.send(format_delivery_tasks(next_task(delivery)))


def make_delivery(webhook: Webhook, message: WebhookMessage) -> Delivery:
    """Return the delivery of a message to an endpoint, which has the same id each time."""
    at = now()
    delivery_id = derive_delivery_id(
        *(webhook.webhook_id, message.event, message.subject_id, message.happened_at),
        message.occurrence,
    )
    return Delivery(
        owner=webhook.owner,
        webhook_id=webhook.webhook_id,
        delivery_id=delivery_id,
        event=message.event,
        subject_id=message.subject_id,
        payload=message.payload,
        created_at=at,
        next_at=at,
    )
