"""How many calls a second are let through."""

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
    """Tokens of each operation, refilled at `rate` a second; one second's worth may be saved up."""

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
        """Take a token. Raises the error where there is none."""
        now = self._clock()
        tokens, since = self._tokens.get(operation, (self._capacity, now))
        tokens = min(self._capacity, tokens + (now - since) * self._rate)
        enough = tokens >= 1
        self._tokens[operation] = (tokens - 1 if enough else tokens, now)
        if not enough:
            raise self._error(f"{operation} is limited to {self._rate:g} calls a second here.")


class NullThrottle(Throttle):
    """Lets everything through."""

    def __init__(self) -> None:
        super().__init__(rate=1)

    def check(self, operation: str) -> None:
        pass
