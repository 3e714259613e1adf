"""The ports of the table in a SQLite file, for one machine: docs/decisions/0010.

Several processes may use the file at once. What is derived from an image changes in the image's own
transaction.
"""

from sightline.adapters.sqlite.album_members import SqliteAlbumMemberTable
from sightline.adapters.sqlite.albums import SqliteAlbumTable
from sightline.adapters.sqlite.api_keys import SqliteApiKeyTable
from sightline.adapters.sqlite.contributions import SqliteContributionTable
from sightline.adapters.sqlite.database import Database, TableUnavailable
from sightline.adapters.sqlite.email_notifications import SqliteEmailNotificationTable
from sightline.adapters.sqlite.event_queues import SqliteEventQueueRegistry
from sightline.adapters.sqlite.idempotency import SqliteIdempotencyStore
from sightline.adapters.sqlite.image_index import SqliteImageIndex
from sightline.adapters.sqlite.images import SqliteImageTable
from sightline.adapters.sqlite.inventory import SqliteImageInventory
from sightline.adapters.sqlite.opening import UnusableDatabase, prepare
from sightline.adapters.sqlite.owner_data import SqliteOwnerData
from sightline.adapters.sqlite.recognition_cache import SqliteRecognitionCache
from sightline.adapters.sqlite.share_links import SqliteShareLinkTable
from sightline.adapters.sqlite.timeline import SqliteTimelineTable
from sightline.adapters.sqlite.usage import SqliteUsageTable
from sightline.adapters.sqlite.webhooks import SqliteWebhookTable
from sightline.ports.schema_migration import NullSchemaMigration
from sightline.ports.tables import Tables

__all__ = [
    "Database",
    "SqliteAlbumMemberTable",
    "SqliteAlbumTable",
    "SqliteApiKeyTable",
    "SqliteContributionTable",
    "SqliteEmailNotificationTable",
    "SqliteEventQueueRegistry",
    "SqliteIdempotencyStore",
    "SqliteImageIndex",
    "SqliteImageInventory",
    "SqliteImageTable",
    "SqliteOwnerData",
    "SqliteRecognitionCache",
    "SqliteShareLinkTable",
    "SqliteTimelineTable",
    "SqliteUsageTable",
    "SqliteWebhookTable",
    "TableUnavailable",
    "UnusableDatabase",
    "prepare",
    "sqlite_tables",
]


def sqlite_tables(database: Database) -> Tables:
    """Return every port of the table in the file."""
    return Tables(
        images=SqliteImageTable(database),
        albums=SqliteAlbumTable(database),
        index=SqliteImageIndex(database),
        usage=SqliteUsageTable(database),
        timeline=SqliteTimelineTable(database),
        api_keys=SqliteApiKeyTable(database),
        webhooks=SqliteWebhookTable(database),
        email_notifications=SqliteEmailNotificationTable(database),
        share_links=SqliteShareLinkTable(database),
        album_members=SqliteAlbumMemberTable(database),
        contributions=SqliteContributionTable(database),
        recognition_cache=SqliteRecognitionCache(database),
        idempotency=SqliteIdempotencyStore(database),
        owner_data=SqliteOwnerData(database),
        inventory=SqliteImageInventory(database),
        migration=NullSchemaMigration(),
    )
