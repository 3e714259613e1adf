"""Rate limits of owners, API keys and visitors: token buckets, and the headers that report them.

https://datatracker.ietf.org/doc/draft-ietf-httpapi-ratelimit-headers/
"""

import math
import time
from collections import OrderedDict
from collections.abc import Callable
from typing import Any, NamedTuple

from sightline_api.problems import RateLimited

#: Callers whose buckets are kept, the most recent ones; one takes about 0.3 kB. The bucket of a
#: caller who was evicted has had time to fill up, so a new, full one is equivalent.
MAX_BUCKETS = 10_000

#: Names of the policies in the headers.
OWNER_POLICY, API_KEY_POLICY = "owner", "api-key"
ADDRESS_POLICY, SHARE_LINK_POLICY = "address", "share-link"

_HEADERS = {
    "RateLimit-Policy": {
        "description": "The rate limit: `q` requests at once, and as many again every `w` seconds. "
        "A batch counts as many requests as it has items. Absent if there is no limit.",
        "schema": {"type": "string"},
        "example": f'"{OWNER_POLICY}";q=200;w=4',
    },
    "RateLimit": {
        "description": "Requests that remain (`r`), and the seconds until the full burst is "
        "available again (`t`).",
        "schema": {"type": "string"},
        "example": f'"{OWNER_POLICY}";r=199;t=1',
    },
}


class RateLimitState(NamedTuple):
    """The state of a bucket after a request.

    `remaining` requests may be made at once, and the bucket is full in `reset_seconds`. If the
    request exceeded the limit, `retry_seconds` is the time until the next one is allowed; else 0.
    """

    remaining: int
    reset_seconds: int
    retry_seconds: int


class RateLimiter:
    """Allows each caller `burst` requests at once, and `rate` requests per second over time."""

    def __init__(
        self,
        name: str,
        rate: float,
        burst: int,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._name = name
        #: The value of the `RateLimit-Policy` header.
        self.policy = f'"{name}";q={burst};w={math.ceil(burst / rate)}'
        self._rate = rate
        self._burst = burst
        self._clock = clock
        #: By caller, what has been taken from the bucket, and when; the latest callers last.
        self._taken: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def take(self, caller: str) -> RateLimitState:
        """Take one request from the bucket of the caller, unless it is empty."""
        taken = self._read(caller)
        if taken + 1 > self._burst:
            return self._write(caller, taken, (taken + 1 - self._burst) / self._rate)
        return self._write(caller, taken + 1)

    def charge(self, caller: str, units: int) -> RateLimitState:
        """Take what a request costs beyond the first unit. Later requests wait for a deficit."""
        return self._write(caller, self._read(caller) + units)

    def _read(self, caller: str) -> float:
        """Return what is taken from the bucket of the caller now."""
        taken, at = self._taken.get(caller, (0.0, 0.0))
        return max(0.0, taken - (self._clock() - at) * self._rate)

    def _write(self, caller: str, taken: float, retry_seconds: float = 0.0) -> RateLimitState:
        self._taken[caller] = taken, self._clock()
        self._taken.move_to_end(caller)
        if len(self._taken) > MAX_BUCKETS:
            self._taken.popitem(last=False)
        return RateLimitState(
            remaining=max(0, int(self._burst - taken)),
            reset_seconds=math.ceil(taken / self._rate),
            retry_seconds=math.ceil(retry_seconds),
        )

    def format_header(self, state: RateLimitState) -> str:
        """Format the value of the `RateLimit` header."""
        return f'"{self._name}";r={state.remaining};t={state.reset_seconds}'


class RequestMeter:
    """Counts one request of a caller, and reports the state of the bucket in its response.

    `headers` are those that the response gets in addition to its own.
    """

    def __init__(
        self, limiter: RateLimiter, caller: str, headers: list[tuple[bytes, bytes]]
    ) -> None:
        self._limiter = limiter
        self._caller = caller
        self._headers = headers
        self._headers.append((b"ratelimit-policy", limiter.policy.encode()))
        self._headers.append((b"ratelimit", b""))
        self._index = len(self._headers) - 1

    def admit(self) -> RateLimitState:
        """Take one unit for the request, unless the bucket is empty."""
        return self._report(self._limiter.take(self._caller))

    def charge_batch(self, items: int) -> None:
        """Count a batch as many times as it has items."""
        if items > 1:
            self._report(self._limiter.charge(self._caller, items - 1))

    def _report(self, state: RateLimitState) -> RateLimitState:
        self._headers[self._index] = (b"ratelimit", self._limiter.format_header(state).encode())
        return state


def take(limiter: RateLimiter, caller: str) -> None:
    """Take one request from the bucket of the caller. Raises `RateLimited` if it is empty."""
    if seconds := limiter.take(caller).retry_seconds:
        raise RateLimited(seconds)


def describe_headers(document: dict[str, Any]) -> None:
    """Add the headers to every response of the operations with a rate limit."""
    document["components"].setdefault("headers", {}).update(_HEADERS)
    references = {name: {"$ref": f"#/components/headers/{name}"} for name in _HEADERS}
    for path in document["paths"].values():
        for operation in path.values():
            for response in operation["responses"].values() if _has_limit(operation) else ():
                response["headers"] = {**response.get("headers", {}), **references}


def _has_limit(operation: dict[str, Any]) -> bool:
    return "429" in operation["responses"]
