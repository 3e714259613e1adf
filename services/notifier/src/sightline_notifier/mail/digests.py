"""Send the digests that are due."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from sightline.domain.clock import now
from sightline.domain.email_notifications import MAX_ATTEMPTS, Digest, UsageLevel
from sightline.optimistic import Conflict, retry_conflicts
from sightline.ports.email_notification_table import EmailNotificationTable
from sightline_notifier.mail.mailer import Mailer
from sightline_notifier.mail.rendering import render_digest
from sightline_notifier.mail.usage_monitor import UsageMonitor

logger = logging.getLogger(__name__)

#: Digests that are read at once.
READ_SIZE = 100


class DigestSender:
    """Sends due digests, each by one task at a time, with the warnings of limits.

    A task that crashes after a message was handed over, and before that is noted, leads to a
    second message; nothing loses one.
    """

    def __init__(
        self,
        notifications: EmailNotificationTable,
        monitor: UsageMonitor,
        mailer: Mailer,
        web_url: str,
    ) -> None:
        self._notifications = notifications
        self._monitor = monitor
        self._mailer = mailer
        self._web_url = web_url

    async def send_due(self) -> None:
        """Send the digests that are due now."""
        for digest in await self._notifications.find_due_digests(now(), READ_SIZE):
            claimed = digest.claim(now())
            if claimed is None:
                continue
            try:
                await self._notifications.store_digest(claimed)
            except Conflict:
                # It has changed since, or another task sends it; it is found again if still due.
                continue
            await self._send(claimed)

    async def _send(self, claimed: Digest) -> None:
        is_sent = False
        try:
            preferences = await self._notifications.get_preferences(claimed.owner)
            levels = await self._monitor.find_levels(claimed.owner, preferences.kinds)
            new_levels = preferences.select_new(levels)
            email = render_digest(preferences, claimed, self._web_url, new_levels)
            if email is not None:
                await self._mailer.send(email)
                is_sent = True
            if levels != preferences.usage_levels:
                await self._store_levels(claimed.owner, levels)
        except Exception:
            context = {"owner": claimed.owner, "attempts": claimed.attempts}
            if claimed.attempts < MAX_ATTEMPTS:
                logger.exception("could not send a digest", extra=context)
                return
            logger.exception("dropped a digest that could not be sent", extra=context)
        await self._complete(claimed, is_sent=is_sent)
        if is_sent:
            counts = {"ready": claimed.ready, "failed": claimed.failed}
            logger.info("sent a digest", extra={"owner": claimed.owner, **counts})

    @retry_conflicts(MAX_ATTEMPTS)
    async def _store_levels(self, owner: str, levels: tuple[UsageLevel, ...]) -> None:
        current = await self._notifications.get_preferences(owner)
        # The data of the owner may have been erased meanwhile.
        if current.revision and current.usage_levels != levels:
            changed = current.with_changes(usage_levels=levels)
            await self._notifications.store_preferences(changed)

    @retry_conflicts(MAX_ATTEMPTS)
    async def _complete(self, claimed: Digest, *, is_sent: bool) -> None:
        current = await self._notifications.get_digest(claimed.owner)
        if current.claimed_until == claimed.claimed_until:
            await self._notifications.store_digest(
                current.complete(claimed, now(), is_sent=is_sent)
            )


@asynccontextmanager
async def sending(sender: DigestSender, poll_seconds: float) -> AsyncIterator[None]:
    """Send due digests until the context ends; errors delay them until the next poll."""
    task = asyncio.create_task(_poll(sender, poll_seconds))
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def _poll(sender: DigestSender, poll_seconds: float) -> None:
    while True:
        try:
            await sender.send_due()
        except Exception:
            logger.exception("could not read the digests that are due")
        await asyncio.sleep(poll_seconds)
