"""Rate limit per operation."""

import time
from collections.abc import Callable

from sightline_local.recognition.errors import (
    ProvisionedThroughputExceeded,
    ServiceError,
    Throttling,
)

ERRORS_BY_CODE: dict[str, type[ServiceError]] = {
    error.code: error for error in (Throttling, ProvisionedThroughputExceeded)
}


class Throttle:
    """A token bucket per operation, refilled at `rate` per second, with one second of burst."""

    def __init__(
        self,
        rate: float,
        error: type[ServiceError] = Throttling,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._rate = rate
        self._capacity = max(1.0, rate)
        self._error = error
        self._clock = clock
        self._tokens: dict[str, tuple[float, float]] = {}

    def check(self, operation: str) -> None:
        """Take a token. Raises the configured error if there is none."""
        now = self._clock()
        tokens, since = self._tokens.get(operation, (self._capacity, now))
        tokens = min(self._capacity, tokens + (now - since) * self._rate)
        enough = tokens >= 1
        self._tokens[operation] = (tokens - 1 if enough else tokens, now)
        if not enough:
            raise self._error(f"{operation} is limited to {self._rate:g} requests per second.")


class NullThrottle(Throttle):
    """Throttle without a limit."""

    def __init__(self) -> None:
        super().__init__(rate=1)

    def check(self, operation: str) -> None:
        pass
