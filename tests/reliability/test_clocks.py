"""The clock of one process steps, and its monotonic clock does not."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from sightline_reliability.clocks import StepClock, find_clock_library

#: Prints the wall clock, and a monotonic one, in seconds.
READ_CLOCKS = "import time; print(time.time(), time.monotonic())"


@pytest.mark.skipif(find_clock_library() is None, reason="libfaketime is not installed")
@pytest.mark.parametrize("offset", [-3600, 0, 3600])
def test_a_process_has_another_clock(tmp_path: Path, offset: int) -> None:
    library = find_clock_library()
    assert library is not None
    clock = StepClock(library, tmp_path / "clocks" / "worker-0")
    clock.step(offset)
    started, started_monotonic = time.time(), time.monotonic()
    output = subprocess.run(
        [sys.executable, "-c", READ_CLOCKS],
        env={**os.environ, **clock.environment()},
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    wall, monotonic = map(float, output.split())
    # Not later than this process reads its clocks after the other one has ended.
    assert started + offset - 1 <= wall <= time.time() + offset + 1
    assert started_monotonic <= monotonic <= time.monotonic()
