"""Selection of the table by its setting."""

from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from sightline.adapters.aws.clients import Clients
from sightline.adapters.dynamo import DynamoEventQueueRegistry, DynamoImageTable
from sightline.adapters.sqlite import SqliteEventQueueRegistry, SqliteImageTable
from sightline.adapters.tables import open_tables, require_table
from sightline.settings import sqlite_path
from sightline_testing.builders import make_image


async def test_a_sqlite_url_opens_a_file(tmp_path: Path, clients: Clients) -> None:
    """The file is shared by all that open it, and keeps what it was given."""
    table = f"sqlite://{tmp_path}/my table.db"
    image = make_image()
    async with AsyncExitStack() as stack:
        tables, registry = await open_tables(table, clients, stack, fast_path=True)
        assert isinstance(tables.images, SqliteImageTable)
        assert isinstance(registry, SqliteEventQueueRegistry)
        await tables.images.create(image)
        other, _ = await open_tables(table, clients, stack)
        assert await other.images.get(image.key) == image
    assert (tmp_path / "my table.db").exists()
    async with AsyncExitStack() as stack:
        tables, _ = await open_tables(table, clients, stack)
        assert await tables.images.get(image.key) == image


@pytest.mark.parametrize("fast_path", [False, True])
async def test_any_other_name_is_that_of_a_dynamodb_table(
    clients: Clients, fast_path: bool
) -> None:
    async with AsyncExitStack() as stack:
        tables, registry = await open_tables("images", clients, stack, fast_path=fast_path)
    assert isinstance(tables.images, DynamoImageTable)
    assert isinstance(registry, DynamoEventQueueRegistry)


def test_the_path_is_taken_literally() -> None:
    assert sqlite_path("sqlite:///with space/100%.db") == Path("/with space/100%.db")
    assert sqlite_path("sqlite.images") is None


@pytest.mark.parametrize("table", ["sqlite://table.db", "sqlite://"])
def test_a_relative_path_is_rejected(table: str) -> None:
    with pytest.raises(ValueError, match="use three slashes"):
        sqlite_path(table)


def test_a_file_that_cannot_be_used_ends_the_service_with_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "missing" / "table.db"
    with pytest.raises(SystemExit) as caught:
        require_table(f"sqlite://{path}")
    assert caught.value.code == 2
    assert capsys.readouterr().err == (
        f"Cannot create the table {path}: No such file or directory.\n"
    )


def test_a_usable_file_is_created_before_the_service_starts(tmp_path: Path) -> None:
    require_table(f"sqlite://{tmp_path}/table.db")
    require_table("images")
    assert (tmp_path / "table.db").exists()
