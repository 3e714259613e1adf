"""What remains of an owner in DynamoDB once images and albums are gone."""

import sys
from typing import TYPE_CHECKING, Any

from sightline.adapters.dynamo.items import (
    ALBUM_PREFIX,
    IMAGE_PREFIX,
    label_counts_partition,
    owner_partition,
)
from sightline.adapters.dynamo.queries import query

if TYPE_CHECKING:
    from types_aiobotocore_dynamodb import DynamoDBClient


class DynamoOwnerData:
    """`OwnerData` in DynamoDB."""

    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        self._client = client
        self._table = table

    async def erase(self, owner: str) -> None:
        for partition in (owner_partition(owner), label_counts_partition(owner)):
            request: Any = {
                "TableName": self._table,
                "KeyConditionExpression": "pk = :pk",
                "ExpressionAttributeValues": {":pk": {"S": partition}},
                "ProjectionExpression": "pk, sk",
                "ConsistentRead": True,
            }
            for item in await query(self._client, request, sys.maxsize):
                # Images and albums created meanwhile are not part of what is erased.
                if not item["sk"].startswith((IMAGE_PREFIX, ALBUM_PREFIX)):
                    key = {name: {"S": item[name]} for name in ("pk", "sk")}
                    await self._client.delete_item(TableName=self._table, Key=key)
