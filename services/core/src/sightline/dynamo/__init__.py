"""The tables in DynamoDB: one table, no scan."""

from sightline.dynamo.albums import DynamoAlbumTable
from sightline.dynamo.images import DynamoImageTable
from sightline.dynamo.inboxes import DynamoInboxRegister
from sightline.dynamo.rows import TransactionContended

__all__ = ["DynamoAlbumTable", "DynamoImageTable", "DynamoInboxRegister", "TransactionContended"]
