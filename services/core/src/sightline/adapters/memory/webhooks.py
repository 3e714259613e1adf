"""Webhook endpoints and deliveries in memory."""

from collections.abc import Iterator

from sightline.adapters.memory.state import MemoryState
from sightline.domain.clock import now
from sightline.domain.webhooks import (
    Delivery,
    DeliveryKey,
    DeliveryNotFound,
    DeliveryState,
    Webhook,
    WebhookNotFound,
)
from sightline.optimistic import Conflict


class MemoryWebhookTable:
    """`WebhookTable` over dictionaries."""

    def __init__(self, state: MemoryState) -> None:
        self._webhooks = state.webhooks
        self._deliveries = state.deliveries

    async def create(self, webhook: Webhook) -> None:
        held = self._webhooks.setdefault((webhook.owner, webhook.webhook_id), webhook)
        if held != webhook:
            raise Conflict

    async def get(self, owner: str, webhook_id: str) -> Webhook:
        try:
            return self._webhooks[owner, webhook_id]
        except KeyError:
            raise WebhookNotFound(webhook_id) from None

    async def list_webhooks(self, owner: str) -> list[Webhook]:
        owned = [webhook for webhook in self._webhooks.values() if webhook.owner == owner]
        return sorted(owned, key=lambda webhook: webhook.webhook_id, reverse=True)

    async def store(self, before: Webhook, after: Webhook) -> None:
        held = await self.get(before.owner, before.webhook_id)
        if held.revision != before.revision:
            raise Conflict
        self._webhooks[after.owner, after.webhook_id] = after

    async def delete(self, owner: str, webhook_id: str) -> None:
        if self._webhooks.pop((owner, webhook_id), None) is None:
            raise WebhookNotFound(webhook_id)
        for key in [key for key in self._deliveries if key[:2] == (owner, webhook_id)]:
            del self._deliveries[key]

    async def add_delivery(self, delivery: Delivery) -> bool:
        await self.get(delivery.owner, delivery.webhook_id)
        if delivery.key in self._deliveries:
            return False
        self._deliveries[delivery.key] = delivery
        return True

    async def get_delivery(self, key: DeliveryKey) -> Delivery:
        delivery = self._deliveries.get(key)
        if delivery is None or delivery.expires_at <= now():
            raise DeliveryNotFound(key.delivery_id)
        return delivery

    async def store_delivery(self, before: Delivery, after: Delivery) -> None:
        held = self._deliveries.get(before.key)
        if held is None or held.revision != before.revision:
            raise Conflict
        self._deliveries[after.key] = after

    async def list_deliveries(
        self, owner: str, webhook_id: str, limit: int, before: str | None = None
    ) -> list[Delivery]:
        found = [
            each
            for each in self._kept(owner, webhook_id)
            if before is None or each.delivery_id < before
        ]
        return sorted(found, key=lambda each: each.delivery_id, reverse=True)[:limit]

    async def find_pending(self, delivery: Delivery) -> str | None:
        return min(
            (
                each.delivery_id
                for each in self._kept(delivery.owner, delivery.webhook_id)
                if each.subject_id == delivery.subject_id and each.state is DeliveryState.PENDING
            ),
            default=None,
        )

    def _kept(self, owner: str, webhook_id: str) -> Iterator[Delivery]:
        """Yield the deliveries to an endpoint that have not expired."""
        for key, delivery in self._deliveries.items():
            if key[:2] == (owner, webhook_id) and delivery.expires_at > now():
                yield delivery
