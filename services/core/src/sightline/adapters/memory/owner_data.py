"""What remains of an owner in memory once images and albums are gone."""

from sightline.adapters.memory.state import MemoryState


class MemoryOwnerData:
    """`OwnerData` over the dictionaries of usage and idempotency keys."""

    def __init__(self, state: MemoryState) -> None:
        self._state = state

    async def erase(self, owner: str) -> None:
        for month in [each for each in self._state.usage if each[0] == owner]:
            del self._state.usage[month]
        for request in [each for each in self._state.requests if each[0] == owner]:
            del self._state.requests[request]
