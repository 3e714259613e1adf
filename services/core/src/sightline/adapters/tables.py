"""Open the table that a setting names: in DynamoDB, or in a SQLite file.

Everything else in the services is the same for both.
"""

import sys
from contextlib import AsyncExitStack
from typing import NamedTuple

from sightline.adapters.aws.clients import Clients
from sightline.adapters.dynamo import DynamoEventQueueRegistry, dynamo_tables
from sightline.adapters.sqlite import (
    Database,
    SqliteEventQueueRegistry,
    UnusableDatabase,
    prepare,
    sqlite_tables,
)
from sightline.ports.event_queues import EventQueueRegistry
from sightline.ports.tables import Tables
from sightline.settings import sqlite_path


class OpenTables(NamedTuple):
    """The ports of the table, and the registry that shares it with them."""

    tables: Tables
    event_queues: EventQueueRegistry


async def open_tables(
    table: str,
    clients: Clients,
    stack: AsyncExitStack,
    *,
    endpoint_url: str | None = None,
    fast_path: bool = False,
) -> OpenTables:
    """Open the table until the stack closes; `fast_path` and `endpoint_url` apply to DynamoDB.

    Raises `UnusableDatabase`.
    """
    path = sqlite_path(table)
    if path is not None:
        database = await stack.enter_async_context(Database.open(path))
        return OpenTables(sqlite_tables(database), SqliteEventQueueRegistry(database))
    dynamodb = (
        await clients.open_dynamodb(fast_path=True)
        if fast_path
        else await clients.open("dynamodb", endpoint_url)
    )
    return OpenTables(dynamo_tables(dynamodb, table), DynamoEventQueueRegistry(dynamodb, table))


def require_table(table: str) -> None:
    """Create or migrate a SQLite file; print why it cannot be used, and exit."""
    path = sqlite_path(table)
    if path is None:
        return
    try:
        prepare(path)
    except UnusableDatabase as error:
        print(error, file=sys.stderr)
        sys.exit(2)
