"""Restoring the table as a new one, and replaying uploads that the restored table lacks."""

from datetime import timedelta
from pathlib import Path

import pytest

from ops.conftest import Drain, UploadImage
from ops.test_commands import name_table, run
from sightline.adapters.aws.clients import Clients
from sightline.consumer.messages import Upload, parse_uploads
from sightline.domain.clock import now
from sightline.domain.object_keys import original_key
from sightline_local.sample_image import draw_sample
from sightline_ops.__main__ import ExitCode
from sightline_ops.replay import UNKNOWN_MEDIA_TYPE, detect_media_type
from sightline_ops.stack import Stack, StackOutputs
from sightline_testing.builders import make_image

#: Before all objects of a test: the emulator rounds their modification time to whole seconds.
EARLIER = timedelta(seconds=2)


async def list_tables(clients: Clients, outputs_path: Path) -> list[str]:
    table = StackOutputs.read(outputs_path).table
    # Other tests leave more tables than one page has.
    pages = (await clients.open("dynamodb")).get_paginator("list_tables").paginate()
    return [name async for page in pages for name in page["TableNames"] if name.startswith(table)]


async def test_restore_without_apply_shows_the_possible_times(
    stack: Stack, outputs_path: Path, clients: Clients, capsys: pytest.CaptureFixture[str]
) -> None:
    code, out, err = await run(capsys, "--stack", outputs_path, "restore", now().isoformat())
    assert code == ExitCode.OK
    assert "can be restored to any second from" in out
    assert "--apply" in err
    assert len(await list_tables(clients, outputs_path)) == 1


@pytest.mark.parametrize("keep", [False, True])
async def test_restore_compares_a_copy_with_the_originals(
    stack: Stack,
    outputs_path: Path,
    upload: UploadImage,
    clients: Clients,
    capsys: pytest.CaptureFixture[str],
    keep: bool,
) -> None:
    """The copy has the rows; an original without a row is reported; the table is unchanged."""
    at = now() - EARLIER
    image = await upload()
    await stack.originals.write(original_key(make_image().key), b"x", "image/jpeg")
    options = ["--apply", *(["--keep"] if keep else [])]
    code, out, _ = await run(capsys, "--stack", outputs_path, "restore", at.isoformat(), *options)
    assert code == ExitCode.OK
    assert "Images: 1. Originals uploaded since: 1." in out
    assert len(await list_tables(clients, outputs_path)) == 1 + keep
    assert await stack.tables.images.get(image.key) == image


async def test_restore_reports_older_originals_without_a_row(
    stack: Stack, outputs_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """They are problems, because no restore explains them."""
    await stack.originals.write(original_key(make_image().key), b"x", "image/jpeg")
    at = (now() + timedelta(seconds=5)).isoformat()
    code, out, _ = await run(capsys, "--stack", outputs_path, "restore", at, "--apply")
    assert code == ExitCode.PROBLEMS_FOUND
    assert "Older originals without a row: 1" in out


async def test_restore_requires_a_table_in_dynamodb(
    stack: Stack, outputs_path: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    name_table(outputs_path, f"sqlite://{tmp_path}/table.db")
    code, _, err = await run(capsys, "--stack", outputs_path, "restore", now().isoformat())
    assert code == ExitCode.INVALID_COMMAND
    assert "only tables in DynamoDB" in err


@pytest.mark.parametrize("time", ["yesterday", "2026-11-26T12:00:00"])
async def test_times_without_a_zone_are_rejected(
    outputs_path: Path, capsys: pytest.CaptureFixture[str], time: str
) -> None:
    code, _, err = await run(capsys, "--stack", outputs_path, "restore", time)
    assert code == ExitCode.INVALID_COMMAND
    assert time in err


async def test_replay_creates_the_row_and_notifies_both_consumers(
    stack: Stack, outputs_path: Path, drain: Drain, capsys: pytest.CaptureFixture[str]
) -> None:
    """Without --apply it only lists; with it, the image is processed like a new upload."""
    since = (now() - EARLIER).isoformat()
    key, body = make_image().key, draw_sample()
    await stack.originals.write(original_key(key), body, "image/jpeg")
    for queue in stack.queues:
        await drain(queue)
    arguments = ("--stack", outputs_path, "replay", "--since", since)
    code, out, err = await run(capsys, *arguments)
    assert code == ExitCode.PROBLEMS_FOUND
    assert original_key(key) in out
    assert "--apply" in err
    assert await stack.tables.inventory.find(key) is None

    code, _, err = await run(capsys, *arguments, "--apply")
    assert code == ExitCode.OK
    assert "Replayed: 1" in err
    image = await stack.tables.images.get(key)
    assert (image.bytes, image.media_type) == (len(body), "image/jpeg")
    for queue in stack.queues:
        (message,) = await drain(queue)
        (parsed,) = parse_uploads(message)
        assert isinstance(parsed, Upload)
        assert parsed.image == key
    assert (await run(capsys, *arguments))[0] == ExitCode.OK


async def test_replay_ignores_older_originals(
    stack: Stack, outputs_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    await stack.originals.write(original_key(make_image().key), b"x", "image/jpeg")
    since = (now() + timedelta(seconds=5)).isoformat()
    code, out, _ = await run(capsys, "--stack", outputs_path, "replay", "--since", since)
    assert (code, out) == (ExitCode.OK, "")


def test_media_types_are_detected_from_the_content() -> None:
    assert detect_media_type(draw_sample()) == "image/jpeg"
    assert detect_media_type(b"no image") == UNKNOWN_MEDIA_TYPE
