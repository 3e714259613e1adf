"""One journey with each client, against all of Sightline."""

import runpy
from collections.abc import Awaitable, Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from sightline_local.connection import Connection
from sightline_local.stack import Stack

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
TYPESCRIPT = ROOT / "clients" / "typescript"

pytestmark = pytest.mark.clients

Journey = Callable[..., Awaitable[None] | None]


@pytest.fixture(params=["async", "blocking"])
def journey(request: pytest.FixtureRequest, tmp_path: Path) -> SimpleNamespace:
    """The Python client's, as it is written or as `make clients` would write it."""
    path = HERE / "journey.py"
    if request.param == "blocking":
        mirror = runpy.run_path(str(ROOT / "clients" / "python" / "mirror.py"))["mirror"]
        text = mirror(path.read_text(), path.name).replace("anext(", "next(")
        path = tmp_path / "journey.py"
        path.write_text(text)
    return SimpleNamespace(**runpy.run_path(str(path)))


async def go(step: Journey, *arguments: Any) -> None:
    ended = step(*arguments)
    if ended is not None:
        await ended


async def test_from_sign_in_to_deletion(
    journey: SimpleNamespace, card: Connection, draw: Callable[[str], Path], tmp_path: Path
) -> None:
    folder = tmp_path / "saved"
    folder.mkdir()
    await go(journey.travel, card, draw, folder)


async def test_many_at_once(
    journey: SimpleNamespace, card: Connection, draw: Callable[[str], Path], broken: Path
) -> None:
    await go(journey.upload_many, card, draw, broken)


async def test_failures_are_told_apart(
    journey: SimpleNamespace, card: Connection, draw: Callable[[str], Path], broken: Path
) -> None:
    await go(journey.fail, card, draw, broken)


async def test_an_api_that_goes_away_and_comes_back(
    journey: SimpleNamespace, card: Connection, draw: Callable[[str], Path], stack: Stack
) -> None:
    await go(journey.survive, card, draw, stack)
