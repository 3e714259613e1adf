"""A running Sightline for its clients, and pictures for it."""

import signal
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

import pytest

from e2e.conftest import VISIBILITY, sign_up
from sightline_client import Pool
from sightline_local.connection import Connection
from sightline_local.sample_image import draw_sample
from sightline_local.stack import Stack, consecutive_ports


@pytest.fixture(scope="session", autouse=True)
def _commands_hear_ctrl_c() -> Iterator[None]:
    """What is started in the background does not hear it, nor does what it starts."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    with Stack(consecutive_ports(0), tmp_path_factory.mktemp("stack"), VISIBILITY) as stack:
        stack.start()
        yield stack


@pytest.fixture(scope="session")
def numbers() -> Iterator[int]:
    return count(1)


@pytest.fixture
def card(stack: Stack, numbers: Iterator[int]) -> Connection:
    """Somebody new, with nothing yet."""
    return sign_up(stack, f"person{next(numbers)}@example.com")


@pytest.fixture
def pool(card: Connection) -> Pool:
    return Pool(card.pool_id, card.client_id, card.cognito)


@pytest.fixture
def draw(tmp_path: Path, numbers: Iterator[int]) -> Callable[[str], Path]:
    """Draws another picture each time, as a file of this name."""

    def draw(name: str) -> Path:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(draw_sample(size=(320 + 2 * next(numbers), 240)))
        return path

    return draw


@pytest.fixture
def broken(tmp_path: Path) -> Path:
    """What begins like a picture and is none."""
    path = tmp_path / "broken.png"
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + b"no picture at all" * 100)
    return path
