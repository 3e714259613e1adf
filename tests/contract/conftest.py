"""Tables in memory, in DynamoDB and in SQLite; no test can distinguish them."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from uuid_utils.compat import uuid4

from sightline.adapters.aws.clients import Clients
from sightline.adapters.dynamo import dynamo_tables
from sightline.adapters.dynamo.schema import table_schema
from sightline.adapters.memory import memory_tables
from sightline.adapters.sqlite import Database, sqlite_tables
from sightline.ports.tables import Tables


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
