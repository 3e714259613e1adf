"""What remains of an owner in memory once images and albums are gone."""

from sightline.adapters.memory.state import MemoryState


class MemoryOwnerData:
    """`OwnerData` over the dictionaries of everything but images and albums."""

    def __init__(self, state: MemoryState) -> None:
        self._state = state

    async def erase(self, owner: str) -> None:
        for month in [each for each in self._state.usage if each[0] == owner]:
            del self._state.usage[month]
        for window in [each for each in self._state.reservations if each[0] == owner]:
            del self._state.reservations[window]
        for api_key in [each for each in self._state.api_keys if each[0] == owner]:
            del self._state.api_keys[api_key]
        for webhook in [each for each in self._state.webhooks if each[0] == owner]:
            del self._state.webhooks[webhook]
        for delivery in [each for each in self._state.deliveries if each.owner == owner]:
            del self._state.deliveries[delivery]
        self._state.email_preferences.pop(owner, None)
        self._state.digests.pop(owner, None)
        for link in [each for each in self._state.share_links if each[0] == owner]:
            del self._state.share_links[link]
        for day in [each for each in self._state.invitation_counts if each[0] == owner]:
            del self._state.invitation_counts[day]
        for request in [each for each in self._state.requests if each[0] == owner]:
            del self._state.requests[request]
