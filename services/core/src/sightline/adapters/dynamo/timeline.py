"""The timeline in DynamoDB: a sparse index of the images, and an item with the count of each month.

The index is a projection of the rows and is eventually consistent; the counts change in the
transactions of the images.
"""

import sys
from typing import TYPE_CHECKING, Any

from sightline.adapters.dynamo.items import (
    Item,
    month_count_key,
    month_counts_partition,
    owner_partition,
)
from sightline.adapters.dynamo.queries import query
from sightline.adapters.dynamo.schema import TIMELINE_ATTRIBUTE, TIMELINE_INDEX
from sightline.adapters.dynamo.summary_reads import read_summaries
from sightline.domain.images import Image
from sightline.domain.sort_order import SortOrder
from sightline.domain.timeline import MonthCount, TimelineRange
from sightline.ports.timeline_table import TimelinePage

if TYPE_CHECKING:
    from types_aiobotocore_dynamodb import DynamoDBClient
    from types_aiobotocore_dynamodb.type_defs import TransactWriteItemTypeDef


class DynamoTimelineTable:
    """`TimelineTable` in DynamoDB."""

    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        self._client = client
        self._table = table

    async def page(
        self,
        owner: str,
        limit: int,
        within: TimelineRange,
        order: SortOrder = SortOrder.NEWEST,
    ) -> TimelinePage:
        if within.is_empty:
            # DynamoDB rejects an empty range.
            return TimelinePage([], None)
        request: Any = {
            "TableName": self._table,
            "IndexName": TIMELINE_INDEX,
            "KeyConditionExpression": "pk = :pk AND #timeline BETWEEN :first AND :last",
            "ExpressionAttributeNames": {"#timeline": TIMELINE_ATTRIBUTE},
            "ExpressionAttributeValues": {
                ":pk": {"S": owner_partition(owner)},
                ":first": {"S": within.start},
                ":last": {"S": within.last},
            },
            "ScanIndexForward": order is SortOrder.OLDEST,
            "Limit": limit + 1,
        }
        items: list[Item] = []
        while True:
            response = await self._client.query(**request)
            items += response["Items"]
            if len(items) > limit or "LastEvaluatedKey" not in response:
                break
            request["ExclusiveStartKey"] = response["LastEvaluatedKey"]
        images = await read_summaries(self._client, self._table, items[:limit])
        more = len(items) > limit
        return TimelinePage(images, items[limit - 1][TIMELINE_ATTRIBUTE]["S"] if more else None)

    async def count_months(self, owner: str) -> list[MonthCount]:
        request: Any = {
            "TableName": self._table,
            "KeyConditionExpression": "pk = :pk",
            "FilterExpression": "images > :none",
            "ExpressionAttributeValues": {
                ":pk": {"S": month_counts_partition(owner)},
                ":none": {"N": "0"},
            },
            "ScanIndexForward": False,
            "ConsistentRead": True,
        }
        items = await query(self._client, request, sys.maxsize)
        return [MonthCount(item["sk"], int(item["images"])) for item in items]


class MonthCountWriter:
    """The counts of months that change with an image."""

    def __init__(self, table: str) -> None:
        self._table = table

    def changes(
        self, owner: str, before: str | None, after: str | None
    ) -> "list[TransactWriteItemTypeDef]":
        """Return the writes that move an image from one month to another; None is neither."""
        if before == after:
            return []
        steps = ((before, -1), (after, 1))
        return [self._add(owner, month, step) for month, step in steps if month is not None]

    def removal(self, image: Image) -> "list[TransactWriteItemTypeDef]":
        """Return the writes that subtract an image that is removed."""
        return self.changes(image.owner, image.timeline_month, None)

    def _add(self, owner: str, month: str, step: int) -> "TransactWriteItemTypeDef":
        return {
            "Update": {
                "TableName": self._table,
                "Key": month_count_key(owner, month),
                "UpdateExpression": "ADD images :step",
                "ExpressionAttributeValues": {":step": {"N": str(step)}},
            }
        }
