"""The command that migrates the table, on rows that an earlier version wrote."""

import json
from pathlib import Path

import pytest

from ops.test_commands import name_table, run
from sightline.adapters.aws.clients import Clients
from sightline.adapters.dynamo import dynamo_tables
from sightline_ops.__main__ import ExitCode
from sightline_testing.earlier_rows import VERSION_1, load_items, read_earlier_table


async def test_migrate_counts_outdated_items_and_migrates_them(
    clients: Clients, outputs_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Without `--apply` it changes nothing; afterwards, nothing is outdated any more."""
    client, dump = await clients.open("dynamodb"), read_earlier_table(VERSION_1)
    await load_items(client, "earlier", dump.items)
    name_table(outputs_path, "earlier")
    code, out, err = await run(capsys, "--stack", outputs_path, "--json", "migrate")
    assert (code, json.loads(out)) == (
        ExitCode.PROBLEMS_FOUND,
        {"checked": 80, "outdated": 19, "migrated": 0},
    )
    assert "Nothing was changed" in err
    code, out, _ = await run(capsys, "--stack", outputs_path, "migrate", "--apply")
    assert code == ExitCode.OK
    assert out == "Items checked: 80. Of an earlier schema version: 19. Migrated: 19\n"
    steps = [
        each async for each in dynamo_tables(client, "earlier").migration.migrate_all(apply=False)
    ]
    assert steps[-1].outdated == 0


async def test_migrate_has_nothing_to_do_for_a_file(
    outputs_path: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A table in SQLite is migrated when it is opened."""
    name_table(outputs_path, f"sqlite:///{tmp_path / 'table.db'}")
    code, out, _ = await run(capsys, "--stack", outputs_path, "--json", "migrate", "--apply")
    assert (code, json.loads(out)["outdated"]) == (ExitCode.OK, 0)
