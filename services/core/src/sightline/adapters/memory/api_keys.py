"""API keys in memory."""

from datetime import datetime

from sightline.adapters.memory.state import MemoryState
from sightline.domain.api_keys import USE_INTERVAL, ApiKey, ApiKeyNotFound
from sightline.optimistic import Conflict


class MemoryApiKeyTable:
    """`ApiKeyTable` over a dictionary."""

    def __init__(self, state: MemoryState) -> None:
        self._keys = state.api_keys

    async def create(self, key: ApiKey) -> None:
        for other in self._keys.values():
            same_place = (other.owner, other.key_id) == (key.owner, key.key_id)
            if (same_place or other.digest == key.digest) and other != key:
                raise Conflict
        self._keys[key.owner, key.key_id] = key

    async def find(self, digest: str) -> ApiKey | None:
        for key in self._keys.values():
            if key.digest == digest:
                return key.model_copy(update={"last_used_at": None})
        return None

    async def list(self, owner: str) -> list[ApiKey]:
        owned = [key for key in self._keys.values() if key.owner == owner]
        return sorted(owned, key=lambda key: key.key_id, reverse=True)

    async def record_use(self, key: ApiKey, at: datetime) -> None:
        held = self._keys.get((key.owner, key.key_id))
        if held is None or (held.last_used_at and held.last_used_at > at - USE_INTERVAL):
            return
        self._keys[key.owner, key.key_id] = held.model_copy(update={"last_used_at": at})

    async def revoke(self, owner: str, key_id: str) -> None:
        if self._keys.pop((owner, key_id), None) is None:
            raise ApiKeyNotFound(key_id)
