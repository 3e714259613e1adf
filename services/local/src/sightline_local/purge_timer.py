"""Purge the trash while the stack runs, as the scheduled task does on AWS."""

import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from sightline_local.environment import base_environment

#: Time from the start of the stack to the first purge, and between two of them.
FIRST_SECONDS, INTERVAL_SECONDS = 60.0, 86_400.0

#: Timeout of a purge that is stopped. It may be interrupted at any point.
STOP_SECONDS = 5.0


def purge_command(outputs: Path) -> list[str]:
    """Return the command that purges the trash of the stack that `outputs` describes."""
    return [sys.executable, "-m", "sightline_ops", "--stack", str(outputs), "purge", "--apply"]


class PurgeTimer:
    """Starts the command once a day; its output goes to the file `log`."""

    def __init__(
        self, command: Sequence[str], log: Path, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._command = command
        self._log = log
        self._clock = clock
        self._due_at = clock() + FIRST_SECONDS
        self._process: subprocess.Popen[bytes] | None = None

    def start_if_due(self) -> None:
        """Start a purge if it is due and no other one runs."""
        if self._process is not None and self._process.poll() is not None:
            self._process = None
        if self._process is None and self._clock() >= self._due_at:
            self._due_at = self._clock() + INTERVAL_SECONDS
            with self._log.open("ab") as log:
                self._process = subprocess.Popen(  # noqa: S603 - our own module
                    self._command, env=base_environment(), stdout=log, stderr=log
                )

    def close(self) -> None:
        """Stop the purge that runs, if there is one."""
        if self._process is None:
            return
        self._process.terminate()
        try:
            self._process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process = None
