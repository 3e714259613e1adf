"""The commands as an operator types them."""

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest

from ops.conftest import drain, uploaded
from sightline.consumer.messages import ReprocessCommand, format_reprocess_command
from sightline.domain.object_keys import ImageKey
from sightline_ops.__main__ import AMISS, AWAY, WELL, WRONG, main
from sightline_ops.dead_letters import list_dead
from sightline_ops.stack import Stack
from sightline_testing.builders import make_image


async def run(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, str, str]:
    """Exit code, stdout and stderr; in a thread, since the command has a loop of its own."""

    def call() -> int:
        try:
            main([str(each) for each in arguments])
        except SystemExit as ended:
            return int(ended.code or 0)
        raise AssertionError("the command did not end")

    code = await asyncio.to_thread(call)
    told = capsys.readouterr()
    return code, told.out, told.err


async def set_aside(stack: Stack, *keys: ImageKey) -> None:
    for key in keys:
        body = format_reprocess_command(key, ReprocessCommand("r", ("recognition",)))
        await stack.sqs.send_message(QueueUrl=stack.places.dead("recognition"), MessageBody=body)


async def test_what_was_set_aside_is_shown_and_stays(
    stack: Stack, outputs: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    keys = [make_image().key for _ in range(12)]
    await set_aside(stack, *keys)
    code, out, _ = await run(capsys, "--stack", outputs, "--json", "dead", "list", "recognition")
    assert code == AMISS
    told: list[dict[str, Any]] = json.loads(out)
    assert sorted(each["images"][0]["image_id"] for each in told) == sorted(
        key.image_id for key in keys
    )
    assert len(await list_dead(stack.sqs, stack.places.dead("recognition"), 100)) == 12
    code, out, _ = await run(capsys, "--stack", outputs, "dead", "list", "renditions")
    assert (code, out) == (WELL, "0 messages are set aside in renditions\n")


async def test_what_was_set_aside_goes_back_only_when_told_to(
    stack: Stack, outputs: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    keys = [make_image().key for _ in range(3)]
    await set_aside(stack, *keys)
    command = ("--stack", outputs, "dead", "redrive", "recognition", "--rate", 1000)
    code, _, err = await run(capsys, *command)
    assert code == AMISS
    assert "nothing was sent" in err
    assert await drain(stack, stack.places.queue("recognition")) == []
    code, _, err = await run(capsys, *command, "--apply")
    assert code == WELL
    assert "3 messages sent back" in err
    assert len(await drain(stack, stack.places.queue("recognition"))) == 3


async def test_what_nobody_can_read_stays_set_aside(
    stack: Stack, outputs: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    await set_aside(stack, make_image().key)
    dead = stack.places.dead("recognition")
    await stack.sqs.send_message(QueueUrl=dead, MessageBody="hello")
    command = ("--stack", outputs, "dead", "redrive", "recognition", "--rate", 1000, "--apply")
    code, _, _ = await run(capsys, *command)
    assert code == AMISS
    assert len(await drain(stack, stack.places.queue("recognition"))) == 1
    code, _, _ = await run(capsys, *command, "--unreadable")
    assert code == WELL
    assert await drain(stack, stack.places.queue("recognition")) == ["hello"]


async def test_an_image_is_explained(
    stack: Stack, outputs: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    image = await uploaded(stack)
    await set_aside(stack, image.key)
    code, out, _ = await run(capsys, "--stack", outputs, "image", *image.key)
    assert "announced" in out
    assert "dead redrive recognition --apply" in out
    await stack.tables.images.begin_deletion(image.key)
    code, out, _ = await run(capsys, "--stack", outputs, "--json", "image", *image.key)
    told = json.loads(out)
    assert (code, told["status"], told["set_aside"]) == (AMISS, "hidden", ["recognition"])
    code, out, _ = await run(capsys, "--stack", outputs, "image", *make_image().key)
    assert code == AMISS
    assert "nothing of this image" in out


async def test_reconciling_reports_first_and_acts_when_told_to(
    stack: Stack, outputs: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    await uploaded(stack)
    command = ("--stack", outputs, "--json", "reconcile", "--older-than", -1)
    code, out, _ = await run(capsys, *command)
    assert code == AMISS
    assert [json.loads(line)["mended"] for line in out.splitlines()] == [False, False]
    assert await drain(stack, stack.places.queue("recognition")) == []
    code, out, err = await run(capsys, *command, "--apply")
    assert code == WELL
    assert [json.loads(line)["mended"] for line in out.splitlines()] == [True, True]
    assert "2 mended" in err
    assert len(await drain(stack, stack.places.queue("recognition"))) == 1


async def test_a_stack_that_is_not_told_of_is_said_in_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, out, err = await run(capsys, "--stack", tmp_path / "none.json", "reconcile")
    assert (code, out) == (WRONG, "")
    assert len(err.splitlines()) == 1
    assert "terraform output -json" in err


@pytest.fixture
def away(outputs: Path) -> Path:
    """The same stack at an address where nobody listens."""
    told = json.loads(outputs.read_text())
    told["endpoint"]["value"] = "http://127.0.0.1:9"
    outputs.write_text(json.dumps(told))
    return outputs


async def test_a_stack_that_is_away_is_said_in_one_line(
    away: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, out, err = await run(capsys, "--stack", away, "reconcile")
    assert (code, out) == (AWAY, "")
    assert "does not answer" in err
    assert "Traceback" not in err


@pytest.mark.parametrize(
    "arguments",
    [
        ["image", "a/b", "x"],
        ["image", "owner", "not-an-id"],
        ["dead", "redrive", "recognition", "--rate", "0"],
        ["dead", "list", "other"],
    ],
)
async def test_nonsense_is_refused_before_anything_is_asked(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    code, _, err = await run(capsys, *arguments)
    assert code == WRONG
    assert "usage:" in err
