"""All ports of the one table, as an adapter opens them together."""

from dataclasses import dataclass

from sightline.ports.album_member_table import AlbumMemberTable
from sightline.ports.album_table import AlbumTable
from sightline.ports.api_key_table import ApiKeyTable
from sightline.ports.contribution_table import ContributionTable
from sightline.ports.email_notification_table import EmailNotificationTable
from sightline.ports.idempotency_store import IdempotencyStore
from sightline.ports.image_index import ImageIndex
from sightline.ports.image_inventory import ImageInventory
from sightline.ports.image_table import ImageTable
from sightline.ports.owner_data import OwnerData
from sightline.ports.recognition_cache import RecognitionCache
from sightline.ports.schema_migration import SchemaMigration
from sightline.ports.share_link_table import ShareLinkTable
from sightline.ports.timeline_table import TimelineTable
from sightline.ports.usage_table import UsageTable
from sightline.ports.webhook_table import WebhookTable


@dataclass(frozen=True, slots=True)
class Tables:
    """One port for each idea; all of them share one table."""

    images: ImageTable
    albums: AlbumTable
    index: ImageIndex
    usage: UsageTable
    timeline: TimelineTable
    api_keys: ApiKeyTable
    webhooks: WebhookTable
    email_notifications: EmailNotificationTable
    share_links: ShareLinkTable
    album_members: AlbumMemberTable
    contributions: ContributionTable
    recognition_cache: RecognitionCache
    idempotency: IdempotencyStore
    owner_data: OwnerData
    inventory: ImageInventory
    migration: SchemaMigration
