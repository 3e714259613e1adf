"""The daily purge of `make run`."""

import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from sightline_local.purge_timer import FIRST_SECONDS, INTERVAL_SECONDS, PurgeTimer


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def log(tmp_path: Path) -> Path:
    return tmp_path / "purge.log"


Start = Callable[[str], PurgeTimer]


@pytest.fixture
def start(clock: Clock, log: Path) -> Iterator[Start]:
    timers: list[PurgeTimer] = []

    def make(script: str) -> PurgeTimer:
        timers.append(PurgeTimer([sys.executable, "-c", script], log, clock))
        return timers[-1]

    yield make
    for timer in timers:
        timer.close()


def wait_for_output(timer: PurgeTimer, log: Path, output: str) -> None:
    deadline = time.monotonic() + 60
    while not log.exists() or log.read_text() != output:
        assert time.monotonic() < deadline, log.read_text()
        timer.start_if_due()
        time.sleep(0.01)


def test_a_purge_runs_once_a_day(start: Start, clock: Clock, log: Path) -> None:
    timer = start("print('purged')")
    timer.start_if_due()
    assert not log.exists()
    clock.now += FIRST_SECONDS
    wait_for_output(timer, log, "purged\n")
    clock.now += INTERVAL_SECONDS
    wait_for_output(timer, log, "purged\n" * 2)


def test_closing_ends_a_purge_that_runs(start: Start, clock: Clock, log: Path) -> None:
    timer = start("import time; print('began', flush=True); time.sleep(3600)")
    clock.now += FIRST_SECONDS
    wait_for_output(timer, log, "began\n")
    clock.now += INTERVAL_SECONDS
    timer.start_if_due()
    assert log.read_text() == "began\n"
    timer.close()
    wait_for_output(timer, log, "began\n")
