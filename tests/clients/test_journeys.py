"""User journeys with the Python clients, against a running Sightline."""

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

pytestmark = pytest.mark.clients

Journey = Callable[..., Awaitable[None] | None]


@pytest.fixture(params=["async", "blocking"])
def journey(request: pytest.FixtureRequest, tmp_path: Path) -> SimpleNamespace:
    """The journeys for the asyncio client, or converted for the blocking client."""
    path = HERE / "journey.py"
    if request.param == "blocking":
        mirror = runpy.run_path(str(ROOT / "clients" / "python" / "mirror.py"))["mirror"]
        text = mirror(path.read_text(), path.name).replace("anext(", "next(")
        path = tmp_path / "journey.py"
        path.write_text(text)
    return SimpleNamespace(**runpy.run_path(str(path)))


async def run(step: Journey, *arguments: Any) -> None:
    pending = step(*arguments)
    if pending is not None:
        await pending


async def test_client_covers_sign_in_to_deletion(
    journey: SimpleNamespace, connection: Connection, draw: Callable[[str], Path], tmp_path: Path
) -> None:
    folder = tmp_path / "saved"
    folder.mkdir()
    await run(journey.use_every_resource, connection, draw, folder)


async def test_client_uses_an_api_key(
    journey: SimpleNamespace, connection: Connection, draw: Callable[[str], Path]
) -> None:
    await run(journey.use_an_api_key, connection, draw)


async def test_client_shares_an_image(
    journey: SimpleNamespace, connection: Connection, draw: Callable[[str], Path]
) -> None:
    await run(journey.share_an_image, connection, draw)


async def test_client_uploads_a_batch(
    journey: SimpleNamespace, connection: Connection, draw: Callable[[str], Path], broken: Path
) -> None:
    await run(journey.upload_many, connection, draw, broken)


async def test_client_raises_a_specific_error_for_each_failure(
    journey: SimpleNamespace, connection: Connection, draw: Callable[[str], Path], broken: Path
) -> None:
    await run(journey.handle_failures, connection, draw, broken)


async def test_client_survives_an_outage_of_the_api(
    journey: SimpleNamespace, connection: Connection, draw: Callable[[str], Path], stack: Stack
) -> None:
    await run(journey.survive_an_outage, connection, draw, stack)
