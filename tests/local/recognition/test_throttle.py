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


def calls_let_through(throttle: Throttle, attempts: int, operation: str = "DetectText") -> int:
    through = 0
    for _ in range(attempts):
        try:
            throttle.check(operation)
        except Throttling:
            continue
        through += 1
    return through


def test_a_second_lets_its_rate_through() -> None:
    clock = Clock()
    throttle = Throttle(5, clock=clock)
    assert calls_let_through(throttle, 20) == 5
    clock.now += 0.4
    assert calls_let_through(throttle, 20) == 2
    clock.now += 3600
    assert calls_let_through(throttle, 20) == 5


def test_rates_below_one_let_one_call_through_now_and_then() -> None:
    clock = Clock()
    throttle = Throttle(0.1, clock=clock)
    assert calls_let_through(throttle, 3) == 1
    clock.now += 9
    assert calls_let_through(throttle, 3) == 0
    clock.now += 1.5
    assert calls_let_through(throttle, 3) == 1


def test_each_operation_has_a_rate_of_its_own() -> None:
    throttle = Throttle(1, clock=Clock())
    assert calls_let_through(throttle, 2, "DetectText") == 1
    assert calls_let_through(throttle, 2, "DetectLabels") == 1


def test_either_of_the_two_errors_can_be_had() -> None:
    throttle = Throttle(1, ProvisionedThroughputExceeded, Clock())
    throttle.check("DetectText")
    with pytest.raises(ProvisionedThroughputExceeded):
        throttle.check("DetectText")


def test_without_a_rate_everything_goes_through() -> None:
    assert calls_let_through(NullThrottle(), 1000) == 1000


def test_lazy_value_is_made_once_whoever_comes() -> None:
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


def test_lazy_value_that_failed_is_tried_again() -> None:
    outcomes: list[ValueError | int] = [ValueError("not yet"), 7]

    def make() -> int:
        outcome = outcomes.pop(0)
        if isinstance(outcome, ValueError):
            raise outcome
        return outcome

    lazy = Lazy(make)
    with pytest.raises(ValueError, match="not yet"):
        lazy.get()
    assert lazy.get() == 7
