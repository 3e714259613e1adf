"""Work offered at a rate, and the highest rate that is borne: the knee.

The rate is kept however late answers come, as users do who know nothing of each other: what waits
for an overloaded service therefore counts as waiting.
"""

import asyncio
import statistics
import time
from collections.abc import Awaitable, Callable, Iterable
from typing import NamedTuple

#: A rate is borne while so much of it is done, and the slowest hundredth is not slower than this
#: many times that of the lowest rate, or than a quarter of a second.
DONE = 0.95
SLOWER = 5.0
SLOW = 0.25

#: How often the gap between a rate that is borne and one that is not is halved.
HALVINGS = 2


class Work(NamedTuple):
    """One piece of it: when it was wanted, and when it was done, in seconds of any clock."""

    began: float
    ended: float


class Step(NamedTuple):
    """What came of one offered rate: per second, and seconds.

    `cores` is how many the service had, `others` all else of the trial together, `calls_p99` how
    long the slowest hundredth of calls to the stand-ins took.
    """

    offered: float
    done: float
    p50: float
    p99: float
    cores: float = 0.0
    others: float = 0.0
    calls_p99: float = 0.0


async def offer(
    rate: float,
    seconds: float,
    work: Callable[[], Awaitable[object]],
    failures: tuple[type[Exception], ...],
) -> list[Work]:
    """Begin `rate` works a second, however long each takes; without those that failed."""
    done: list[Work] = []

    async def do(wanted: float) -> None:
        try:
            await work()
        except failures:
            return
        done.append(Work(wanted, time.perf_counter()))

    began = time.perf_counter()
    async with asyncio.TaskGroup() as tasks:
        for number in range(int(rate * seconds)):
            wanted = began + number / rate
            await asyncio.sleep(wanted - time.perf_counter())
            tasks.create_task(do(wanted))
    return done


def summarize(offered: float, seconds: float, done: Iterable[Work]) -> Step:
    """Of work that was offered for `seconds`; done at the pace until the last of it was."""
    ordered = list(done)
    if not ordered:
        return Step(offered, 0, float("inf"), float("inf"))
    took = sorted(each.ended - each.began for each in ordered)
    first = min(each.began for each in ordered)
    last = max(each.ended for each in ordered)
    median = statistics.median(took)
    # What was begun last takes its time too, which is not for want of pace.
    span = max(seconds, last - first - median)
    return Step(offered, len(took) / span, median, percentile(took, 0.99))


def percentile(ordered: list[float], share: float) -> float:
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


def is_borne(step: Step, lowest: Step) -> bool:
    return step.done >= DONE * step.offered and step.p99 <= max(SLOW, SLOWER * lowest.p99)


async def climb(measure: Callable[[float], Awaitable[Step]], first: float) -> list[Step]:
    """Rates that double until one is not borne, and then some in between; the lowest first."""
    steps = []

    async def is_good(rate: float) -> bool:
        steps.append(await measure(rate))
        return is_borne(steps[-1], steps[0])

    rate = first
    while await is_good(rate):
        rate *= 2
    good, bad = rate / 2, rate
    for _ in range(HALVINGS if len(steps) > 1 else 0):
        middle = (good + bad) / 2
        if await is_good(middle):
            good = middle
        else:
            bad = middle
    return sorted(steps)


def knee(steps: list[Step]) -> Step:
    """The highest rate that was borne, of steps in rising order; the lowest where none was."""
    return ([step for step in steps if is_borne(step, steps[0])] or steps)[-1]


def slope(samples: list[tuple[float, int]]) -> float:
    """Growth a second, by least squares."""
    if len(samples) < 2:
        return 0.0
    return statistics.linear_regression(*zip(*samples, strict=True)).slope


def busy(spans: Iterable[tuple[float, float]], began: float, ended: float) -> float:
    """Seconds between the two in which at least one of the spans was under way."""
    inside = sorted(
        (max(began, start), min(ended, end))
        for start, end in spans
        if end > began and start < ended
    )
    total, until = 0.0, began
    for start, end in inside:
        total += max(0.0, end - max(start, until))
        until = max(until, end)
    return total
