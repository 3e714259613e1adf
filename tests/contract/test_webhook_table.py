"""The contract of `WebhookTable`."""

from datetime import timedelta

import pytest

from sightline.domain.clock import now
from sightline.domain.webhooks import (
    DELIVERY_RETENTION,
    DeliveryNotFound,
    PauseReason,
    Webhook,
    WebhookNotFound,
)
from sightline.optimistic import Conflict
from sightline.ports.tables import Tables
from sightline_testing.builders import make_delivery, make_webhook, new_owner


@pytest.fixture
async def webhook(tables: Tables) -> Webhook:
    """An endpoint that is in the table."""
    webhook = make_webhook()
    await tables.webhooks.create(webhook)
    return webhook


async def test_an_endpoint_is_read_as_it_was_written(tables: Tables) -> None:
    owner, at = new_owner(), now()
    plain = make_webhook(owner)
    full = make_webhook(owner, description="search").rotate(at).fail(at)
    full = full.pause(PauseReason.FAILING, at)
    for webhook in (plain, full):
        await tables.webhooks.create(webhook)
        await tables.webhooks.create(webhook)
        assert await tables.webhooks.get(owner, webhook.webhook_id) == webhook
    assert await tables.webhooks.list_webhooks(owner) == [full, plain]
    assert await tables.webhooks.list_webhooks(new_owner()) == []


async def test_create_rejects_an_id_in_use(tables: Tables, webhook: Webhook) -> None:
    with pytest.raises(Conflict):
        await tables.webhooks.create(webhook.model_copy(update={"description": "other"}))


async def test_store_depends_on_the_revision(tables: Tables, webhook: Webhook) -> None:
    changed = webhook.with_changes(description="search")
    await tables.webhooks.store(webhook, changed)
    with pytest.raises(Conflict):
        await tables.webhooks.store(webhook, webhook.with_changes(description="other"))
    assert await tables.webhooks.get(webhook.owner, webhook.webhook_id) == changed
    missing = make_webhook()
    with pytest.raises(WebhookNotFound):
        await tables.webhooks.store(missing, missing.with_changes(description="search"))


async def test_an_endpoint_belongs_to_one_owner(tables: Tables, webhook: Webhook) -> None:
    for call in (tables.webhooks.get, tables.webhooks.delete):
        with pytest.raises(WebhookNotFound):
            await call(new_owner(), webhook.webhook_id)
    assert await tables.webhooks.get(webhook.owner, webhook.webhook_id) == webhook


async def test_deleting_an_endpoint_deletes_its_deliveries(
    tables: Tables, webhook: Webhook
) -> None:
    delivery = make_delivery(webhook)
    await tables.webhooks.add_delivery(delivery)
    await tables.webhooks.delete(webhook.owner, webhook.webhook_id)
    with pytest.raises(WebhookNotFound):
        await tables.webhooks.get(webhook.owner, webhook.webhook_id)
    with pytest.raises(WebhookNotFound):
        await tables.webhooks.delete(webhook.owner, webhook.webhook_id)
    with pytest.raises(DeliveryNotFound):
        await tables.webhooks.get_delivery(delivery.key)
    with pytest.raises(WebhookNotFound):
        await tables.webhooks.add_delivery(make_delivery(webhook))
    assert await tables.webhooks.find_pending(delivery) is None


async def test_a_delivery_is_added_once(tables: Tables, webhook: Webhook) -> None:
    delivery = make_delivery(webhook)
    assert await tables.webhooks.add_delivery(delivery)
    again = delivery.model_copy(update={"payload": "{}"})
    assert not await tables.webhooks.add_delivery(again)
    assert await tables.webhooks.get_delivery(delivery.key) == delivery


async def test_store_delivery_depends_on_the_revision(tables: Tables, webhook: Webhook) -> None:
    delivery, at = make_delivery(webhook), now()
    await tables.webhooks.add_delivery(delivery)
    retried = delivery.retry(500, "status", at, at + timedelta(seconds=5))
    await tables.webhooks.store_delivery(delivery, retried)
    with pytest.raises(Conflict):
        await tables.webhooks.store_delivery(delivery, delivery.succeed(200, at))
    assert await tables.webhooks.get_delivery(delivery.key) == retried
    delivered = retried.succeed(204, at)
    await tables.webhooks.store_delivery(retried, delivered)
    assert await tables.webhooks.get_delivery(delivery.key) == delivered
    missing = make_delivery(webhook)
    with pytest.raises(Conflict):
        await tables.webhooks.store_delivery(missing, missing.succeed(200, at))


async def test_deliveries_are_listed_newest_first_in_pages(
    tables: Tables, webhook: Webhook
) -> None:
    other = make_webhook(webhook.owner)
    await tables.webhooks.create(other)
    await tables.webhooks.add_delivery(make_delivery(other))
    deliveries = [make_delivery(webhook) for _ in range(5)]
    for delivery in deliveries:
        await tables.webhooks.add_delivery(delivery)
    place = (webhook.owner, webhook.webhook_id)
    first = await tables.webhooks.list_deliveries(*place, 3)
    assert first == deliveries[:1:-1]
    rest = await tables.webhooks.list_deliveries(*place, 3, first[-1].delivery_id)
    assert rest == deliveries[1::-1]
    assert await tables.webhooks.list_deliveries(*place, 3, rest[-1].delivery_id) == []


async def test_an_expired_delivery_is_gone(tables: Tables, webhook: Webhook) -> None:
    delivery = make_delivery(webhook, created_at=now() - DELIVERY_RETENTION)
    await tables.webhooks.add_delivery(delivery)
    with pytest.raises(DeliveryNotFound):
        await tables.webhooks.get_delivery(delivery.key)
    assert await tables.webhooks.list_deliveries(webhook.owner, webhook.webhook_id, 5) == []


async def test_pending_deliveries_are_found_by_their_subject(
    tables: Tables, webhook: Webhook
) -> None:
    first = make_delivery(webhook)
    second, foreign = make_delivery(webhook, first.subject_id), make_delivery(webhook)
    for delivery in (second, first, foreign):
        await tables.webhooks.add_delivery(delivery)
    assert await tables.webhooks.find_pending(second) == first.delivery_id
    delivered = first.succeed(200, now())
    await tables.webhooks.store_delivery(first, delivered)
    assert await tables.webhooks.find_pending(second) == second.delivery_id
    await tables.webhooks.store_delivery(second, second.discard("paused"))
    assert await tables.webhooks.find_pending(second) is None
    await tables.webhooks.store_delivery(delivered, delivered.replay(now()))
    assert await tables.webhooks.find_pending(second) == first.delivery_id


async def test_erasure_removes_the_webhooks_of_one_owner(tables: Tables, webhook: Webhook) -> None:
    kept = make_webhook()
    await tables.webhooks.create(kept)
    gone_delivery, kept_delivery = make_delivery(webhook), make_delivery(kept)
    for delivery in (gone_delivery, kept_delivery):
        await tables.webhooks.add_delivery(delivery)
    await tables.owner_data.erase(webhook.owner)
    assert await tables.webhooks.list_webhooks(webhook.owner) == []
    with pytest.raises(DeliveryNotFound):
        await tables.webhooks.get_delivery(gone_delivery.key)
    assert await tables.webhooks.list_webhooks(kept.owner) == [kept]
    assert await tables.webhooks.get_delivery(kept_delivery.key) == kept_delivery
