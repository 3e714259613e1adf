"""The tables in DynamoDB: one table, no scan."""

from sightline.adapters.dynamo.albums import DynamoAlbumTable
from sightline.adapters.dynamo.event_queues import DynamoEventQueueRegistry
from sightline.adapters.dynamo.images import DynamoImageTable
from sightline.adapters.dynamo.items import TransactionContended

__all__ = [
    "DynamoAlbumTable",
    "DynamoEventQueueRegistry",
    "DynamoImageTable",
    "TransactionContended",
]
