"""Each kind of table: memory and DynamoDB are not to be told apart."""

from typing import NamedTuple

import pytest
from uuid_utils.compat import uuid4

from sightline.adapters.aws.clients import Clients
from sightline.adapters.dynamo import DynamoAlbumTable, DynamoImageTable
from sightline.adapters.memory import MemoryAlbumTable, MemoryImageTable
from sightline.ports.album_table import AlbumTable
from sightline.ports.image_table import ImageTable


class Tables(NamedTuple):
    """Images, and the albums that hold them."""

    images: ImageTable
    albums: AlbumTable


@pytest.fixture(params=["memory", "dynamo", "direct"])
async def tables(request: pytest.FixtureRequest, clients: Clients) -> Tables:
    if request.param == "memory":
        images = MemoryImageTable()
        return Tables(images, MemoryAlbumTable(images))
    direct = request.param == "direct"
    client = await (clients.open_dynamo() if direct else clients.open("dynamodb"))
    name = f"images-{uuid4()}"
    await client.create_table(
        TableName=name,
        KeySchema=[
            {"AttributeName": "pk", "KeyType": "HASH"},
            {"AttributeName": "sk", "KeyType": "RANGE"},
        ],
        AttributeDefinitions=[
            {"AttributeName": "pk", "AttributeType": "S"},
            {"AttributeName": "sk", "AttributeType": "S"},
        ],
        BillingMode="PAY_PER_REQUEST",
    )
    return Tables(DynamoImageTable(client, name), DynamoAlbumTable(client, name))


@pytest.fixture
def table(tables: Tables) -> ImageTable:
    return tables.images
