"""When to retry a request. These are pure decisions: nothing here sleeps or sends."""

import random
from collections.abc import Mapping
from dataclasses import dataclass

#: Statuses of transient errors.
RETRYABLE_STATUSES = frozenset({429, 502, 503, 504})


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """Exponential backoff with jitter; delays in seconds.

    A `Retry-After` is honored. One above `max_delay` ends the attempts: the caller gets the error
    rather than a long wait.
    """

    max_attempts: int = 6
    initial_delay: float = 0.3
    max_delay: float = 20.0

    def delay_after_error(self, attempt: int) -> float | None:
        """Return the seconds to wait after a connection error, None for no further attempt."""
        if attempt >= self.max_attempts:
            return None
        delay = min(self.max_delay, self.initial_delay * 2.0 ** (attempt - 1))
        # Half of the delay is random, so that clients that failed together do not retry together.
        return delay * random.uniform(0.5, 1)  # noqa: S311

    def delay_after_response(
        self, attempt: int, status: int, headers: Mapping[str, str]
    ) -> float | None:
        """Return the seconds to wait after this response, None if it is final."""
        retry_after = _parse_seconds(headers.get("retry-after"))
        # 409 with `Retry-After`: a request with the same idempotency key is still in progress.
        if status not in RETRYABLE_STATUSES and not (status == 409 and retry_after is not None):
            return None
        delay = self.delay_after_error(attempt)
        if delay is None or retry_after is None:
            return delay
        return max(delay, retry_after) if retry_after <= self.max_delay else None


#: A single attempt.
NO_RETRIES = RetryPolicy(max_attempts=1)


def _parse_seconds(value: str | None) -> float | None:
    """Parse a `Retry-After` in seconds. Neither the API nor S3 sends the HTTP-date form."""
    return float(value) if value is not None and value.strip().isdigit() else None
