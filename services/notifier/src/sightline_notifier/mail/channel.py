"""Collect the ended images of owners who have subscribed, for the next digest."""

from sightline.domain.clock import now
from sightline.domain.events import Event
from sightline.optimistic import retry_conflicts
from sightline.ports.album_table import AlbumTable
from sightline.ports.email_notification_table import EmailNotificationTable
from sightline.ports.image_table import ImageTable
from sightline_notifier.notices import Notice, read_notice

#: Attempts to add an image while other tasks add images of the same owner.
ADD_ATTEMPTS = 10


class EmailChannel:
    """`Channel` that adds ended images to the digest of their owner."""

    def __init__(
        self, notifications: EmailNotificationTable, images: ImageTable, albums: AlbumTable
    ) -> None:
        self._notifications = notifications
        self._images = images
        self._albums = albums

    async def notify(self, event: Event) -> None:
        if event.kind != "image" or event.change != "updated":
            return
        preferences = await self._notifications.get_preferences(event.owner)
        if not preferences.kinds:
            return
        notice = await read_notice(event, self._images, self._albums)
        if notice is not None and notice.type in {"image.ready", "image.failed"}:
            await self._add(notice)

    @retry_conflicts(ADD_ATTEMPTS)
    async def _add(self, notice: Notice) -> None:
        digest = await self._notifications.get_digest(notice.owner)
        title = None if notice.image is None else notice.image.title
        added = digest.add(notice.subject_id, title, notice.type == "image.failed", now())
        if added is not digest:
            await self._notifications.store_digest(added)
