"""The table of API keys: the port."""

from datetime import datetime
from typing import Protocol

from sightline.domain.api_keys import ApiKey


class ApiKeyTable(Protocol):
    """API keys by owner, and by the digest of their secret."""

    async def create(self, key: ApiKey) -> None:
        """Add a new key; idempotent. Raises `Conflict` if another key has the id or the digest."""

    async def find(self, digest: str) -> ApiKey | None:
        """Return the key of this digest, None if there is none or it was revoked.

        An expired key may be found. `last_used_at` is absent.
        """

    async def list(self, owner: str) -> list[ApiKey]:
        """Return the owner's keys that were not revoked, newest first; expired ones for a time."""

    async def record_use(self, key: ApiKey, at: datetime) -> None:
        """Write the last use of a key unless it was written within `USE_INTERVAL` before `at`."""

    async def revoke(self, owner: str, key_id: str) -> None:
        """Remove a key. Raises `ApiKeyNotFound`."""
