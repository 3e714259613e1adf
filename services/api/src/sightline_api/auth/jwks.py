"""The public signing keys of a Cognito user pool (JWKS), by key id."""

import asyncio
import logging
import time
from collections.abc import Callable

import httpx
from jose import jwk
from jose.backends.base import Key
from jose.exceptions import JOSEError

logger = logging.getLogger(__name__)

#: Minimum time between fetches for an unknown key id, seconds: anyone can invent key ids.
UNKNOWN_KEY_INTERVAL_SECONDS = 60.0

#: Minimum time between fetches while the cache is empty, seconds.
EMPTY_INTERVAL_SECONDS = 2.0

#: Age at which known keys are fetched again, seconds, so that a revoked key is dropped.
MAX_AGE_SECONDS = 3600.0

FETCH_TIMEOUT_SECONDS = 5


class UnknownKey(Exception):
    """The user pool has no such key."""


class JwksUnavailable(Exception):
    """The cache is empty, and the JWKS cannot be fetched."""


class JwksCache:
    """Fetches the JWKS on demand, and keeps serving the last known keys if a fetch fails."""

    def __init__(
        self, http: httpx.AsyncClient, url: str, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._http = http
        self._url = url
        self._clock = clock
        self._keys: dict[str, Key] = {}
        self._fetched_at = float("-inf")
        self._attempted_at = float("-inf")
        self._fetch_lock = asyncio.Lock()

    async def find(self, key_id: str) -> Key:
        """Return the key with this id. Raises `UnknownKey`, `JwksUnavailable`."""
        if key_id not in self._keys or self._age() > MAX_AGE_SECONDS:
            await self._refresh(key_id)
        if not self._keys:
            raise JwksUnavailable
        try:
            return self._keys[key_id]
        except KeyError:
            raise UnknownKey from None

    def _age(self) -> float:
        return self._clock() - self._fetched_at

    async def _refresh(self, key_id: str) -> None:
        async with self._fetch_lock:
            # Another request may have fetched the keys while this one waited for the lock.
            if key_id in self._keys and self._age() <= MAX_AGE_SECONDS:
                return
            interval = UNKNOWN_KEY_INTERVAL_SECONDS if self._keys else EMPTY_INTERVAL_SECONDS
            if self._clock() - self._attempted_at < interval:
                return
            self._attempted_at = self._clock()
            try:
                self._keys = await self._fetch()
                self._fetched_at = self._clock()
            except (httpx.HTTPError, JOSEError, ValueError, KeyError, TypeError):
                logger.warning("could not fetch the JWKS", exc_info=True)

    async def _fetch(self) -> dict[str, Key]:
        response = await self._http.get(self._url, timeout=FETCH_TIMEOUT_SECONDS)
        response.raise_for_status()
        return {
            entry["kid"]: jwk.construct(entry, algorithm="RS256")
            for entry in response.json()["keys"]
            if entry.get("kty") == "RSA"
        }
