"""Keeping to a quota that others may be using too."""

import asyncio
import time
from collections.abc import Awaitable, Callable


class RateLimiter:
    """Lets calls through at a rate that gives way when the service says that it is too high.

    The rate begins at the quota (calls per second). Each refusal halves it, at most once in a
    second; each second without one wins back a tenth of the quota. Several tasks that share a
    quota find their shares in this way without knowing of each other.
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
        self._next_at = float("-inf")
        self._changed_at = clock()

    @property
    def rate(self) -> float:
        """Calls per second at this moment."""
        regained = (self._clock() - self._changed_at) * self._quota / 10
        return min(self._quota, self._rate + regained)

    async def wait(self) -> None:
        """Until it is this call's turn; turns are given in the order of asking."""
        now = self._clock()
        turn = max(now, self._next_at)
        self._next_at = turn + 1 / self.rate
        if turn > now:
            await self._sleep(turn - now)

    def slow_down(self) -> None:
        """The service has refused a call for coming too soon."""
        now = self._clock()
        if now - self._changed_at < 1 and self._rate < self._quota:
            return
        self._rate = max(self.rate / 2, self._quota / 100)
        self._changed_at = now
