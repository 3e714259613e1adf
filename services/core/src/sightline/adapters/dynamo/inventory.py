"""Every image row in DynamoDB, for operators."""

from collections.abc import AsyncIterator, Iterable
from typing import TYPE_CHECKING

from sightline.adapters.dynamo.items import IMAGE_PREFIX, image_key, plain_item, read_image
from sightline.adapters.dynamo.queries import read_many
from sightline.domain.images import Image
from sightline.domain.object_keys import ImageKey

if TYPE_CHECKING:
    from types_aiobotocore_dynamodb import DynamoDBClient


class DynamoImageInventory:
    """`ImageInventory` in DynamoDB."""

    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        self._client = client
        self._table = table

    async def find(self, key: ImageKey) -> Image | None:
        response = await self._client.get_item(
            TableName=self._table, Key=image_key(key), ConsistentRead=True
        )
        return read_image(response["Item"]) if "Item" in response else None

    async def find_existing(self, keys: Iterable[ImageKey]) -> set[ImageKey]:
        projection = {
            "ProjectionExpression": "#owner, image_id",
            "ExpressionAttributeNames": {"#owner": "owner"},
        }
        row_keys = [image_key(key) for key in set(keys)]
        rows = map(plain_item, await read_many(self._client, self._table, row_keys, projection))
        return {ImageKey(row["owner"], row["image_id"]) for row in rows}

    async def scan(self) -> AsyncIterator[Image]:
        pages = self._client.get_paginator("scan").paginate(
            TableName=self._table,
            FilterExpression="begins_with(pk, :user) AND begins_with(sk, :image)",
            ExpressionAttributeValues={":user": {"S": "USER#"}, ":image": {"S": IMAGE_PREFIX}},
        )
        async for page in pages:
            for row in page["Items"]:
                yield read_image(row)
