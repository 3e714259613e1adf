"""Bring all items of the DynamoDB table to the current schema version."""

import json
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from sightline.adapters.dynamo.attribute_values import serialize
from sightline.adapters.dynamo.image_migration import ImageMigration
from sightline.adapters.dynamo.items import (
    IMAGE_PREFIX,
    RECOGNITION_PREFIX,
    Item,
    plain_item,
    read_image,
)
from sightline.adapters.dynamo.transactions import is_condition_failure
from sightline.adapters.dynamo.upgrades import (
    VERSION_ATTRIBUTE,
    current_version,
    upgrade,
    version_of,
)
from sightline.optimistic import retry_conflicts
from sightline.ports.schema_migration import MigrationProgress

if TYPE_CHECKING:
    from types_aiobotocore_dynamodb import DynamoDBClient

#: Items that one step reads.
STEP_SIZE = 100

#: How often the migration of an image is repeated because a service has changed it meanwhile.
ATTEMPTS = 10

#: The partition of the registry of event queues in version 1. Its queues are in no registry any
#: more, so that the API removes them.
EARLIER_REGISTRY = "INBOXES"

#: The item with the position of a migration that has not ended.
_POSITION_KEY: Item = {"pk": {"S": "MIGRATION"}, "sk": {"S": "POSITION"}}


class DynamoSchemaMigration:
    """`SchemaMigration` in DynamoDB: a scan in steps, and a conditional write per item."""

    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        self._client = client
        self._table = table
        self._images = ImageMigration(client, table)

    async def migrate_all(self, *, apply: bool) -> AsyncIterator[MigrationProgress]:
        position, progress = await self._read_position() if apply else (None, MigrationProgress())
        while True:
            start: Any = {} if position is None else {"ExclusiveStartKey": position}
            page = await self._client.scan(TableName=self._table, Limit=STEP_SIZE, **start)
            outdated = [item for item in page["Items"] if _is_outdated(item)]
            migrated = [apply and await self._migrate(item) for item in outdated]
            progress = MigrationProgress(
                progress.checked + len(page["Items"]),
                progress.outdated + len(outdated),
                progress.migrated + sum(migrated),
            )
            position = page.get("LastEvaluatedKey")
            if apply:
                await self._write_position(position, progress)
            yield progress
            if position is None:
                return

    async def _migrate(self, item: Item) -> bool:
        """Write one item anew; return False if another process has done so meanwhile."""
        if _is_image(item):
            return await self._migrate_image(item)
        if item["pk"]["S"] == EARLIER_REGISTRY:
            await self._client.delete_item(TableName=self._table, Key=_key(item))
            return True
        return await self._migrate_cached_recognition(item)

    @retry_conflicts(ATTEMPTS)
    async def _migrate_image(self, item: Item) -> bool:
        response = await self._client.get_item(
            TableName=self._table, Key=_key(item), ConsistentRead=True
        )
        return "Item" in response and await self._images.migrate(read_image(response["Item"]))

    async def _migrate_cached_recognition(self, item: Item) -> bool:
        result = upgrade("recognition", plain_item(item))["result"]
        try:
            await self._client.update_item(
                TableName=self._table,
                Key=_key(item),
                UpdateExpression="SET #result = :result, #v = :v",
                ConditionExpression="attribute_exists(#result) AND "
                "(attribute_not_exists(#v) OR #v < :v)",
                ExpressionAttributeNames={"#result": "result", "#v": VERSION_ATTRIBUTE},
                ExpressionAttributeValues={
                    ":result": serialize(result),
                    ":v": serialize(current_version("recognition")),
                },
            )
        except ClientError as error:
            if not is_condition_failure(error):
                raise
            return False
        return True

    async def _read_position(self) -> tuple[Item | None, MigrationProgress]:
        response = await self._client.get_item(
            TableName=self._table, Key=_POSITION_KEY, ConsistentRead=True
        )
        if "Item" not in response:
            return None, MigrationProgress()
        stored = plain_item(response["Item"])
        counts = {name: int(stored[name]) for name in MigrationProgress._fields}
        return json.loads(stored["position"]), MigrationProgress(**counts)

    async def _write_position(self, position: Any, progress: MigrationProgress) -> None:
        if position is None:
            await self._client.delete_item(TableName=self._table, Key=_POSITION_KEY)
            return
        values = {"position": json.dumps(position), **progress._asdict()}
        item = _POSITION_KEY | {name: serialize(value) for name, value in values.items()}
        await self._client.put_item(TableName=self._table, Item=item)


def _is_image(item: Item) -> bool:
    pk, sk = str(item["pk"]["S"]), str(item["sk"]["S"])
    return pk.startswith("USER#") and sk.startswith(IMAGE_PREFIX)


def _is_outdated(item: Item) -> bool:
    """Return whether an earlier version wrote the item; a claim has no result to upgrade."""
    if item["pk"]["S"] == EARLIER_REGISTRY:
        return True
    marked = {name: value for name, value in item.items() if name == VERSION_ATTRIBUTE}
    version = version_of(plain_item(marked))
    if _is_image(item):
        return version < current_version("image")
    is_result = str(item["sk"]["S"]).startswith(RECOGNITION_PREFIX) and "result" in item
    return is_result and version < current_version("recognition")


def _key(item: Item) -> Item:
    return {name: item[name] for name in ("pk", "sk")}
