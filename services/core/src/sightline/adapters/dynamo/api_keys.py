"""API keys in DynamoDB: an item that its digest finds, and one in the partition of the owner.

Both hold the whole key; only the owner's item holds its last use.
"""

from datetime import datetime
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from sightline.adapters.dynamo.attribute_values import serialize
from sightline.adapters.dynamo.items import (
    API_KEY_PREFIX,
    Item,
    api_key_digest_key,
    api_key_key,
    owner_partition,
    plain_item,
    to_plain,
)
from sightline.adapters.dynamo.queries import query
from sightline.adapters.dynamo.schema import EXPIRY_ATTRIBUTE
from sightline.adapters.dynamo.transactions import is_condition_failure, transact
from sightline.domain.api_keys import (
    KEPT_AFTER_END,
    MAX_KEYS,
    USE_INTERVAL,
    ApiKey,
    ApiKeyNotFound,
)
from sightline.optimistic import Conflict

if TYPE_CHECKING:
    from types_aiobotocore_dynamodb import DynamoDBClient
    from types_aiobotocore_dynamodb.type_defs import TransactWriteItemTypeDef


class DynamoApiKeyTable:
    """`ApiKeyTable` in DynamoDB."""

    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        self._client = client
        self._table = table

    async def create(self, key: ApiKey) -> None:
        attributes = {name: serialize(value) for name, value in to_plain(key).items()}
        expiry = int((key.ends_at + KEPT_AFTER_END).timestamp())
        attributes[EXPIRY_ATTRIBUTE] = {"N": str(expiry)}
        puts: list[TransactWriteItemTypeDef] = [
            {
                "Put": {
                    "TableName": self._table,
                    "Item": row | attributes,
                    "ConditionExpression": "attribute_not_exists(pk)",
                }
            }
            for row in (api_key_digest_key(key.digest), api_key_key(key.owner, key.key_id))
        ]
        try:
            await transact(self._client, puts)
        except ClientError as error:
            if not is_condition_failure(error):
                raise
            # The SDK retries a call whose response was lost; then the existing key is our own.
            if await self.find(key.digest) != key:
                raise Conflict from error

    async def find(self, digest: str) -> ApiKey | None:
        item = await self._read(api_key_digest_key(digest))
        return None if item is None else ApiKey.model_validate(item)

    async def list(self, owner: str) -> list[ApiKey]:
        request: Any = {
            "TableName": self._table,
            "KeyConditionExpression": "pk = :pk AND begins_with(sk, :prefix)",
            "ExpressionAttributeValues": {
                ":pk": {"S": owner_partition(owner)},
                ":prefix": {"S": API_KEY_PREFIX},
            },
            "ScanIndexForward": False,
            "ConsistentRead": True,
        }
        # Parallel requests may have created a few more than the maximum.
        items = await query(self._client, request, 2 * MAX_KEYS)
        return [ApiKey.model_validate(item) for item in items]

    async def record_use(self, key: ApiKey, at: datetime) -> None:
        try:
            await self._client.update_item(
                TableName=self._table,
                Key=api_key_key(key.owner, key.key_id),
                UpdateExpression="SET last_used_at = :at",
                ConditionExpression="attribute_exists(pk) AND "
                "(attribute_not_exists(last_used_at) OR last_used_at <= :before)",
                ExpressionAttributeValues={
                    ":at": {"S": _format(at)},
                    ":before": {"S": _format(at - USE_INTERVAL)},
                },
            )
        except ClientError as error:
            if not is_condition_failure(error):
                raise

    async def revoke(self, owner: str, key_id: str) -> None:
        row = api_key_key(owner, key_id)
        item = await self._read(row)
        if item is None:
            raise ApiKeyNotFound(key_id)
        deletions: list[TransactWriteItemTypeDef] = [
            {"Delete": {"TableName": self._table, "Key": each}}
            for each in (api_key_digest_key(item["digest"]), row)
        ]
        await transact(self._client, deletions)

    async def _read(self, row: Item) -> dict[str, Any] | None:
        found = await self._client.get_item(TableName=self._table, Key=row, ConsistentRead=True)
        return plain_item(found["Item"]) if "Item" in found else None


def _format(at: datetime) -> str:
    """Format a time in UTC such that times sort as text."""
    return at.isoformat(timespec="microseconds")
