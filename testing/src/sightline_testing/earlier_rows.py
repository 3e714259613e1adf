"""Tables as earlier versions of the code wrote them, kept to test upgrades.

Each file is a dump of one table with rows of every kind, written by the code of the commit that it
names. `names` are the images and albums of the dump, as owner and id; the original of an image is
its name, except for `ready_same_content`, which has the content of `ready_plain`.
"""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from sightline.adapters.dynamo.schema import table_schema
from sightline.batching import in_batches
from sightline.domain.object_keys import ImageKey

if TYPE_CHECKING:
    from types_aiobotocore_dynamodb import DynamoDBClient

Item = dict[str, Any]

#: The table as it was before items had a version.
VERSION_1 = Path(__file__).parent / "tables" / "version_1.json"

#: Items that one BatchWriteItem takes.
#: https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchWriteItem.html
MAX_BATCH_WRITES = 25


class EarlierTable(NamedTuple):
    """A dump: its items, as DynamoDB returns them, and the images and albums in it."""

    items: list[Item]
    images: dict[str, ImageKey]
    albums: dict[str, str]

    @property
    def owners(self) -> set[str]:
        return {key.owner for key in self.images.values()}

    def body(self, name: str) -> bytes:
        """Return the original of an image."""
        return (name if name != "ready_same_content" else "ready_plain").encode()


def read_earlier_table(file: Path) -> EarlierTable:
    """Read a dump."""
    dump = json.loads(file.read_text())
    names = dump["names"]
    return EarlierTable(
        items=dump["items"],
        images={name: ImageKey(*key) for name, key in names.items() if "album" not in name},
        albums={name: key[1] for name, key in names.items() if "album" in name},
    )


async def load_items(client: "DynamoDBClient", table: str, items: list[Item]) -> None:
    """Create a table with these items."""
    await client.create_table(**table_schema(table))
    for batch in in_batches(items, MAX_BATCH_WRITES):
        writes: Any = {table: [{"PutRequest": {"Item": item}} for item in batch]}
        response = await client.batch_write_item(RequestItems=writes)
        assert not response["UnprocessedItems"]


async def scan_items(client: "DynamoDBClient", table: str) -> list[Item]:
    """Return all items of a table."""
    pages = client.get_paginator("scan").paginate(TableName=table)
    return [item async for page in pages for item in page["Items"]]
