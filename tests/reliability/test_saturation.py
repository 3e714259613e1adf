"""Load generation and statistics of `make load`."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from sightline_reliability.saturation import (
    RateResult,
    Span,
    find_saturation_point,
    fit_slope,
    is_sustained,
    measure_overlap,
    measure_rates,
    offer_load,
    summarize,
)


def service_with(capacity: float) -> Callable[[float], Awaitable[RateResult]]:
    """Simulate a service that completes `capacity` per second, with high latency beyond it."""

    async def measure(rate: float) -> RateResult:
        overloaded = rate > capacity
        return RateResult(rate, min(rate, capacity), 0.1, 2.0 if overloaded else 0.2)

    return measure


@pytest.mark.parametrize(("capacity", "expected"), [(45, 40), (63, 56), (33, 32), (64, 64), (2, 2)])
async def test_saturation_point_is_within_an_eighth_of_the_capacity(
    capacity: float, expected: float
) -> None:
    results = await measure_rates(service_with(capacity), 2)
    assert find_saturation_point(results).offered == expected
    assert results == sorted(results)
    assert max(result.offered for result in results) > capacity


async def test_search_stops_when_the_first_rate_is_not_completed() -> None:
    results = await measure_rates(service_with(1), 2)
    assert [result.offered for result in results] == [2]
    assert find_saturation_point(results) == results[0]


def test_rate_is_sustained_within_the_throughput_and_latency_limits() -> None:
    lowest = RateResult(1, 1, 0.02, 0.1)
    assert is_sustained(RateResult(10, 9.6, 0.1, 0.5), lowest)
    assert not is_sustained(RateResult(10, 9.4, 0.1, 0.5), lowest)
    assert not is_sustained(RateResult(10, 10, 0.1, 0.51), lowest)
    # A latency below a quarter of a second is no sign of overload.
    assert is_sustained(RateResult(10, 10, 0.1, 0.2), lowest._replace(p99=0.01))


def test_late_completions_lower_the_measured_rate() -> None:
    """Offers 100 in 10 s: each takes 0.5 s, or the last ends only after 20 s."""
    prompt = [Span(n / 10, n / 10 + 0.5) for n in range(100)]
    assert summarize(10, 10, prompt).completed == pytest.approx(10)
    assert summarize(10, 10, prompt).p50 == pytest.approx(0.5)
    late = [Span(n / 10, n / 5 + 0.5) for n in range(100)]
    assert summarize(10, 10, late).completed < 7.5
    assert summarize(10, 10, []).completed == 0


async def test_offered_rate_does_not_depend_on_response_times() -> None:
    started = 0
    released = asyncio.Event()

    async def wait() -> None:
        nonlocal started
        started += 1
        if started == 20:
            released.set()
        if started == 3:
            raise ConnectionError
        await released.wait()

    completed = await offer_load(200, 0.1, wait, (ConnectionError,))
    assert started == 20
    assert len(completed) == 19


def test_overlapping_spans_count_once() -> None:
    spans = [(1, 2), (1.5, 3), (5, 6), (9, 11), (-1, 0.5)]
    assert measure_overlap(spans, 0, 10) == pytest.approx(4.5)
    assert measure_overlap([], 0, 10) == 0


def test_slope_is_per_second() -> None:
    assert fit_slope([(0.0, 100), (1.0, 103), (2.0, 106)]) == pytest.approx(3)
    assert fit_slope([(0.0, 100)]) == 0
