"""The commands of the operations tool, from arguments to output and exit code."""

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest

from ops.conftest import Drain, Send, UploadImage
from sightline.adapters.sqlite import Database, sqlite_tables
from sightline.consumer.messages import ReprocessCommand, format_reprocess_command
from sightline.domain.object_keys import ImageKey
from sightline_ops.__main__ import ExitCode, main
from sightline_ops.stack import Stack
from sightline_testing.builders import make_image


async def run(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, str, str]:
    """Return exit code, stdout and stderr; in a thread, since a command runs its own event loop."""

    def call() -> int:
        try:
            main([str(each) for each in arguments])
        except SystemExit as ended:
            return int(ended.code or 0)
        raise AssertionError("the command did not exit")

    code = await asyncio.to_thread(call)
    output = capsys.readouterr()
    return code, output.out, output.err


def format_message(key: ImageKey) -> str:
    return format_reprocess_command(key, ReprocessCommand("r", ("recognition",)))


def name_table(outputs_path: Path, table: str) -> None:
    """Let the outputs name another table."""
    outputs = json.loads(outputs_path.read_text())
    outputs["table"]["value"] = table
    outputs_path.write_text(json.dumps(outputs))


async def test_dlq_list_shows_all_messages_and_leaves_them_in_the_queue(
    stack: Stack, outputs_path: Path, send: Send, capsys: pytest.CaptureFixture[str]
) -> None:
    keys = [make_image().key for _ in range(12)]
    await send("recognition_dead", *map(format_message, keys))
    code, out, _ = await run(
        capsys, "--stack", outputs_path, "--json", "dlq", "list", "recognition"
    )
    assert code == ExitCode.PROBLEMS_FOUND
    listed: list[dict[str, Any]] = json.loads(out)
    assert sorted(each["images"][0]["image_id"] for each in listed) == sorted(
        key.image_id for key in keys
    )
    assert len(await stack.dead_letters["recognition"].list_messages(100)) == 12
    code, out, _ = await run(capsys, "--stack", outputs_path, "dlq", "list", "renditions")
    assert (code, out) == (ExitCode.OK, "Messages in the dead-letter queue of renditions: 0\n")


@pytest.mark.usefixtures("stack")
async def test_dlq_list_shows_an_unreadable_message_as_it_is(
    outputs_path: Path, send: Send, capsys: pytest.CaptureFixture[str]
) -> None:
    """A body that looks like console markup is neither interpreted nor an error."""
    await send("recognition_dead", "[/x] [bold]")
    code, out, _ = await run(capsys, "--stack", outputs_path, "dlq", "list", "recognition")
    assert code == ExitCode.PROBLEMS_FOUND
    assert "[/x] [bold]" in out


@pytest.mark.usefixtures("stack")
async def test_dlq_redrive_moves_messages_only_with_apply(
    outputs_path: Path, send: Send, drain: Drain, capsys: pytest.CaptureFixture[str]
) -> None:
    keys = [make_image().key for _ in range(3)]
    await send("recognition_dead", *map(format_message, keys))
    command = ("--stack", outputs_path, "dlq", "redrive", "recognition", "--rate", 1000)
    code, _, err = await run(capsys, *command)
    assert code == ExitCode.PROBLEMS_FOUND
    assert "Nothing was changed" in err
    assert await drain("recognition") == []
    code, _, err = await run(capsys, *command, "--apply")
    assert code == ExitCode.OK
    assert "Redriven to recognition: 3. Left: 0" in err
    assert len(await drain("recognition")) == 3


@pytest.mark.usefixtures("stack")
async def test_dlq_redrive_leaves_unreadable_messages_unless_included(
    outputs_path: Path, send: Send, drain: Drain, capsys: pytest.CaptureFixture[str]
) -> None:
    await send("recognition_dead", format_message(make_image().key), "hello")
    command = ("--stack", outputs_path, "dlq", "redrive", "recognition", "--rate", 1000, "--apply")
    code, _, _ = await run(capsys, *command)
    assert code == ExitCode.PROBLEMS_FOUND
    assert len(await drain("recognition")) == 1
    code, _, _ = await run(capsys, *command, "--include-unreadable")
    assert code == ExitCode.OK
    assert await drain("recognition") == ["hello"]


async def test_image_shows_events_status_and_advice(
    stack: Stack,
    outputs_path: Path,
    upload: UploadImage,
    send: Send,
    capsys: pytest.CaptureFixture[str],
) -> None:
    image = await upload()
    await send("recognition_dead", format_message(image.key))
    code, out, _ = await run(capsys, "--stack", outputs_path, "image", *image.key)
    assert "created" in out
    assert "dlq redrive recognition --apply" in out
    await stack.tables.images.begin_deletion(image.key)
    code, out, _ = await run(capsys, "--stack", outputs_path, "--json", "image", *image.key)
    report = json.loads(out)
    assert code == ExitCode.PROBLEMS_FOUND
    assert (report["status"], report["dead_lettered"]) == ("hidden", ["recognition"])
    code, out, _ = await run(capsys, "--stack", outputs_path, "image", *make_image().key)
    assert code == ExitCode.PROBLEMS_FOUND
    assert "No data exists for this image" in out


async def test_reconcile_repairs_only_with_apply(
    outputs_path: Path, upload: UploadImage, drain: Drain, capsys: pytest.CaptureFixture[str]
) -> None:
    await upload()
    command = ("--stack", outputs_path, "--json", "reconcile", "--older-than", -1)
    code, out, _ = await run(capsys, *command)
    assert code == ExitCode.PROBLEMS_FOUND
    assert [json.loads(line)["repaired"] for line in out.splitlines()] == [False, False]
    assert await drain("recognition") == []
    code, out, err = await run(capsys, *command, "--apply")
    assert code == ExitCode.OK
    assert [json.loads(line)["repaired"] for line in out.splitlines()] == [True, True]
    assert "Repaired: 2" in err
    assert len(await drain("recognition")) == 1


async def test_invalid_outputs_file_is_reported_in_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, out, err = await run(capsys, "--stack", tmp_path / "none.json", "reconcile")
    assert (code, out) == (ExitCode.INVALID_COMMAND, "")
    assert len(err.splitlines()) == 1
    assert "terraform output -json" in err


@pytest.fixture
def unreachable(outputs_path: Path) -> Path:
    """The outputs of the same stack, with an endpoint that accepts no connections."""
    outputs = json.loads(outputs_path.read_text())
    outputs["endpoint"]["value"] = "http://127.0.0.1:9"
    outputs_path.write_text(json.dumps(outputs))
    return outputs_path


@pytest.mark.usefixtures("stack")
async def test_unusable_table_file_is_reported_in_one_line(
    outputs_path: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    name_table(outputs_path, f"sqlite://{tmp_path}/missing/table.db")
    code, _, err = await run(capsys, "--stack", outputs_path, "dlq", "list", "recognition")
    assert code == ExitCode.INVALID_COMMAND
    assert err.startswith("sightline-ops: Cannot create the table")
    assert err.count("\n") == 1


@pytest.mark.usefixtures("stack")
async def test_image_is_found_in_a_sqlite_table(
    outputs_path: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path, image = tmp_path / "table.db", make_image()
    async with Database.open(path) as database:
        await sqlite_tables(database).images.create(image)
    name_table(outputs_path, f"sqlite://{path}")
    _, out, _ = await run(capsys, "--stack", outputs_path, "image", *image.key)
    assert "created" in out


async def test_unreachable_stack_is_reported_without_a_traceback(
    unreachable: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, out, err = await run(capsys, "--stack", unreachable, "reconcile")
    assert (code, out) == (ExitCode.REQUEST_FAILED, "")
    assert "a request to the stack failed" in err
    assert "Traceback" not in err


@pytest.mark.parametrize(
    "arguments",
    [
        ["image", "a/b", "x"],
        ["image", "owner", "not-an-id"],
        ["dlq", "redrive", "recognition", "--rate", "0"],
        ["dlq", "list", "other"],
    ],
)
async def test_invalid_arguments_are_rejected_before_the_stack_is_opened(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    code, _, err = await run(capsys, *arguments)
    assert code == ExitCode.INVALID_COMMAND
    assert "usage:" in err


@pytest.fixture
def outputs_text(outputs_path: Path) -> str:
    return outputs_path.read_text()


async def test_a_task_reads_the_outputs_from_its_environment(
    outputs_text: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SIGHTLINE_STACK_OUTPUTS", outputs_text)
    code, _, err = await run(capsys, "purge", "--apply")
    assert (code, "Steps of the purge: 0" in err) == (ExitCode.OK, True), err
    monkeypatch.setenv("SIGHTLINE_STACK_OUTPUTS", "[]")
    code, _, err = await run(capsys, "purge")
    assert code == ExitCode.INVALID_COMMAND
    assert "SIGHTLINE_STACK_OUTPUTS does not describe a stack" in err


async def test_the_purge_runs_again_after_the_interval(
    outputs_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    waits: list[float] = []

    def wait(seconds: float) -> None:
        waits.append(seconds)
        if len(waits) == 2:
            # A signal ends the command.
            raise SystemExit(143)

    monkeypatch.setattr("sightline_ops.__main__.time.sleep", wait)
    arguments = ("--stack", outputs_path, "purge", "--apply", "--every", "24")
    code, _, err = await run(capsys, *arguments)
    assert (code, waits) == (143, [86_400.0, 86_400.0])
    assert err.count("Steps of the purge: 0") == 2
