"""Run a module that stops when its supervisor is gone: `python tether.py [options] MODULE ...`.

The supervisor holds the write end of a pipe, and this process reads from it. However the
supervisor ends, also by SIGKILL, the kernel closes the write end; the module then gets SIGTERM, and
SIGKILL if it has not stopped in time. A pipe works on every POSIX system, unlike PR_SET_PDEATHSIG.

This file runs in the virtual environments of other programs too. It therefore uses the standard
library only, and makes this package importable after everything that is installed there.
"""

import argparse
import os
import runpy
import signal
import sys
import threading
import time
from pathlib import Path


def tether(
    command: list[str], watch: int, hold: int | None = None, stop_seconds: float = 10.0
) -> list[str]:
    """Return the command that does the same, but stops when the pipe `watch` is closed.

    `command` is `[python, "-m", module, ...]`. The process keeps the descriptor `hold` open while
    it lives. Both descriptors have to be inherited.
    """
    python, option, *module = command
    if option != "-m":
        raise ValueError(f"not a Python module: {command}")
    held = [] if hold is None else ["--hold", str(hold)]
    # Without -P, modules of this folder would hide others of the same name.
    start = [python, "-P", str(Path(__file__).resolve()), "--watch", str(watch)]
    return [*start, *held, "--stop-seconds", str(stop_seconds), *module]


def watch_supervisor(descriptor: int, stop_seconds: float) -> None:
    """Stop this process once the other end of the pipe is closed. Returns at once."""
    thread = threading.Thread(
        target=_stop_at_end, args=(descriptor, stop_seconds), name="tether", daemon=True
    )
    thread.start()


def _stop_at_end(descriptor: int, stop_seconds: float) -> None:
    while os.read(descriptor, 1):
        pass
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(stop_seconds)
    os.kill(os.getpid(), signal.SIGKILL)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--watch", type=int, required=True, help="read end of the pipe")
    parser.add_argument("--hold", type=int, help="descriptor to keep open")
    parser.add_argument("--stop-seconds", type=float, required=True)
    parser.add_argument("module")
    parser.add_argument("arguments", nargs=argparse.REMAINDER)
    arguments = parser.parse_args()
    for descriptor in (arguments.watch, arguments.hold):
        if descriptor is not None:
            # Processes that the module starts must not keep either end open.
            os.set_inheritable(descriptor, False)
    watch_supervisor(arguments.watch, arguments.stop_seconds)
    sys.path.append(str(Path(__file__).resolve().parents[1]))
    sys.argv = [arguments.module, *arguments.arguments]
    runpy.run_module(arguments.module, run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main()
