"""The table of webhook endpoints and deliveries: the port."""

from typing import Protocol

from sightline.domain.webhooks import Delivery, DeliveryKey, Webhook


class WebhookTable(Protocol):
    """Endpoints by owner, and the deliveries to each."""

    async def create(self, webhook: Webhook) -> None:
        """Add a new endpoint; idempotent. Raises `Conflict` if another one has the id."""

    async def get(self, owner: str, webhook_id: str) -> Webhook:
        """Return an endpoint. Raises `WebhookNotFound`."""

    async def list_webhooks(self, owner: str) -> list[Webhook]:
        """Return the owner's endpoints, newest first."""

    async def store(self, before: Webhook, after: Webhook) -> None:
        """Replace an endpoint.

        Raises `Conflict` if its revision is no longer that of `before`, and `WebhookNotFound`.
        """

    async def delete(self, owner: str, webhook_id: str) -> None:
        """Remove an endpoint and its deliveries. Raises `WebhookNotFound`."""

    async def add_delivery(self, delivery: Delivery) -> bool:
        """Add a new delivery; return False, and change nothing, if it exists.

        Raises `WebhookNotFound` if the endpoint is gone.
        """

    async def get_delivery(self, key: DeliveryKey) -> Delivery:
        """Return a delivery. Raises `DeliveryNotFound`."""

    async def store_delivery(self, before: Delivery, after: Delivery) -> None:
        """Replace a delivery.

        Raises `Conflict` if it is gone, or its revision is no longer that of `before`.
        """

    async def list_deliveries(
        self, owner: str, webhook_id: str, limit: int, before: str | None = None
    ) -> list[Delivery]:
        """Return up to `limit` deliveries with ids below `before`, newest first."""

    async def find_pending(self, delivery: Delivery) -> str | None:
        """Return the id of the first pending delivery of the same subject to the same endpoint.

        It is that of the delivery itself if none before it is pending.
        """
