"""Restore the table to a point in time, as a new table, and compare it with the originals.

A restore never changes the table of the stack. Rehearsed regularly, it measures how long a recovery
takes and proves that the backups are usable.
"""

from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from typing import TYPE_CHECKING, NamedTuple

from sightline.adapters.aws.clients import Clients
from sightline.adapters.tables import open_tables
from sightline.ports.object_store import ListedObject, ObjectStore
from sightline.ports.tables import Tables
from sightline.settings import sqlite_path
from sightline_ops.reconcile import BATCH_SIZE, parse_image
from sightline_ops.stack import InvalidOutputs, StackOutputs

if TYPE_CHECKING:
    from types_aiobotocore_dynamodb import DynamoDBClient

#: Interval between two checks of a restore, and its maximum duration, in seconds.
POLL_SECONDS = 10
MAX_SECONDS = 6 * 3600


class Window(NamedTuple):
    """The points in time that the table can be restored to."""

    earliest: datetime
    latest: datetime


class Comparison(NamedTuple):
    """What a restored table has in common with the originals."""

    table: str
    images: int
    #: Objects without a row that were uploaded after the point in time: `replay` processes them.
    uploaded_since: int
    #: Objects without a row that are older.
    orphaned: int


class TableBackups:
    """The continuous backups of one DynamoDB table."""

    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        self._client = client
        self._table = table

    @classmethod
    async def open(cls, outputs: StackOutputs, exits: AsyncExitStack) -> "TableBackups":
        """Raises `InvalidOutputs` if the table is not in DynamoDB."""
        if sqlite_path(outputs.table) is not None:
            raise InvalidOutputs("only tables in DynamoDB can be restored to a point in time")
        clients = Clients(exits, outputs.region)
        return cls(await clients.open("dynamodb", outputs.endpoint), outputs.table)

    async def window(self) -> Window:
        """Return the window of point-in-time recovery. Raises `InvalidOutputs` if it is off."""
        response = await self._client.describe_continuous_backups(TableName=self._table)
        recovery = response["ContinuousBackupsDescription"]["PointInTimeRecoveryDescription"]
        if recovery["PointInTimeRecoveryStatus"] != "ENABLED":
            raise InvalidOutputs(f"point-in-time recovery is off for the table {self._table}")
        return Window(
            recovery["EarliestRestorableDateTime"].astimezone(UTC),
            recovery["LatestRestorableDateTime"].astimezone(UTC),
        )

    async def restore(self, at: datetime, target: str) -> None:
        """Restore to a new table, and wait until it is active; this takes minutes to hours."""
        await self._client.restore_table_to_point_in_time(
            SourceTableName=self._table, TargetTableName=target, RestoreDateTime=at
        )
        await self._client.get_waiter("table_exists").wait(
            TableName=target,
            WaiterConfig={"Delay": POLL_SECONDS, "MaxAttempts": MAX_SECONDS // POLL_SECONDS},
        )

    async def delete(self, target: str) -> None:
        """Delete a restored table. Raises `ValueError` for the table of the stack."""
        if target == self._table:
            raise ValueError("the table of the stack must not be deleted")
        await self._client.delete_table(TableName=target)


async def compare(table: str, tables: Tables, originals: ObjectStore, at: datetime) -> Comparison:
    """Compare a restored table with the originals, which are not restored."""
    images = uploaded_since = orphaned = 0
    async for _ in tables.inventory.scan():
        images += 1
    async for listed in find_without_row(tables, originals):
        if listed.modified_at > at:
            uploaded_since += 1
        else:
            orphaned += 1
    return Comparison(table, images, uploaded_since, orphaned)


async def find_without_row(tables: Tables, originals: ObjectStore) -> AsyncIterator[ListedObject]:
    """Iterate over the originals that have no row."""
    batch: list[ListedObject] = []
    async for listed in originals.list("originals/"):
        batch.append(listed)
        if len(batch) == BATCH_SIZE:
            for each in await _without_row(tables, batch):
                yield each
            batch = []
    for each in await _without_row(tables, batch):
        yield each


async def _without_row(tables: Tables, batch: list[ListedObject]) -> list[ListedObject]:
    images = {each: image for each in batch if (image := parse_image(each.key)) is not None}
    existing = await tables.inventory.find_existing(images.values())
    return [listed for listed, image in images.items() if image not in existing]


async def rehearse(
    outputs: StackOutputs,
    originals: ObjectStore,
    at: datetime,
    exits: AsyncExitStack,
    *,
    keep: bool,
    report: Callable[[str], None],
) -> Comparison:
    """Restore the table as a new one, compare it, and delete it unless `keep` is set."""
    backups = await TableBackups.open(outputs, exits)
    target = f"{outputs.table}-restored-{datetime.now(UTC):%Y%m%d-%H%M%S}"
    report(f"Restoring to {target}")
    await backups.restore(at, target)
    try:
        clients = Clients(exits, outputs.region)
        tables, _ = await open_tables(target, clients, exits, endpoint_url=outputs.endpoint)
        report(f"Comparing {target}")
        return await compare(target, tables, originals, at)
    finally:
        if not keep:
            await backups.delete(target)
