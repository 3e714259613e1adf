"""Keeping to a quota, with a clock of the test's own."""

import pytest

from sightline_worker.rate_limiter import RateLimiter


class Time:
    """A clock that goes on when somebody sleeps."""

    def __init__(self) -> None:
        self.now = 1000.0

    def clock(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.now += seconds

    def pacer(self, quota: float) -> RateLimiter:
        return RateLimiter(quota, self.clock, self.sleep)


async def test_a_burst_takes_the_quotas_time() -> None:
    time = Time()
    pacer = time.pacer(5)
    for _ in range(51):
        await pacer.wait()
    assert time.now == pytest.approx(1010)


async def test_unused_turns_are_not_saved_up() -> None:
    time = Time()
    pacer = time.pacer(5)
    await pacer.wait()
    time.now += 100
    for _ in range(6):
        await pacer.wait()
    assert time.now == pytest.approx(1101)


async def test_a_refusal_halves_the_rate_and_time_wins_it_back() -> None:
    time = Time()
    pacer = time.pacer(10)
    pacer.slow_down()
    assert pacer.rate == 5
    time.now += 2
    assert pacer.rate == 7
    time.now += 100
    assert pacer.rate == 10


async def test_refusals_of_one_moment_count_once() -> None:
    time = Time()
    pacer = time.pacer(10)
    for _ in range(5):
        pacer.slow_down()
    assert pacer.rate == 5


async def test_the_rate_never_comes_to_nothing() -> None:
    time = Time()
    pacer = time.pacer(10)
    for _ in range(50):
        pacer.slow_down()
        time.now += 1
    assert pacer.rate >= 0.1


async def test_two_that_share_a_quota_settle_within_it() -> None:
    """Each is refused whenever both together are too fast, and neither knows of the other."""
    time = Time()
    pacers = [time.pacer(10), time.pacer(10)]
    rates = []
    for _ in range(200):
        time.now += 1
        total = sum(pacer.rate for pacer in pacers)
        rates.append(total)
        if total > 10:
            for pacer in pacers:
                pacer.slow_down()
    assert sum(rates[50:]) / len(rates[50:]) < 11
    assert min(rates[50:]) > 4
