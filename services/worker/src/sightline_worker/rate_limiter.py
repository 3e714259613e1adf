"""Limit the call rate to a quota that several processes share."""

import asyncio
import time
from collections.abc import Awaitable, Callable

#: Seconds until the rate has recovered from 0 to the quota.
RECOVERY_SECONDS = 10

#: Seconds in which any number of throttled calls halves the rate once.
SLOW_DOWN_SECONDS = 1

#: The lowest rate, as a share of the quota.
MIN_RATE_SHARE = 1 / 100


class RateLimiter:
    """Delays calls to a rate that adapts to throttling.

    The rate starts at the quota, in calls per second. A throttled call halves it, at most once per
    second; each second without one raises it by a tenth of the quota. Tasks that share a quota
    converge on their shares without coordination (additive increase, multiplicative decrease).
    """

    def __init__(
        self,
        quota: float,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._quota = quota
        self._rate = quota
        self._clock = clock
        self._sleep = sleep
        self._next_call_at = float("-inf")
        self._slowed_at = clock()

    @property
    def rate(self) -> float:
        """Current rate, in calls per second."""
        regained = (self._clock() - self._slowed_at) * self._quota / RECOVERY_SECONDS
        return min(self._quota, self._rate + regained)

    async def wait(self) -> None:
        """Wait until the next call may start; callers proceed in the order of their calls."""
        now = self._clock()
        call_at = max(now, self._next_call_at)
        self._next_call_at = call_at + 1 / self.rate
        if call_at > now:
            await self._sleep(call_at - now)

    def slow_down(self) -> None:
        """Halve the rate, because the service throttled a call."""
        now = self._clock()
        if now - self._slowed_at < SLOW_DOWN_SECONDS and self._rate < self._quota:
            return
        self._rate = max(self.rate / 2, self._quota * MIN_RATE_SHARE)
        self._slowed_at = now
