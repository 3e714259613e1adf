"""The table of email preferences and digests: the port."""

from datetime import datetime
from typing import Protocol

from sightline.domain.email_notifications import Digest, EmailPreferences


class EmailNotificationTable(Protocol):
    """Preferences and a digest of each owner. The API writes the former, the notifier the latter.

    Writes are conditional on the revision that they were derived from; the first revision is 1.
    """

    async def get_preferences(self, owner: str) -> EmailPreferences:
        """Return the preferences of an owner; the defaults, with the revision 0, if none exist."""

    async def store_preferences(self, preferences: EmailPreferences) -> None:
        """Write preferences. Raises `Conflict` unless the stored revision is the one before."""

    async def get_digest(self, owner: str) -> Digest:
        """Return the digest of an owner; an empty one, with the revision 0, if none exists."""

    async def store_digest(self, digest: Digest) -> None:
        """Write a digest. Raises `Conflict` unless the stored revision is the one before.

        A digest that is no longer needed is removed some time after `expires_at`.
        """

    async def find_due_digests(self, at: datetime, limit: int) -> list[Digest]:
        """Return up to `limit` digests that are due at this time."""
