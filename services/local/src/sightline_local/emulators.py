"""AWS emulators, each run as a process of its own.

MiniStack is the default of `make run`: it keeps its data between runs, and does not slow down as
queues grow. It has its own virtual environment because it pins other versions of shared
dependencies. moto is in the environment of the services, keeps everything in memory, and serves the
tests.
"""

import os
import subprocess
import sys
from pathlib import Path
from typing import Literal, NamedTuple, get_args

from sightline_local.environment import CREDENTIALS, REGION, Environment
from sightline_local.state_folder import UNCLEAN_FILE

Cloud = Literal["ministack", "moto"]
CLOUDS: tuple[Cloud, ...] = get_args(Cloud)

#: Where `make` installs MiniStack; the environment variable overrides the path.
PYTHON_VARIABLE = "SIGHTLINE_MINISTACK_PYTHON"
PYTHON = Path(".venv-ministack/bin/python")

#: Free disk space below which uploads are rejected, so that what is there can still be saved.
FREE_BYTES = 64 * 2**20


_REINSTALL = "run `rm -r .venv-ministack && make ministack`"


class Emulator(NamedTuple):
    """Command, environment and health path of an AWS emulator."""

    command: list[str]
    environment: Environment
    health: str


class EmulatorMissing(Exception):
    """The emulator is not installed; the message gives the install command."""


def choose_emulator(cloud: Cloud, port: int, state: Path | None = None) -> Emulator:
    """Return the emulator, listening on loopback at `port`. Raises `EmulatorMissing`.

    MiniStack keeps its data in the folder `state`, if one is given. moto keeps none.
    """
    if cloud == "moto":
        command = [sys.executable, "-m", "sightline_local.cloud", "--port", str(port)]
        return Emulator(command, {}, "/moto-api/")
    python = _find_python()
    # By default it listens on all interfaces and opens two more ports.
    environment = {
        "GATEWAY_PORT": str(port),
        "BIND_HOST": "127.0.0.1",
        "IOT_MTLS_ENABLED": "0",
        "SFTP_ENABLED": "0",
        "LOG_LEVEL": "WARNING",
        # It verifies presigned URLs, with the credentials of its own environment.
        **CREDENTIALS,
        # It separates regions, and finds none in a presigned POST.
        "MINISTACK_REGION": REGION,
    }
    module = "ministack"
    if state is not None:
        module = "sightline_local.ministack.server"
        environment.update(_state_environment(state.absolute(), port))
    return Emulator([str(python), "-m", module], environment, "/_ministack/health")


def find_ministack_version() -> str:
    """Return the version of the installed MiniStack. Raises `EmulatorMissing`."""
    code = "from importlib.metadata import version; print(version('ministack'))"
    command = [str(_find_python()), "-c", code]
    completed = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603
    if completed.returncode != 0:
        raise EmulatorMissing(f"MiniStack is not installed in {PYTHON.parts[0]}: {_REINSTALL}")
    return completed.stdout.strip()


def _find_python() -> Path:
    python = Path(os.environ.get(PYTHON_VARIABLE, PYTHON)).absolute()
    if not python.exists():
        raise EmulatorMissing(f"MiniStack is not installed at {python}: run `make ministack`")
    return python


def _state_environment(state: Path, port: int) -> Environment:
    return {
        "SIGHTLINE_CLOUD_PORT": str(port),
        # MiniStack names queues by this port: with another one it would not find them again.
        "GATEWAY_PORT": "4566",
        "STATE_DIR": str(state / "services"),
        "S3_PERSIST": "1",
        "S3_DATA_DIR": str(state / "s3"),
        "SIGHTLINE_UNCLEAN_FILE": str(state / UNCLEAN_FILE),
        "SIGHTLINE_FREE_BYTES": str(FREE_BYTES),
    }
