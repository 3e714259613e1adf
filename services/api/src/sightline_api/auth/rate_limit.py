"""How many requests an owner may make: a token bucket for each, and the headers that tell of it.

https://datatracker.ietf.org/doc/draft-ietf-httpapi-ratelimit-headers/
"""

import math
import time
from collections import OrderedDict
from collections.abc import Callable
from typing import Any, NamedTuple

#: How many owners are remembered, those that called last; one takes about 0.3 kB. Whoever is
#: forgotten has not called for long, and so would have a full bucket anyway.
REMEMBERED = 10_000

#: What the headers call a bucket.
POLICY = "owner"

_HEADERS = {
    "RateLimit-Policy": {
        "description": "So many requests (`q`) may be made at once, and as many again every `w` "
        "seconds; absent where there is no limit.",
        "schema": {"type": "string"},
        "example": f'"{POLICY}";q=200;w=4',
    },
    "RateLimit": {
        "description": "How many requests are left (`r`), and the seconds until there are all of "
        "them again (`t`).",
        "schema": {"type": "string"},
        "example": f'"{POLICY}";r=199;t=1',
    },
}


class RateLimitState(NamedTuple):
    """What an owner has after a request: `left` more at once, all of them in `full` seconds.

    `wait` is the seconds until the next, where this request was one too many; else 0.
    """

    left: int
    full: int
    wait: int


class OwnerRateLimiter:
    """Lets each owner make `burst` requests at once, and `rate` a second over time."""

    def __init__(
        self, rate: float, burst: int, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._rate = rate
        self._burst = burst
        self._clock = clock
        #: By owner how much was taken of the bucket, and when that was so; the latest last.
        self._taken: OrderedDict[str, tuple[float, float]] = OrderedDict()

    @property
    def policy(self) -> str:
        """The `RateLimit-Policy`."""
        return f'"{POLICY}";q={self._burst};w={math.ceil(self._burst / self._rate)}'

    def take(self, owner: str) -> RateLimitState:
        now = self._clock()
        taken, at = self._taken.pop(owner, (0.0, now))
        taken = max(0.0, taken - (now - at) * self._rate)
        wait = 0.0
        if taken + 1 > self._burst:
            wait = (taken + 1 - self._burst) / self._rate
        else:
            taken += 1
        self._taken[owner] = taken, now
        if len(self._taken) > REMEMBERED:
            self._taken.popitem(last=False)
        full = math.ceil(taken / self._rate)
        return RateLimitState(int(self._burst - taken), full, math.ceil(wait))


def format_header(allowance: RateLimitState) -> str:
    """The `RateLimit` header."""
    return f'"{POLICY}";r={allowance.left};t={allowance.full}'


def describe_headers(document: dict[str, Any]) -> None:
    """Have every answer of every operation that wants a token tell of the headers."""
    document["components"]["headers"] = _HEADERS
    references = {name: {"$ref": f"#/components/headers/{name}"} for name in _HEADERS}
    for path in document["paths"].values():
        for operation in path.values():
            for response in operation["responses"].values() if operation.get("security") else ():
                response["headers"] = {**response.get("headers", {}), **references}
