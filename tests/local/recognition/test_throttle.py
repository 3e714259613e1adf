import itertools
import threading

import pytest

from sightline_local.recognition.errors import ProvisionedThroughputExceeded, Throttling
from sightline_local.recognition.lazy import Lazy
from sightline_local.recognition.throttle import NullThrottle, Throttle


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


def count_allowed(throttle: Throttle, attempts: int, operation: str = "DetectText") -> int:
    allowed = 0
    for _ in range(attempts):
        try:
            throttle.check(operation)
        except Throttling:
            continue
        allowed += 1
    return allowed


def test_the_rate_is_allowed_per_second() -> None:
    clock = Clock()
    throttle = Throttle(5, clock=clock)
    assert count_allowed(throttle, 20) == 5
    clock.now += 0.4
    assert count_allowed(throttle, 20) == 2
    clock.now += 3600
    assert count_allowed(throttle, 20) == 5


def test_a_rate_below_one_allows_occasional_requests() -> None:
    clock = Clock()
    throttle = Throttle(0.1, clock=clock)
    assert count_allowed(throttle, 3) == 1
    clock.now += 9
    assert count_allowed(throttle, 3) == 0
    clock.now += 1.5
    assert count_allowed(throttle, 3) == 1


def test_each_operation_has_its_own_limit() -> None:
    throttle = Throttle(1, clock=Clock())
    assert count_allowed(throttle, 2, "DetectText") == 1
    assert count_allowed(throttle, 2, "DetectLabels") == 1


def test_the_error_is_configurable() -> None:
    throttle = Throttle(1, ProvisionedThroughputExceeded, Clock())
    throttle.check("DetectText")
    with pytest.raises(ProvisionedThroughputExceeded):
        throttle.check("DetectText")


def test_the_null_throttle_allows_everything() -> None:
    assert count_allowed(NullThrottle(), 1000) == 1000


def test_a_lazy_value_is_created_once_by_concurrent_callers() -> None:
    numbers = itertools.count(1)
    start = threading.Barrier(8)
    lazy = Lazy(lambda: next(numbers))
    found: list[int] = []

    def get() -> None:
        start.wait()
        found.append(lazy.get())

    threads = [threading.Thread(target=get) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [1] * 8


def test_a_failed_lazy_value_is_created_again() -> None:
    outcomes: list[ValueError | int] = [ValueError("not yet"), 7]

    def create() -> int:
        outcome = outcomes.pop(0)
        if isinstance(outcome, ValueError):
            raise outcome
        return outcome

    lazy = Lazy(create)
    with pytest.raises(ValueError, match="not yet"):
        lazy.get()
    assert lazy.get() == 7
