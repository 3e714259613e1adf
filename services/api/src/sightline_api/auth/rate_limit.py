"""Rate limits of owners and of API keys: token buckets, and the headers that report their state.

https://datatracker.ietf.org/doc/draft-ietf-httpapi-ratelimit-headers/
"""

import math
import time
from collections import OrderedDict
from collections.abc import Callable
from typing import Any, NamedTuple

#: Callers whose buckets are kept, the most recent ones; one takes about 0.3 kB. The bucket of a
#: caller who was evicted has had time to fill up, so a new, full one is equivalent.
MAX_BUCKETS = 10_000

#: Names of the policies in the headers.
OWNER_POLICY, API_KEY_POLICY = "owner", "api-key"

_HEADERS = {
    "RateLimit-Policy": {
        "description": "The rate limit: `q` requests at once, and as many again every `w` seconds. "
        "Absent if there is no limit.",
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
        now = self._clock()
        taken, at = self._taken.pop(caller, (0.0, now))
        taken = max(0.0, taken - (now - at) * self._rate)
        retry_seconds = 0.0
        if taken + 1 > self._burst:
            retry_seconds = (taken + 1 - self._burst) / self._rate
        else:
            taken += 1
        self._taken[caller] = taken, now
        if len(self._taken) > MAX_BUCKETS:
            self._taken.popitem(last=False)
        return RateLimitState(
            remaining=int(self._burst - taken),
            reset_seconds=math.ceil(taken / self._rate),
            retry_seconds=math.ceil(retry_seconds),
        )

    def format_header(self, state: RateLimitState) -> str:
        """Format the value of the `RateLimit` header."""
        return f'"{self._name}";r={state.remaining};t={state.reset_seconds}'


def describe_headers(document: dict[str, Any]) -> None:
    """Add the headers to every response of the operations that require a credential."""
    document["components"].setdefault("headers", {}).update(_HEADERS)
    references = {name: {"$ref": f"#/components/headers/{name}"} for name in _HEADERS}
    for path in document["paths"].values():
        for operation in path.values():
            for response in operation["responses"].values() if operation.get("security") else ():
                response["headers"] = {**response.get("headers", {}), **references}
