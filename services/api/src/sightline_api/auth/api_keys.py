"""Verify API keys."""

import logging
import time
from collections import OrderedDict
from collections.abc import Callable
from datetime import UTC, datetime
from typing import NamedTuple, TypeVar

from sightline.domain.api_keys import USE_INTERVAL, ApiKey, digest_secret, is_secret
from sightline.ports.api_key_table import ApiKeyTable
from sightline_api.auth.user import InvalidToken, User
from sightline_api.problems import DEPENDENCY_ERRORS

Value = TypeVar("Value")

logger = logging.getLogger(__name__)

#: Keys and unknown digests that are cached; one takes about 1 kB.
CACHE_SIZE = 10_000

#: Time for which a verified key is not read again, seconds: the longest that a revoked key works.
MAX_AGE_SECONDS = 30.0

#: The same for a digest without a key, seconds: short, because the key may be created meanwhile.
UNKNOWN_AGE_SECONDS = 2.0

INVALID = "the API key is not valid, or was revoked"


class _Entry(NamedTuple):
    """A key, None if there is none, and the Unix time until which this is taken for granted."""

    key: ApiKey | None
    until: float


class ApiKeyVerifier:
    """Verifies API keys, and caches what the table returns."""

    def __init__(self, keys: ApiKeyTable, clock: Callable[[], float] = time.time) -> None:
        self._keys = keys
        self._clock = clock
        #: By digest; the most recently read last.
        self._cache: OrderedDict[str, _Entry] = OrderedDict()
        #: By key id, the Unix time at which this process last recorded a use.
        self._recorded: OrderedDict[str, float] = OrderedDict()

    async def verify(self, secret: str) -> User:
        """Return the owner of the key, with its scopes.

        Raises `InvalidToken`, and the errors of the table.
        """
        if not is_secret(secret):
            raise InvalidToken("the API key has a wrong checksum or length")
        digest, now = digest_secret(secret), self._clock()
        entry = self._cache.get(digest)
        if entry is None or entry.until <= now:
            entry = await self._read(digest, now)
        key = entry.key
        if key is None:
            raise InvalidToken(INVALID)
        ends_at = key.ends_at.timestamp()
        if ends_at <= now:
            raise InvalidToken("the API key has expired")
        return User(key.owner, min(ends_at, entry.until), key.key_id, key.scopes)

    async def _read(self, digest: str, now: float) -> _Entry:
        key = await self._keys.find(digest)
        entry = _Entry(key, now + (UNKNOWN_AGE_SECONDS if key is None else MAX_AGE_SECONDS))
        self._cache.pop(digest, None)
        _put(self._cache, digest, entry)
        if key is not None:
            await self._record_use(key, now)
        return entry

    async def _record_use(self, key: ApiKey, now: float) -> None:
        """Write the use, unless this process did so recently; a failure does not matter."""
        if now - self._recorded.get(key.key_id, 0) < USE_INTERVAL.total_seconds():
            return
        self._recorded.pop(key.key_id, None)
        _put(self._recorded, key.key_id, now)
        try:
            await self._keys.record_use(key, datetime.fromtimestamp(now, UTC))
        except DEPENDENCY_ERRORS:
            logger.warning("could not record the use of an API key", exc_info=True)


def _put(cache: OrderedDict[str, Value], name: str, value: Value) -> None:
    cache[name] = value
    if len(cache) > CACHE_SIZE:
        cache.popitem(last=False)
