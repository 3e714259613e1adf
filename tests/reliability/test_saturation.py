"""What `make load` makes of its measurements."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from sightline_reliability.saturation import (
    Step,
    Work,
    busy,
    climb,
    is_borne,
    knee,
    offer,
    slope,
    summarize,
)


def station(capacity: float) -> Callable[[float], Awaitable[Step]]:
    """A service that bears this much a second: beyond it all is done, ever later."""

    async def measure(rate: float) -> Step:
        late = rate > capacity
        return Step(rate, min(rate, capacity), 0.1, 2.0 if late else 0.2)

    return measure


@pytest.mark.parametrize(("capacity", "found"), [(45, 40), (63, 56), (33, 32), (64, 64), (2, 2)])
async def test_the_knee_is_found_within_an_eighth(capacity: float, found: float) -> None:
    steps = await climb(station(capacity), 2)
    assert knee(steps).offered == found
    assert steps == sorted(steps)
    assert max(step.offered for step in steps) > capacity


async def test_a_first_rate_that_is_too_high_by_its_pace_is_the_only_one() -> None:
    steps = await climb(station(1), 2)
    assert [step.offered for step in steps] == [2]
    assert knee(steps) == steps[0]


def test_a_rate_is_borne_if_done_in_time() -> None:
    lowest = Step(1, 1, 0.02, 0.1)
    assert is_borne(Step(10, 9.6, 0.1, 0.5), lowest)
    assert not is_borne(Step(10, 9.4, 0.1, 0.5), lowest)
    assert not is_borne(Step(10, 10, 0.1, 0.51), lowest)
    # What nobody notices is no sign of overload.
    assert is_borne(Step(10, 10, 0.1, 0.2), lowest._replace(p99=0.01))


def test_what_is_done_later_counts_as_a_slower_pace() -> None:
    """100 offered in 10 s, each done 0.5 s after it was wanted; or the last only after 20 s."""
    prompt = [Work(n / 10, n / 10 + 0.5) for n in range(100)]
    assert summarize(10, 10, prompt).done == pytest.approx(10)
    assert summarize(10, 10, prompt).p50 == pytest.approx(0.5)
    late = [Work(n / 10, n / 5 + 0.5) for n in range(100)]
    assert summarize(10, 10, late).done < 7.5
    assert summarize(10, 10, []).done == 0


async def test_the_rate_is_kept_while_answers_are_late() -> None:
    begun = 0
    let_go = asyncio.Event()

    async def wait() -> None:
        nonlocal begun
        begun += 1
        if begun == 20:
            let_go.set()
        if begun == 3:
            raise ConnectionError
        await let_go.wait()

    done = await offer(200, 0.1, wait, (ConnectionError,))
    assert begun == 20
    assert len(done) == 19


def test_overlapping_calls_are_waited_for_once() -> None:
    assert busy([(1, 2), (1.5, 3), (5, 6), (9, 11), (-1, 0.5)], 0, 10) == pytest.approx(4.5)
    assert busy([], 0, 10) == 0


def test_the_slope_is_per_second() -> None:
    assert slope([(0.0, 100), (1.0, 103), (2.0, 106)]) == pytest.approx(3)
    assert slope([(0.0, 100)]) == 0
