"""Email preferences and digests in memory."""

from datetime import datetime

from sightline.adapters.memory.state import MemoryState
from sightline.domain.email_notifications import Digest, EmailPreferences
from sightline.optimistic import Conflict


class MemoryEmailNotificationTable:
    """`EmailNotificationTable` over dictionaries."""

    def __init__(self, state: MemoryState) -> None:
        self._preferences = state.email_preferences
        self._digests = state.digests

    async def get_preferences(self, owner: str) -> EmailPreferences:
        return self._preferences.get(owner) or EmailPreferences(owner=owner)

    async def store_preferences(self, preferences: EmailPreferences) -> None:
        stored = await self.get_preferences(preferences.owner)
        if stored.revision != preferences.revision - 1:
            raise Conflict
        self._preferences[preferences.owner] = preferences

    async def get_digest(self, owner: str) -> Digest:
        return self._digests.get(owner) or Digest(owner=owner)

    async def store_digest(self, digest: Digest) -> None:
        if (await self.get_digest(digest.owner)).revision != digest.revision - 1:
            raise Conflict
        self._digests[digest.owner] = digest

    async def find_due_digests(self, at: datetime, limit: int) -> list[Digest]:
        due = [each for each in self._digests.values() if each.due_at and each.due_at <= at]
        return due[:limit]
