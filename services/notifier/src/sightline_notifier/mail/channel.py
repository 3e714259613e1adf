"""Collect ended images and paused endpoints of subscribed owners, for the next digest."""

from urllib.parse import urlsplit

from sightline.domain.clock import now
from sightline.domain.email_notifications import IMAGE_KINDS, USAGE_KINDS, EmailKind
from sightline.domain.events import Event
from sightline.domain.webhooks import PauseReason, Webhook, WebhookNotFound
from sightline.optimistic import retry_conflicts
from sightline.ports.album_table import AlbumTable
from sightline.ports.email_notification_table import EmailNotificationTable
from sightline.ports.image_table import ImageTable
from sightline.ports.webhook_table import WebhookTable
from sightline_notifier.notices import Notice, read_notice

#: Attempts to change a digest while other tasks change the one of the same owner.
ADD_ATTEMPTS = 10


class EmailChannel:
    """`Channel` that adds ended images and paused endpoints to the digest of their owner."""

    def __init__(
        self,
        notifications: EmailNotificationTable,
        images: ImageTable,
        albums: AlbumTable,
        webhooks: WebhookTable,
    ) -> None:
        self._notifications = notifications
        self._images = images
        self._albums = albums
        self._webhooks = webhooks

    async def notify(self, event: Event) -> None:
        if event.kind == "album" or event.change == "created":
            return
        kinds = (await self._notifications.get_preferences(event.owner)).kinds
        if event.kind == "image" and kinds & (IMAGE_KINDS | USAGE_KINDS):
            await self._notify_image(event, kinds)
        elif event.kind == "webhook" and EmailKind.WEBHOOK_PAUSED in kinds:
            await self._notify_pause(event)

    async def _notify_image(self, event: Event, kinds: frozenset[EmailKind]) -> None:
        notice = await read_notice(event, self._images, self._albums)
        if notice is None:
            return
        is_end = notice.type in {"image.ready", "image.failed"}
        if is_end and kinds & IMAGE_KINDS:
            await self._add(notice)
        # A deletion may end a level, so that reaching it later leads to a warning again.
        if kinds & USAGE_KINDS and (is_end or notice.type == "image.deleted"):
            await self._request_usage_check(notice.owner)

    async def _notify_pause(self, event: Event) -> None:
        try:
            webhook = await self._webhooks.get(event.owner, event.subject_id)
        except WebhookNotFound:
            return
        if webhook.pause_reason in {PauseReason.FAILING, PauseReason.GONE}:
            await self._add_pause(webhook)

    @retry_conflicts(ADD_ATTEMPTS)
    async def _add(self, notice: Notice) -> None:
        digest = await self._notifications.get_digest(notice.owner)
        title = None if notice.image is None else notice.image.title
        added = digest.add(notice.subject_id, title, notice.type == "image.failed", now())
        if added is not digest:
            await self._notifications.store_digest(added)

    @retry_conflicts(ADD_ATTEMPTS)
    async def _add_pause(self, webhook: Webhook) -> None:
        digest = await self._notifications.get_digest(webhook.owner)
        # The URL may contain a credential.
        endpoint = webhook.description or urlsplit(webhook.url).hostname or webhook.webhook_id
        pause_id = f"{webhook.webhook_id} {webhook.paused_at}"
        added = digest.add_paused_endpoint(pause_id, endpoint, now())
        if added is not digest:
            await self._notifications.store_digest(added)

    @retry_conflicts(ADD_ATTEMPTS)
    async def _request_usage_check(self, owner: str) -> None:
        digest = await self._notifications.get_digest(owner)
        requested = digest.request_usage_check(now())
        if requested is not digest:
            await self._notifications.store_digest(requested)
