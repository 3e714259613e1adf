"""Processes that stop when their supervisor is gone."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from sightline_local.tether import tether

#: Reports SIGTERM, and that it runs.
MODULE = """
import signal, sys, threading
def stop(*_):
    print("stopped", flush=True)
    sys.exit(7)
signal.signal(signal.SIGTERM, stop)
print("running", *sys.argv[1:], flush=True)
threading.Event().wait()
"""

STUBBORN = MODULE.replace("sys.exit(7)", "pass")


def start(
    folder: Path, code: str, watch: int, hold: int | None = None, stop_seconds: float = 30.0
) -> subprocess.Popen[str]:
    (folder / "program.py").write_text(code)
    command = tether([sys.executable, "-m", "program", "--option", "x"], watch, hold, stop_seconds)
    process = subprocess.Popen(
        command,
        pass_fds=[each for each in (watch, hold) if each is not None],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(folder)},
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "running --option x\n"
    return process


def test_the_module_gets_sigterm_when_the_pipe_is_closed(tmp_path: Path) -> None:
    read_end, write_end = os.pipe()
    process = start(tmp_path, MODULE, read_end)
    os.close(read_end)
    os.close(write_end)
    assert process.communicate(timeout=60)[0] == "stopped\n"
    assert process.returncode == 7


def test_a_module_that_does_not_stop_is_killed(tmp_path: Path) -> None:
    read_end, write_end = os.pipe()
    process = start(tmp_path, STUBBORN, read_end, stop_seconds=0.1)
    os.close(read_end)
    os.close(write_end)
    assert process.wait(60) == -signal.SIGKILL
    process.communicate()


def test_the_emulator_outlives_what_uses_it(tmp_path: Path) -> None:
    """A service holds the pipe of the emulator; SIGKILL of the service closes it."""
    services, emulator = os.pipe(), os.pipe()
    service = start(tmp_path, MODULE, services[0], hold=emulator[1])
    os.close(emulator[1])
    os.set_blocking(emulator[0], False)
    with pytest.raises(BlockingIOError):
        os.read(emulator[0], 1)
    os.set_blocking(emulator[0], True)
    service.kill()
    service.communicate()
    assert os.read(emulator[0], 1) == b""
    for descriptor in (*services, emulator[0]):
        os.close(descriptor)


def test_only_modules_can_be_tethered() -> None:
    with pytest.raises(ValueError, match="not a Python module"):
        tether(["sleep", "1"], 0)
