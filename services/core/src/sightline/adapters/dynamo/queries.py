"""Reads of DynamoDB that take several calls."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from sightline.adapters.dynamo.items import Item, owner_partition, plain_item
from sightline.batching import in_batches
from sightline.ports.errors import DependencyBusy

if TYPE_CHECKING:
    from types_aiobotocore_dynamodb import DynamoDBClient

#: Items that one BatchGetItem takes.
#: https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchGetItem.html
MAX_BATCH_ITEMS = 100

#: How often the keys that a batch left out are requested again.
BATCH_ATTEMPTS = 5


class TableBusy(DependencyBusy):
    """The table returned only a part of the requested items, again and again."""


async def query(client: "DynamoDBClient", request: Any, limit: int) -> list[dict[str, Any]]:
    """Return the first `limit` items that the query finds and its filter passes."""
    items: list[dict[str, Any]] = []
    while True:
        response = await client.query(**request)
        items += map(plain_item, response["Items"])
        if len(items) >= limit or "LastEvaluatedKey" not in response:
            return items[:limit]
        request["ExclusiveStartKey"] = response["LastEvaluatedKey"]


async def read_many(
    client: "DynamoDBClient",
    table: str,
    keys: Iterable[Item],
    projection: dict[str, Any] | None = None,
) -> list[Item]:
    """Return those of the items that exist, in no order. Raises `TableBusy`.

    `projection` holds a ProjectionExpression and its names.
    """
    found: list[Item] = []
    for batch in in_batches(list(keys), MAX_BATCH_ITEMS):
        found += await _read_batch(client, table, batch, projection or {})
    return found


async def _read_batch(
    client: "DynamoDBClient", table: str, keys: list[Item], projection: dict[str, Any]
) -> list[Item]:
    found: list[Item] = []
    for _ in range(BATCH_ATTEMPTS):
        request: Any = {table: {"Keys": keys, "ConsistentRead": True, **projection}}
        response = await client.batch_get_item(RequestItems=request)
        found += response["Responses"].get(table, [])
        # DynamoDB leaves some out where the response would be too large, or where it throttles.
        left: Any = response["UnprocessedKeys"].get(table, {})
        keys = left.get("Keys", [])
        if not keys:
            return found
    raise TableBusy


async def list_ids(
    client: "DynamoDBClient", table: str, owner: str, prefix: str, limit: int
) -> list[str]:
    """Return what follows the prefix in the newest of the owner's rows that begin with it."""
    request: Any = {
        "TableName": table,
        "KeyConditionExpression": "pk = :pk AND begins_with(sk, :prefix)",
        "ExpressionAttributeValues": {
            ":pk": {"S": owner_partition(owner)},
            ":prefix": {"S": prefix},
        },
        "ProjectionExpression": "sk",
        "ScanIndexForward": False,
        "ConsistentRead": True,
        "Limit": limit,
    }
    items = await query(client, request, limit)
    return [item["sk"].removeprefix(prefix) for item in items]
