"""Tables in memory, in DynamoDB and in SQLite; no test can distinguish them."""

import os
from collections.abc import AsyncIterator
from pathlib import Path
from zlib import crc32

import pytest
from uuid_utils.compat import uuid4

from sightline.adapters.aws.clients import Clients
from sightline.adapters.dynamo import dynamo_tables
from sightline.adapters.dynamo.schema import table_schema
from sightline.adapters.memory import memory_tables
from sightline.adapters.sqlite import Database, sqlite_tables
from sightline.ports.tables import Tables

#: The two connections to DynamoDB, with the same adapter on top.
CONNECTIONS = ("dynamo", "fast_path")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Run each test with one of the two connections, half of the tests with each.

    `make test FULL=1` runs every test with both.
    """
    if os.environ.get("SIGHTLINE_FULL"):
        return
    left_out = [item for item in items if not _is_selected(item)]
    config.hook.pytest_deselected(items=left_out)
    items[:] = [item for item in items if _is_selected(item)]


def _is_selected(item: pytest.Item) -> bool:
    parameters = (
        item.callspec.params
        if isinstance(item, pytest.Function) and hasattr(item, "callspec")
        else {}
    )
    connection = parameters.get("tables")
    if connection not in CONNECTIONS:
        return True
    test = item.nodeid.replace(connection, "")
    return connection == CONNECTIONS[crc32(test.encode()) % 2]


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    """An empty SQLite file."""
    async with Database.open(tmp_path / "table.db") as opened:
        yield opened


@pytest.fixture(params=["memory", "dynamo", "fast_path", "sqlite"])
async def tables(request: pytest.FixtureRequest, clients: Clients, database: Database) -> Tables:
    if request.param == "memory":
        return memory_tables()
    if request.param == "sqlite":
        return sqlite_tables(database)
    client = await clients.open_dynamodb(fast_path=request.param == "fast_path")
    name = f"images-{uuid4()}"
    await client.create_table(**table_schema(name))
    return dynamo_tables(client, name)
