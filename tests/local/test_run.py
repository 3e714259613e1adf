"""`make run` from the outside: its output, its shutdown and its errors."""

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from sightline_local.connection import Connection
from sightline_local.errors import StackError
from sightline_local.recognition.model_catalog import Task, find_model
from sightline_local.recognition.settings import MODELS_FOLDER

ROOT = Path(__file__).parents[2]

#: Time limit for a stack to start, and for it to stop.
TIMEOUT_SECONDS = 60


@contextmanager
def running(folder: Path, *arguments: str) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-m", "sightline_local", "--folder", str(folder), "run", *arguments]
    process = subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env={**os.environ, "COLUMNS": "300"},
    )
    # A stack that hangs must not block a test that reads its output.
    watchdog = threading.Timer(2 * TIMEOUT_SECONDS, process.kill)
    watchdog.start()
    try:
        yield process
    finally:
        watchdog.cancel()
        process.send_signal(signal.SIGTERM)
        process.wait(TIMEOUT_SECONDS)
        assert process.stdout is not None
        process.stdout.close()


def wait_until_running(process: subprocess.Popen[str]) -> str:
    """Return the output up to the line that reports that the stack runs."""
    assert process.stdout is not None
    output = ""
    for line in process.stdout:
        output += line
        if "Sightline is running" in line:
            return output
    raise AssertionError(f"the stack did not start: {output}")


def finish(process: subprocess.Popen[str]) -> str:
    """Return the rest of the output and wait until the process has exited."""
    assert process.stdout is not None
    output = process.stdout.read()
    process.wait(TIMEOUT_SECONDS)
    return output


def children(process: subprocess.Popen[str]) -> list[int]:
    return child_pids(process.pid)


def child_pids(pid: int) -> list[int]:
    return [int(each) for each in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def check_waterfall_of_demo(folder: Path) -> None:
    command = [sys.executable, "-m", "sightline_local", "--folder", str(folder), "demo"]
    demo = subprocess.run(command, capture_output=True, text=True, check=True, cwd=folder)
    services = [line.split("  ")[0] for line in demo.stdout.splitlines() if line.endswith("|")]
    assert {"sightline-api", "sightline-worker", "sightline-resizer"} <= set(services)


def test_run_stops_on_ctrl_c_and_leaves_nothing_behind(tmp_path: Path) -> None:
    with running(tmp_path, "--port", "0", "--cloud", "moto", "--traces") as process:
        started = wait_until_running(process)
        connection = Connection.read(tmp_path)
        assert connection.traces is not None
        assert "<h1>Traces</h1>" in httpx.get(connection.traces).text
        assert httpx.get(f"{connection.api}/docs").is_success
        command = [sys.executable, "-m", "sightline_local", "--folder", str(tmp_path), "token"]
        token = subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()
        headers = {"Authorization": f"Bearer {token}"}
        assert httpx.get(f"{connection.api}/v1/images", headers=headers).json()["items"] == []
        check_waterfall_of_demo(tmp_path)
        pids = children(process)
        process.send_signal(signal.SIGINT)
        output = started + finish(process)
    assert process.returncode == 0
    # One more if the web application has been built.
    assert len(pids) == (8 if connection.web else 7)
    assert connection.traces in output
    assert (connection.web or "not built, see above") in output
    assert not any(map(is_alive, pids))
    assert connection.api in output
    assert f"{connection.api}/docs" in output
    assert connection.email in output
    assert connection.password in output
    offered = find_model(Task.OBJECTS, MODELS_FOLDER) is None
    assert ("make run MODELS=best" in output) == offered
    assert output.rstrip().endswith("All processes have stopped.")
    with pytest.raises(StackError, match="make run"):
        Connection.read(tmp_path)


#: The leader of a session that waits for its child and survives a hang-up, as `make` does.
LEADER = """
import fcntl, signal, subprocess, sys, termios
fcntl.ioctl(0, termios.TIOCSCTTY, 0)
signal.signal(signal.SIGHUP, lambda *_: None)
child = subprocess.Popen(sys.argv[2:])
open(sys.argv[1], "w").write(str(child.pid))
sys.exit(child.wait())
"""


def test_run_stops_when_its_terminal_is_closed(tmp_path: Path) -> None:
    """The kernel sends SIGHUP to the leader of the session only, which is `make`."""
    terminal, output = os.openpty()
    pid_file = tmp_path / "pid"
    command = [sys.executable, "-m", "sightline_local", "--folder", str(tmp_path / "folder"), "run"]
    arguments = [*command, "--port", "0", "--cloud", "moto"]
    leader = subprocess.Popen(
        [sys.executable, "-c", LEADER, pid_file, *arguments],
        stdin=output,
        stdout=output,
        stderr=output,
        start_new_session=True,
        env={**os.environ, "COLUMNS": "300"},
    )
    os.close(output)
    watchdog = threading.Timer(2 * TIMEOUT_SECONDS, leader.kill)
    watchdog.start()
    shown = b""
    while b"Press Ctrl-C to stop" not in shown:
        shown += os.read(terminal, 1024)
    pids = child_pids(int(pid_file.read_text()))
    assert len(pids) >= 5
    os.close(terminal)
    assert leader.wait(TIMEOUT_SECONDS) == 0
    watchdog.cancel()
    assert not any(map(is_alive, pids))


def test_run_goes_on_after_a_hang_up_with_nohup(tmp_path: Path) -> None:
    ignore = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with running(tmp_path, "--port", "0", "--cloud", "moto") as process:
            wait_until_running(process)
            (mask,) = re.findall(r"SigIgn:\s(\w+)", Path(f"/proc/{process.pid}/status").read_text())
            assert int(mask, 16) & 1 << (signal.SIGHUP - 1)
    finally:
        signal.signal(signal.SIGHUP, ignore)


def test_run_names_a_service_that_exits(tmp_path: Path) -> None:
    with running(tmp_path, "--port", "0", "--cloud", "moto") as process:
        wait_until_running(process)
        pids = children(process)
        (worker,) = [pid for pid in pids if "sightline_worker" in command_line(pid)]
        os.kill(worker, signal.SIGKILL)
        output = finish(process)
    assert process.returncode == 1
    assert "sightline: worker was killed by SIGKILL: start again with `make run`" in output
    assert str(tmp_path / "logs" / "worker.log") in output
    assert not any(map(is_alive, pids))


def command_line(pid: int) -> str:
    return Path(f"/proc/{pid}/cmdline").read_text()


def test_run_names_a_port_that_is_in_use(tmp_path: Path) -> None:
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        port = server.getsockname()[1]
        with running(tmp_path, "--port", str(port), "--cloud", "moto") as process:
            output = finish(process)
    assert process.returncode == 1
    assert re.search(rf"sightline: port {port}, which api needs, is in use: .*PORT=", output)


def test_demo_reports_that_the_stack_is_not_running(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "sightline_local", "--folder", str(tmp_path), "demo"]
    completed = subprocess.run(command, capture_output=True, text=True, check=False)
    assert completed.returncode == 1
    assert (
        completed.stderr == "sightline: Sightline is not running here: start it with `make run`\n"
    )


def test_make_run_rejects_an_old_python(tmp_path: Path) -> None:
    """A script that reports Python 3.9 replaces the interpreter."""
    python = tmp_path / "python3.9"
    python.write_text('#!/bin/sh\n[ "$1" = -V ] && echo "Python 3.9.2" && exit 0\nexit 1\n')
    python.chmod(0o755)
    shutil.copy(ROOT / "Makefile", tmp_path / "Makefile")
    for name in ("core", "api", "worker", "resizer", "notifier", "local"):
        folder = tmp_path / "services" / name
        folder.mkdir(parents=True)
        shutil.copy(ROOT / "services" / name / "pyproject.toml", folder)
    shutil.copytree(ROOT / "requirements", tmp_path / "requirements")
    completed = subprocess.run(
        ["make", "run", f"PYTHON={python}"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
        env={"PATH": os.environ["PATH"]},
    )
    assert completed.returncode == 2
    assert "is Python 3.9.2, but 3.11 or newer is required: select one" in completed.stdout
