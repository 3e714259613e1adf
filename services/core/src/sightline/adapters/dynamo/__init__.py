"""The ports of the table in DynamoDB: one table, and no scan but the operators' own."""

from typing import TYPE_CHECKING

from sightline.adapters.dynamo.album_members import DynamoAlbumMemberTable
from sightline.adapters.dynamo.albums import DynamoAlbumTable
from sightline.adapters.dynamo.api_keys import DynamoApiKeyTable
from sightline.adapters.dynamo.contributions import DynamoContributionTable
from sightline.adapters.dynamo.email_notifications import DynamoEmailNotificationTable
from sightline.adapters.dynamo.event_queues import DynamoEventQueueRegistry
from sightline.adapters.dynamo.idempotency import DynamoIdempotencyStore
from sightline.adapters.dynamo.image_index import DynamoImageIndex
from sightline.adapters.dynamo.images import DynamoImageTable
from sightline.adapters.dynamo.inventory import DynamoImageInventory
from sightline.adapters.dynamo.owner_data import DynamoOwnerData
from sightline.adapters.dynamo.recognition_cache import DynamoRecognitionCache
from sightline.adapters.dynamo.schema_migration import DynamoSchemaMigration
from sightline.adapters.dynamo.share_links import DynamoShareLinkTable
from sightline.adapters.dynamo.timeline import DynamoTimelineTable
from sightline.adapters.dynamo.usage import DynamoUsageTable
from sightline.adapters.dynamo.webhooks import DynamoWebhookTable
from sightline.ports.tables import Tables

if TYPE_CHECKING:
    from types_aiobotocore_dynamodb import DynamoDBClient

__all__ = [
    "DynamoAlbumMemberTable",
    "DynamoAlbumTable",
    "DynamoApiKeyTable",
    "DynamoContributionTable",
    "DynamoEmailNotificationTable",
    "DynamoEventQueueRegistry",
    "DynamoIdempotencyStore",
    "DynamoImageIndex",
    "DynamoImageInventory",
    "DynamoImageTable",
    "DynamoOwnerData",
    "DynamoRecognitionCache",
    "DynamoSchemaMigration",
    "DynamoShareLinkTable",
    "DynamoTimelineTable",
    "DynamoUsageTable",
    "DynamoWebhookTable",
    "dynamo_tables",
]


def dynamo_tables(client: "DynamoDBClient", table: str) -> Tables:
    """Return every port of the table of this name."""
    return Tables(
        images=DynamoImageTable(client, table),
        albums=DynamoAlbumTable(client, table),
        index=DynamoImageIndex(client, table),
        usage=DynamoUsageTable(client, table),
        timeline=DynamoTimelineTable(client, table),
        api_keys=DynamoApiKeyTable(client, table),
        webhooks=DynamoWebhookTable(client, table),
        email_notifications=DynamoEmailNotificationTable(client, table),
        share_links=DynamoShareLinkTable(client, table),
        album_members=DynamoAlbumMemberTable(client, table),
        contributions=DynamoContributionTable(client, table),
        recognition_cache=DynamoRecognitionCache(client, table),
        idempotency=DynamoIdempotencyStore(client, table),
        owner_data=DynamoOwnerData(client, table),
        inventory=DynamoImageInventory(client, table),
        migration=DynamoSchemaMigration(client, table),
    )
