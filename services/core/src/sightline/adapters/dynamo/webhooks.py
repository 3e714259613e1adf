"""Webhook endpoints and deliveries in DynamoDB.

The endpoints are in the partition of the owner. Each endpoint has a partition of its deliveries,
with an item that marks each pending one, sorted by subject and delivery.
"""

import asyncio
import sys
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from sightline.adapters.dynamo.attribute_values import serialize
from sightline.adapters.dynamo.items import (
    DELIVERY_PREFIX,
    WEBHOOK_PREFIX,
    Item,
    deliveries_partition,
    delivery_key,
    owner_partition,
    pending_delivery_key,
    pending_prefix,
    plain_item,
    to_plain,
    webhook_key,
)
from sightline.adapters.dynamo.queries import query
from sightline.adapters.dynamo.schema import EXPIRY_ATTRIBUTE
from sightline.adapters.dynamo.transactions import is_condition_failure, transact
from sightline.batching import in_batches
from sightline.domain.clock import now
from sightline.domain.webhooks import (
    MAX_WEBHOOKS,
    Delivery,
    DeliveryKey,
    DeliveryNotFound,
    DeliveryState,
    Webhook,
    WebhookNotFound,
)
from sightline.optimistic import Conflict

if TYPE_CHECKING:
    from types_aiobotocore_dynamodb import DynamoDBClient
    from types_aiobotocore_dynamodb.type_defs import TransactWriteItemTypeDef

#: Deliveries that are deleted at once.
CONCURRENT_DELETIONS = 25


class DynamoWebhookTable:
    """`WebhookTable` in DynamoDB."""

    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        self._client = client
        self._table = table

    async def create(self, webhook: Webhook) -> None:
        try:
            await self._client.put_item(
                TableName=self._table,
                Item=_webhook_item(webhook),
                ConditionExpression="attribute_not_exists(pk)",
            )
        except ClientError as error:
            if not is_condition_failure(error):
                raise
            # The SDK retries a call whose response was lost; then the existing item is our own.
            if await self._find(webhook.owner, webhook.webhook_id) != webhook:
                raise Conflict from error

    async def get(self, owner: str, webhook_id: str) -> Webhook:
        webhook = await self._find(owner, webhook_id)
        if webhook is None:
            raise WebhookNotFound(webhook_id)
        return webhook

    async def list_webhooks(self, owner: str) -> list[Webhook]:
        request: Any = {
            "TableName": self._table,
            "KeyConditionExpression": "pk = :pk AND begins_with(sk, :prefix)",
            "ExpressionAttributeValues": {
                ":pk": {"S": owner_partition(owner)},
                ":prefix": {"S": WEBHOOK_PREFIX},
            },
            "ScanIndexForward": False,
            "ConsistentRead": True,
        }
        # Parallel requests may have created a few more than the maximum.
        items = await query(self._client, request, 2 * MAX_WEBHOOKS)
        return [Webhook.model_validate(item) for item in items]

    async def store(self, before: Webhook, after: Webhook) -> None:
        try:
            await self._client.put_item(
                TableName=self._table, Item=_webhook_item(after), **_at_revision(before.revision)
            )
        except ClientError as error:
            if not is_condition_failure(error):
                raise
            if await self.get(before.owner, before.webhook_id) != after:
                raise Conflict from error

    async def delete(self, owner: str, webhook_id: str) -> None:
        # First, so that no delivery is added meanwhile.
        response = await self._client.delete_item(
            TableName=self._table, Key=webhook_key(owner, webhook_id), ReturnValues="ALL_OLD"
        )
        await delete_deliveries(self._client, self._table, owner, webhook_id)
        if "Attributes" not in response:
            raise WebhookNotFound(webhook_id)

    async def add_delivery(self, delivery: Delivery) -> bool:
        check: TransactWriteItemTypeDef = {
            "ConditionCheck": {
                "TableName": self._table,
                "Key": webhook_key(delivery.owner, delivery.webhook_id),
                "ConditionExpression": "attribute_exists(pk)",
            }
        }
        put: TransactWriteItemTypeDef = {
            "Put": {
                "TableName": self._table,
                "Item": _delivery_item(delivery),
                "ConditionExpression": "attribute_not_exists(pk)",
            }
        }
        try:
            await transact(self._client, [check, put, *self._mark(delivery)])
        except ClientError as error:
            if not is_condition_failure(error):
                raise
            await self.get(delivery.owner, delivery.webhook_id)
            return False
        return True

    async def get_delivery(self, key: DeliveryKey) -> Delivery:
        delivery = await self._find_delivery(key)
        if delivery is None:
            raise DeliveryNotFound(key.delivery_id)
        return delivery

    async def store_delivery(self, before: Delivery, after: Delivery) -> None:
        put: Any = {
            "TableName": self._table,
            "Item": _delivery_item(after),
            **_at_revision(before.revision),
        }
        try:
            if before.state is after.state:
                await self._client.put_item(**put)
            else:
                await transact(self._client, [{"Put": put}, *self._mark(after)])
        except ClientError as error:
            if not is_condition_failure(error):
                raise
            if await self._find_delivery(before.key) != after:
                raise Conflict from error

    async def list_deliveries(
        self, owner: str, webhook_id: str, limit: int, before: str | None = None
    ) -> list[Delivery]:
        # "$" follows "#", so that it sorts after every id.
        last = f"{DELIVERY_PREFIX}{before}" if before else DELIVERY_PREFIX.replace("#", "$")
        request: Any = {
            "TableName": self._table,
            "KeyConditionExpression": "pk = :pk AND sk BETWEEN :first AND :last",
            "ExpressionAttributeValues": {
                ":pk": {"S": deliveries_partition(owner, webhook_id)},
                ":first": {"S": DELIVERY_PREFIX},
                ":last": {"S": last},
            },
            "ScanIndexForward": False,
            "ConsistentRead": True,
            # BETWEEN includes `before`.
            "Limit": limit + 1,
        }
        items = await query(self._client, request, limit + 1)
        found = (Delivery.model_validate(item) for item in items)
        listed = [each for each in found if each.delivery_id != before and _is_kept(each)]
        return listed[:limit]

    async def find_pending(self, delivery: Delivery) -> str | None:
        prefix = pending_prefix(delivery.subject_id)
        request: Any = {
            "TableName": self._table,
            "KeyConditionExpression": "pk = :pk AND begins_with(sk, :prefix)",
            "ExpressionAttributeValues": {
                ":pk": {"S": deliveries_partition(delivery.owner, delivery.webhook_id)},
                ":prefix": {"S": prefix},
            },
            "ProjectionExpression": "sk",
            "ConsistentRead": True,
            "Limit": 1,
        }
        items = await query(self._client, request, 1)
        return items[0]["sk"].removeprefix(prefix) if items else None

    def _mark(self, delivery: Delivery) -> "list[TransactWriteItemTypeDef]":
        """Return the write by which the delivery is marked as pending, or no longer is."""
        row = pending_delivery_key(delivery)
        if delivery.state is not DeliveryState.PENDING:
            return [{"Delete": {"TableName": self._table, "Key": row}}]
        return [{"Put": {"TableName": self._table, "Item": row | _expiry(delivery)}}]

    async def _find(self, owner: str, webhook_id: str) -> Webhook | None:
        item = await self._read(webhook_key(owner, webhook_id))
        return None if item is None else Webhook.model_validate(item)

    async def _find_delivery(self, key: DeliveryKey) -> Delivery | None:
        item = await self._read(delivery_key(key))
        if item is None:
            return None
        delivery = Delivery.model_validate(item)
        return delivery if _is_kept(delivery) else None

    async def _read(self, row: Item) -> dict[str, Any] | None:
        found = await self._client.get_item(TableName=self._table, Key=row, ConsistentRead=True)
        return plain_item(found["Item"]) if "Item" in found else None


async def delete_deliveries(
    client: "DynamoDBClient", table: str, owner: str, webhook_id: str
) -> None:
    """Delete all deliveries to an endpoint."""
    request: Any = {
        "TableName": table,
        "KeyConditionExpression": "pk = :pk",
        "ExpressionAttributeValues": {":pk": {"S": deliveries_partition(owner, webhook_id)}},
        "ProjectionExpression": "pk, sk",
        "ConsistentRead": True,
    }
    items = await query(client, request, sys.maxsize)
    for batch in in_batches(items, CONCURRENT_DELETIONS):
        await asyncio.gather(
            *(
                client.delete_item(
                    TableName=table, Key={name: {"S": value} for name, value in item.items()}
                )
                for item in batch
            )
        )


def _webhook_item(webhook: Webhook) -> Item:
    attributes = {name: serialize(value) for name, value in to_plain(webhook).items()}
    return webhook_key(webhook.owner, webhook.webhook_id) | attributes


def _delivery_item(delivery: Delivery) -> Item:
    attributes = {name: serialize(value) for name, value in to_plain(delivery).items()}
    return delivery_key(delivery.key) | attributes | _expiry(delivery)


def _expiry(delivery: Delivery) -> Item:
    return {EXPIRY_ATTRIBUTE: {"N": str(int(delivery.expires_at.timestamp()))}}


def _at_revision(revision: int) -> Any:
    """Return the condition of a write: the item still has this revision."""
    return {
        "ConditionExpression": "revision = :revision",
        "ExpressionAttributeValues": {":revision": {"N": str(revision)}},
    }


def _is_kept(delivery: Delivery) -> bool:
    """Return whether the delivery is not merely waiting for DynamoDB to drop it."""
    return delivery.expires_at > now()
