"""Run an event loop in simulated time: every wait is skipped, and moves the clock."""

import asyncio
import selectors
import time
from collections.abc import Callable, Coroutine
from typing import Any

import pytest

#: Runs a test in simulated time.
Simulate = Callable[[Coroutine[Any, Any, None]], None]


#: Seconds that pass with each wait, also one of no time. The event loop ends a wait up to the
#: resolution of its clock too early: code that waits for the rest would do so for ever.
TICK = 1e-6


class SimulatedClock(selectors.DefaultSelector):
    """A selector for an event loop that skips every wait, and so moves the time."""

    def __init__(self) -> None:
        super().__init__()
        self.seconds = time.monotonic()

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        assert timeout is not None, "the event loop would wait for ever"
        ready = super().select(0)
        if not ready:
            self.seconds += max(timeout, 0.001) if timeout else TICK
        return ready


def simulate_time(monkeypatch: pytest.MonkeyPatch) -> Simulate:
    """Return a function that runs a test in simulated time, which `time.monotonic` returns."""

    def run(test: Coroutine[Any, Any, None]) -> None:
        clock = SimulatedClock()
        monkeypatch.setattr(time, "monotonic", lambda: clock.seconds)
        with asyncio.Runner(loop_factory=lambda: asyncio.SelectorEventLoop(clock)) as runner:
            runner.run(test)

    return run
