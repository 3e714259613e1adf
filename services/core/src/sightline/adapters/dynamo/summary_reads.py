"""Read the summaries of images from items that a query or a batch has read."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from sightline.adapters.dynamo.items import Item, read_image, read_summary
from sightline.adapters.dynamo.queries import read_many
from sightline.adapters.dynamo.upgrades import lacks_summary
from sightline.domain.summaries import ImageSummary

if TYPE_CHECKING:
    from types_aiobotocore_dynamodb import DynamoDBClient


async def read_summaries(
    client: "DynamoDBClient", table: str, items: Sequence[Item]
) -> list[ImageSummary]:
    """Return the summaries in the items; of rows of earlier versions, read all of the row."""
    outdated = [{"pk": item["pk"], "sk": item["sk"]} for item in items if lacks_summary(item)]
    if not outdated:
        return [read_summary(item) for item in items]
    rows = await read_many(client, table, outdated)
    whole = {row["sk"]["S"]: row for row in rows}
    # A row may have been removed in between.
    return [
        read_image(whole[sk]).summary if lacks_summary(item) else read_summary(item)
        for item in items
        if (sk := item["sk"]["S"]) in whole or not lacks_summary(item)
    ]
