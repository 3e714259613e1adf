"""Request deliveries from the notifier."""

from sightline.domain.clock import now
from sightline.domain.delivery_tasks import format_delivery_tasks, next_task
from sightline.domain.ids import new_event_id
from sightline.domain.webhooks import TEST_EVENT, Delivery, Webhook, format_payload
from sightline.optimistic import retry_conflicts
from sightline.ports.queues import Topic
from sightline.ports.webhook_table import WebhookTable


class DeliveryRequests:
    """Adds and replays deliveries; `notifications` is the topic that the notifier subscribes to."""

    def __init__(self, webhooks: WebhookTable, notifications: Topic) -> None:
        self._webhooks = webhooks
        self._notifications = notifications

    async def send_test(self, webhook: Webhook) -> Delivery:
        """Add a test message, and return its delivery. Raises `WebhookNotFound`."""
        at = now()
        delivery = Delivery(
            owner=webhook.owner,
            webhook_id=webhook.webhook_id,
            delivery_id=new_event_id(),
            event=TEST_EVENT,
            subject_id=webhook.webhook_id,
            payload=format_payload(TEST_EVENT, at, {"id": webhook.webhook_id}),
            created_at=at,
            next_at=at,
        )
        await self._webhooks.add_delivery(delivery)
        await self._publish(delivery)
        return delivery

    async def replay(self, delivery: Delivery) -> Delivery:
        """Make a delivery pending again, with the same message, and return it.

        Raises `DeliveryNotFound` and `Conflict`.
        """

        @retry_conflicts()
        async def store() -> Delivery:
            current = await self._webhooks.get_delivery(delivery.key)
            replayed = current.replay(now())
            await self._webhooks.store_delivery(current, replayed)
            return replayed

        replayed = await store()
        await self._publish(replayed)
        return replayed

    async def _publish(self, delivery: Delivery) -> None:
        await self._notifications.publish(format_delivery_tasks(next_task(delivery)))
