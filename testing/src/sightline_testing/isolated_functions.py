"""Functions that tests run in isolated processes; the processes import this module."""

import math
import os
import signal
import time
from pathlib import Path

from sightline.domain.failures import Rejected


def double(number: int, *, plus: int = 0) -> int:
    return 2 * number + plus


def own_pid() -> int:
    return os.getpid()


def hang() -> None:
    time.sleep(3600)


def wait(seconds: float) -> str:
    time.sleep(seconds)
    return "waited"


def compute(seconds: float) -> float:
    """Use so much CPU time, and return how much it was."""
    start = time.process_time()
    while time.process_time() - start < seconds:
        pass
    return time.process_time() - start


def compute_forever() -> None:
    compute(math.inf)


def touch_and_hang(path: str) -> None:
    Path(path).touch()
    hang()


def crash() -> None:
    os.kill(os.getpid(), signal.SIGSEGV)


def crash_once(path: str) -> str:
    marker = Path(path)
    if not marker.exists():
        marker.touch()
        crash()
    return "second"


def reject() -> None:
    raise Rejected("broken_image", "It is broken.")


def allocate(size: int) -> int:
    return len(bytearray(size))


def write_to_stdout_and_stderr() -> int:
    print("x" * 100_000)
    return os.write(2, b"y")
