"""Tables in memory and in DynamoDB; no test can distinguish them."""

import pytest
from uuid_utils.compat import uuid4

from sightline.adapters.aws.clients import Clients
from sightline.adapters.dynamo import dynamo_tables
from sightline.adapters.dynamo.schema import table_schema
from sightline.adapters.memory import memory_tables
from sightline.ports.tables import Tables


@pytest.fixture(params=["memory", "dynamo", "fast_path"])
async def tables(request: pytest.FixtureRequest, clients: Clients) -> Tables:
    if request.param == "memory":
        return memory_tables()
    client = await clients.open_dynamodb(fast_path=request.param == "fast_path")
    name = f"images-{uuid4()}"
    await client.create_table(**table_schema(name))
    return dynamo_tables(client, name)
