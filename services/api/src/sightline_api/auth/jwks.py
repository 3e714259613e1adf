"""The public keys of a Cognito pool, by key id."""

import asyncio
import logging
import time
from collections.abc import Callable

import httpx
from jose import jwk
from jose.backends.base import Key
from jose.exceptions import JOSEError

logger = logging.getLogger(__name__)

#: Seconds between fetches that an unknown key id may cause: anyone can invent key ids.
UNKNOWN_KEY_INTERVAL = 60.0

#: Seconds between fetches while no key has ever been had.
EMPTY_INTERVAL = 2.0

#: Seconds after which known keys are looked up again, so that a withdrawn one is dropped.
MAX_AGE = 3600.0

TIMEOUT = httpx.Timeout(5)


class UnknownKey(Exception):
    """The pool has no such key."""


class JwksUnavailable(Exception):
    """No key has ever been had, and the pool does not answer."""


class JwksCache:
    """Fetches the pool's JWKS when it must, and serves what it last had while the pool is away."""

    def __init__(
        self, http: httpx.AsyncClient, url: str, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._http = http
        self._url = url
        self._clock = clock
        self._keys: dict[str, Key] = {}
        self._fetched_at = float("-inf")
        self._tried_at = float("-inf")
        self._fetching = asyncio.Lock()

    async def find(self, key_id: str) -> Key:
        """The key of this id. Raises `UnknownKey`, `JwksUnavailable`."""
        if key_id not in self._keys or self._age() > MAX_AGE:
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
        async with self._fetching:
            # Whoever waited for the lock may find the work done.
            if key_id in self._keys and self._age() <= MAX_AGE:
                return
            interval = UNKNOWN_KEY_INTERVAL if self._keys else EMPTY_INTERVAL
            if self._clock() - self._tried_at < interval:
                return
            self._tried_at = self._clock()
            try:
                self._keys = await self._fetch()
                self._fetched_at = self._clock()
            except (httpx.HTTPError, JOSEError, ValueError, KeyError, TypeError):
                logger.warning("could not fetch the pool's keys", exc_info=True)

    async def _fetch(self) -> dict[str, Key]:
        answer = await self._http.get(self._url, timeout=TIMEOUT)
        answer.raise_for_status()
        return {
            entry["kid"]: jwk.construct(entry, algorithm="RS256")
            for entry in answer.json()["keys"]
            if entry.get("kty") == "RSA"
        }
