"""The ports in memory, for tests; they behave exactly as the real adapters.

Nothing here awaits between a check and its effect, so each method is as atomic as its counterpart.
"""

from sightline.adapters.memory.album_members import MemoryAlbumMemberTable
from sightline.adapters.memory.albums import MemoryAlbumTable
from sightline.adapters.memory.api_keys import MemoryApiKeyTable
from sightline.adapters.memory.contributions import MemoryContributionTable
from sightline.adapters.memory.dead_letters import MemoryDeadLetterQueue
from sightline.adapters.memory.email_notifications import MemoryEmailNotificationTable
from sightline.adapters.memory.event_queues import MemoryEventQueueRegistry, MemoryEventQueues
from sightline.adapters.memory.idempotency import MemoryIdempotencyStore
from sightline.adapters.memory.image_index import MemoryImageIndex
from sightline.adapters.memory.images import MemoryImageTable
from sightline.adapters.memory.inventory import MemoryImageInventory
from sightline.adapters.memory.objects import MemoryObjectStore
from sightline.adapters.memory.owner_data import MemoryOwnerData
from sightline.adapters.memory.queues import MemoryMessageSender, MemoryQueue, MemoryTopic
from sightline.adapters.memory.recognition_cache import MemoryRecognitionCache
from sightline.adapters.memory.share_links import MemoryShareLinkTable
from sightline.adapters.memory.state import MemoryState
from sightline.adapters.memory.timeline import MemoryTimelineTable
from sightline.adapters.memory.usage import MemoryUsageTable
from sightline.adapters.memory.webhooks import MemoryWebhookTable
from sightline.ports.schema_migration import NullSchemaMigration
from sightline.ports.tables import Tables

__all__ = [
    "MemoryAlbumMemberTable",
    "MemoryAlbumTable",
    "MemoryApiKeyTable",
    "MemoryContributionTable",
    "MemoryDeadLetterQueue",
    "MemoryEmailNotificationTable",
    "MemoryEventQueueRegistry",
    "MemoryEventQueues",
    "MemoryIdempotencyStore",
    "MemoryImageIndex",
    "MemoryImageInventory",
    "MemoryImageTable",
    "MemoryMessageSender",
    "MemoryObjectStore",
    "MemoryOwnerData",
    "MemoryQueue",
    "MemoryRecognitionCache",
    "MemoryShareLinkTable",
    "MemoryState",
    "MemoryTimelineTable",
    "MemoryTopic",
    "MemoryUsageTable",
    "MemoryWebhookTable",
    "memory_tables",
]


def memory_tables() -> Tables:
    """Return every port of an empty table."""
    state = MemoryState()
    return Tables(
        images=MemoryImageTable(state),
        albums=MemoryAlbumTable(state),
        index=MemoryImageIndex(state),
        usage=MemoryUsageTable(state),
        timeline=MemoryTimelineTable(state),
        api_keys=MemoryApiKeyTable(state),
        webhooks=MemoryWebhookTable(state),
        email_notifications=MemoryEmailNotificationTable(state),
        share_links=MemoryShareLinkTable(state),
        album_members=MemoryAlbumMemberTable(state),
        contributions=MemoryContributionTable(state),
        recognition_cache=MemoryRecognitionCache(state),
        idempotency=MemoryIdempotencyStore(state),
        owner_data=MemoryOwnerData(state),
        inventory=MemoryImageInventory(state),
        migration=NullSchemaMigration(),
    )
