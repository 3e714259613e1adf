"""A running Sightline for its clients, and image files to upload."""

import signal
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

import pytest

from e2e.conftest import VISIBILITY_SECONDS, sign_up
from sightline_client import Pool
from sightline_local.connection import Connection
from sightline_local.sample_image import draw_sample
from sightline_local.stack import Stack, consecutive_ports


@pytest.fixture(scope="session", autouse=True)
def _restore_sigint() -> Iterator[None]:
    """Handle SIGINT and SIGHUP: a process in the background, or under nohup, ignores them.

    Its children inherit that.
    """
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    hangup = signal.signal(signal.SIGHUP, signal.SIG_DFL)
    yield
    signal.signal(signal.SIGINT, before)
    signal.signal(signal.SIGHUP, hangup)


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    # Drawn images have several computed labels and few tags.
    settings = {"recognition": {"SIGHTLINE_RECOGNITION_TAGS": "false"}}
    folder = tmp_path_factory.mktemp("stack")
    with Stack(consecutive_ports(0), folder, VISIBILITY_SECONDS, settings) as stack:
        stack.start()
        yield stack


@pytest.fixture(scope="session")
def numbers() -> Iterator[int]:
    return count(1)


@pytest.fixture
def connection(stack: Stack, numbers: Iterator[int]) -> Connection:
    """The connection details of a new user without images."""
    return sign_up(stack, f"person{next(numbers)}@example.com")


@pytest.fixture
def pool(connection: Connection) -> Pool:
    return Pool(connection.pool_id, connection.client_id, connection.cognito)


@pytest.fixture
def draw(tmp_path: Path, numbers: Iterator[int]) -> Callable[[str], Path]:
    """A function that writes a different image each time, to a file of the given name."""

    def draw(name: str) -> Path:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(draw_sample(size=(320 + 2 * next(numbers), 240)))
        return path

    return draw


@pytest.fixture
def broken(tmp_path: Path) -> Path:
    """A file with a PNG signature that cannot be decoded."""
    path = tmp_path / "broken.png"
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + b"not an image" * 100)
    return path
