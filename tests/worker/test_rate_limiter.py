"""The rate limiter, on a simulated clock."""

import pytest

from sightline_worker.rate_limiter import RateLimiter


class SimulatedTime:
    """A clock that only `sleep` and the test advance."""

    def __init__(self) -> None:
        self.now = 1000.0

    def clock(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.now += seconds

    def rate_limiter(self, quota: float) -> RateLimiter:
        return RateLimiter(quota, self.clock, self.sleep)


async def test_a_burst_is_spread_at_the_rate_of_the_quota() -> None:
    time = SimulatedTime()
    limiter = time.rate_limiter(5)
    for _ in range(51):
        await limiter.wait()
    assert time.now == pytest.approx(1010)


async def test_idle_time_accumulates_no_burst() -> None:
    time = SimulatedTime()
    limiter = time.rate_limiter(5)
    await limiter.wait()
    time.now += 100
    for _ in range(6):
        await limiter.wait()
    assert time.now == pytest.approx(1101)


async def test_throttling_halves_the_rate_which_recovers_over_time() -> None:
    time = SimulatedTime()
    limiter = time.rate_limiter(10)
    limiter.slow_down()
    assert limiter.rate == 5
    time.now += 2
    assert limiter.rate == 7
    time.now += 100
    assert limiter.rate == 10


async def test_throttling_within_one_second_halves_the_rate_once() -> None:
    time = SimulatedTime()
    limiter = time.rate_limiter(10)
    for _ in range(5):
        limiter.slow_down()
    assert limiter.rate == 5


async def test_the_rate_does_not_fall_below_a_hundredth_of_the_quota() -> None:
    time = SimulatedTime()
    limiter = time.rate_limiter(10)
    for _ in range(50):
        limiter.slow_down()
        time.now += 1
    assert limiter.rate >= 0.1


async def test_two_limiters_that_share_a_quota_settle_within_it() -> None:
    """Both are throttled whenever their total rate exceeds the quota; they share no state."""
    time = SimulatedTime()
    limiters = [time.rate_limiter(10), time.rate_limiter(10)]
    rates = []
    for _ in range(200):
        time.now += 1
        total = sum(limiter.rate for limiter in limiters)
        rates.append(total)
        if total > 10:
            for limiter in limiters:
                limiter.slow_down()
    assert sum(rates[50:]) / len(rates[50:]) < 11
    assert min(rates[50:]) > 4
