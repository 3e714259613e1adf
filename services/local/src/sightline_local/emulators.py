"""What may answer as AWS on this machine, each as a process of its own.

moto is what is usual. MiniStack's queue does not slow down with its backlog, so it is for load and
for trials with faults; it lives in a virtual environment of its own, since it pins other versions
of what we use.
"""

import os
import sys
from pathlib import Path
from typing import Literal, NamedTuple, get_args

from sightline_local.environment import REGION, Environment

Cloud = Literal["moto", "ministack"]
CLOUDS: tuple[Cloud, ...] = get_args(Cloud)

#: Where `make` installs MiniStack; another place is named by the variable.
PYTHON_VARIABLE = "SIGHTLINE_MINISTACK_PYTHON"
PYTHON = Path(".venv-ministack/bin/python")


class Emulator(NamedTuple):
    """How to start one, what it is told besides, and the path at which it says that it is well."""

    command: list[str]
    environment: Environment
    health: str


class EmulatorMissing(Exception):
    """It is not installed; the message says how to mend that."""


def choose_emulator(cloud: Cloud, port: int) -> Emulator:
    """On loopback at `port`. Raises `EmulatorMissing`."""
    if cloud == "moto":
        command = [sys.executable, "-m", "sightline_local.cloud", "--port", str(port)]
        return Emulator(command, {}, "/moto-api/")
    python = Path(os.environ.get(PYTHON_VARIABLE, PYTHON)).absolute()
    if not python.exists():
        raise EmulatorMissing(f"MiniStack is not at {python}: make ministack")
    # It would otherwise listen on every address, and on two more ports.
    environment = {
        "GATEWAY_PORT": str(port),
        "BIND_HOST": "127.0.0.1",
        "IOT_MTLS_ENABLED": "0",
        "SFTP_ENABLED": "0",
        "LOG_LEVEL": "WARNING",
        # It keeps each region apart, and a form that is posted names none where it looks.
        "MINISTACK_REGION": REGION,
    }
    return Emulator([str(python), "-m", "ministack"], environment, "/_ministack/health")
