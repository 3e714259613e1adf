"""AWS emulators, each run as a process of its own.

moto is the default. MiniStack's queue does not slow down as its backlog grows, which suits load
tests and fault injection. It has its own virtual environment because it pins other versions of
shared dependencies.
"""

import os
import sys
from pathlib import Path
from typing import Literal, NamedTuple, get_args

from sightline_local.environment import REGION, Environment

Cloud = Literal["moto", "ministack"]
CLOUDS: tuple[Cloud, ...] = get_args(Cloud)

#: Where `make` installs MiniStack; the environment variable overrides the path.
PYTHON_VARIABLE = "SIGHTLINE_MINISTACK_PYTHON"
PYTHON = Path(".venv-ministack/bin/python")


class Emulator(NamedTuple):
    """Command, environment and health path of an AWS emulator."""

    command: list[str]
    environment: Environment
    health: str


class EmulatorMissing(Exception):
    """The emulator is not installed; the message gives the install command."""


def choose_emulator(cloud: Cloud, port: int) -> Emulator:
    """Return the emulator, listening on loopback at `port`. Raises `EmulatorMissing`."""
    if cloud == "moto":
        command = [sys.executable, "-m", "sightline_local.cloud", "--port", str(port)]
        return Emulator(command, {}, "/moto-api/")
    python = Path(os.environ.get(PYTHON_VARIABLE, PYTHON)).absolute()
    if not python.exists():
        raise EmulatorMissing(f"MiniStack is not installed at {python}: run `make ministack`")
    # By default it listens on all interfaces and opens two more ports.
    environment = {
        "GATEWAY_PORT": str(port),
        "BIND_HOST": "127.0.0.1",
        "IOT_MTLS_ENABLED": "0",
        "SFTP_ENABLED": "0",
        "LOG_LEVEL": "WARNING",
        # It separates regions, and finds none in a presigned POST.
        "MINISTACK_REGION": REGION,
    }
    return Emulator([str(python), "-m", "ministack"], environment, "/_ministack/health")
