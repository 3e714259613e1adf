"""Idempotency keys in memory."""

import time

from sightline.adapters.memory.state import MemoryState
from sightline.ports.idempotency_store import RequestClaimed, StoredResponse


class MemoryIdempotencyStore:
    """`IdempotencyStore` in a dictionary."""

    def __init__(self, state: MemoryState) -> None:
        self._requests = state.requests

    async def claim(
        self, owner: str, key: str, fingerprint: str, seconds: float
    ) -> StoredResponse | None:
        held, response, until = self._requests.get((owner, key), ("", None, 0.0))
        if until > time.monotonic():
            if held != fingerprint or response is None:
                raise RequestClaimed(held == fingerprint)
            return response
        self._requests[owner, key] = fingerprint, None, time.monotonic() + seconds
        return None

    async def store(self, owner: str, key: str, response: StoredResponse, seconds: float) -> None:
        fingerprint, _, _ = self._requests[owner, key]
        self._requests[owner, key] = fingerprint, response, time.monotonic() + seconds

    async def release(self, owner: str, key: str) -> None:
        self._requests.pop((owner, key), None)
