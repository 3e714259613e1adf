"""Open-loop load at a fixed rate, and the search for the saturation point of a service.

The rate does not depend on response times, as with independent users: time that a request spends
queued in an overloaded service therefore counts as latency.
"""

import asyncio
import statistics
import time
from collections.abc import Awaitable, Callable, Iterable
from typing import NamedTuple

#: A rate is sustained if at least this share of it is completed, and its p99 latency is at most
#: this multiple of the p99 of the lowest rate, or a quarter of a second if that is more.
MIN_COMPLETED_SHARE = 0.95
MAX_P99_RATIO = 5.0
ACCEPTABLE_P99_SECONDS = 0.25

#: How often the interval between a sustained rate and one that is not is halved.
BISECTION_STEPS = 2


class Span(NamedTuple):
    """Scheduled start and completion of one unit of work, in seconds of any clock."""

    start: float
    end: float


class RateResult(NamedTuple):
    """Measurement at one offered rate: rates per second, latencies in seconds.

    `cores` is the CPU time per second of the service, `other_cores` that of all other processes of
    the test; `emulator_p99` is the p99 latency of calls to the emulators.
    """

    offered: float
    completed: float
    p50: float
    p99: float
    cores: float = 0.0
    other_cores: float = 0.0
    emulator_p99: float = 0.0


async def offer_load(
    rate: float,
    seconds: float,
    work: Callable[[], Awaitable[object]],
    failures: tuple[type[Exception], ...],
) -> list[Span]:
    """Start `work` `rate` times per second, however long it takes; omit calls that fail."""
    completed: list[Span] = []

    async def run(scheduled: float) -> None:
        try:
            await work()
        except failures:
            return
        completed.append(Span(scheduled, time.perf_counter()))

    start = time.perf_counter()
    async with asyncio.TaskGroup() as tasks:
        for number in range(int(rate * seconds)):
            scheduled = start + number / rate
            await asyncio.sleep(scheduled - time.perf_counter())
            tasks.create_task(run(scheduled))
    return completed


def summarize(offered: float, seconds: float, completed: Iterable[Span]) -> RateResult:
    """Summarize work offered for `seconds`; the rate is measured until the last completion."""
    spans = list(completed)
    if not spans:
        return RateResult(offered, 0, float("inf"), float("inf"))
    latencies = sorted(span.end - span.start for span in spans)
    first = min(span.start for span in spans)
    last = max(span.end for span in spans)
    median = statistics.median(latencies)
    # The work started last also takes its normal latency, which does not lower the throughput.
    duration = max(seconds, last - first - median)
    return RateResult(offered, len(latencies) / duration, median, percentile(latencies, 0.99))


def percentile(ordered: list[float], share: float) -> float:
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


def is_sustained(result: RateResult, lowest: RateResult) -> bool:
    max_p99 = max(ACCEPTABLE_P99_SECONDS, MAX_P99_RATIO * lowest.p99)
    return result.completed >= MIN_COMPLETED_SHARE * result.offered and result.p99 <= max_p99


async def measure_rates(
    measure: Callable[[float], Awaitable[RateResult]], first_rate: float
) -> list[RateResult]:
    """Double the rate until it is not sustained, then bisect; return results by rising rate."""
    results: list[RateResult] = []

    async def sustains(rate: float) -> bool:
        results.append(await measure(rate))
        return is_sustained(results[-1], results[0])

    rate = first_rate
    while await sustains(rate):
        rate *= 2
    sustained, saturated = rate / 2, rate
    for _ in range(BISECTION_STEPS if len(results) > 1 else 0):
        middle = (sustained + saturated) / 2
        if await sustains(middle):
            sustained = middle
        else:
            saturated = middle
    return sorted(results)


def find_saturation_point(results: list[RateResult]) -> RateResult:
    """Return the highest sustained rate; the lowest rate if none is sustained.

    `results` are ordered by rising rate.
    """
    sustained = [result for result in results if is_sustained(result, results[0])]
    return (sustained or results)[-1]


def fit_slope(samples: list[tuple[float, int]]) -> float:
    """Return the growth per second, by least squares."""
    if len(samples) < 2:
        return 0.0
    return statistics.linear_regression(*zip(*samples, strict=True)).slope


def measure_overlap(spans: Iterable[tuple[float, float]], start: float, end: float) -> float:
    """Return the seconds between `start` and `end` that at least one span covers."""
    inside = sorted(
        (max(start, span_start), min(end, span_end))
        for span_start, span_end in spans
        if span_end > start and span_start < end
    )
    total, covered_until = 0.0, start
    for span_start, span_end in inside:
        total += max(0.0, span_end - max(span_start, covered_until))
        covered_until = max(covered_until, span_end)
    return total
