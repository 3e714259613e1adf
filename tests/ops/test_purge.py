"""Purging the trash, with the emulator of the ops tests."""

import json
from datetime import timedelta
from pathlib import Path

import pytest

from ops.conftest import UploadImage
from ops.test_commands import run
from sightline.deletion import ImageTrash
from sightline.domain.albums import Album
from sightline.domain.clock import now
from sightline.domain.ids import new_album_id
from sightline.domain.images import Image
from sightline.domain.object_keys import original_key
from sightline.ports.image_table import ImageNotFound
from sightline.ports.object_store import ObjectNotFound
from sightline_ops.__main__ import ExitCode
from sightline_ops.purge import PurgeKind, Purger, PurgeStep
from sightline_ops.stack import Stack
from sightline_testing.builders import edit_details

MONTH = timedelta(days=30)


async def trash(stack: Stack, image: Image, days: float = 31) -> Image:
    """Move an image to the trash as if that many days ago, and return it."""
    trashed = edit_details(image, trashed_at=now() - timedelta(days=days))
    await stack.tables.images.store(image, trashed)
    return trashed


async def create_album(stack: Stack, image: Image) -> Album:
    album = Album(
        owner=image.owner, album_id=new_album_id(), title="A", created_at=now(), updated_at=now()
    )
    await stack.tables.albums.create(album)
    await stack.tables.albums.add_images(album.key, [image.image_id])
    return album


async def find(stack: Stack) -> list[PurgeStep]:
    return [step async for step in Purger(stack, MONTH).find()]


async def do_all(stack: Stack) -> list[bool]:
    return [await Purger(stack, MONTH).do(step) for step in await find(stack)]


async def test_the_purge_deletes_what_has_been_in_the_trash_for_long_enough(
    stack: Stack, upload: UploadImage
) -> None:
    expired = await trash(stack, await upload())
    kept = await trash(stack, await upload(), days=29)
    visible = await upload()
    (step,) = await find(stack)
    assert (step.kind, step.image.key) == (PurgeKind.EXPIRED, expired.key)
    assert await do_all(stack) == [True]
    assert await find(stack) == []
    with pytest.raises(ImageNotFound):
        await stack.tables.images.get_stored(expired.key)
    with pytest.raises(ObjectNotFound):
        await stack.originals.head(original_key(expired.key))
    for image in (kept, visible):
        await stack.tables.images.get_stored(image.key)
        await stack.originals.head(original_key(image.key))


async def test_the_purge_spares_an_image_that_is_restored_meanwhile(
    stack: Stack, upload: UploadImage
) -> None:
    """Also if it has been moved to the trash once more since."""
    image = await trash(stack, await upload())
    (step,) = await find(stack)
    can = ImageTrash(stack.tables.images, stack.tables.albums)
    await can.restore(image.key)
    assert await Purger(stack, MONTH).do(step) is False
    await can.move(image.key)
    assert await Purger(stack, MONTH).do(step) is False
    restored = await can.restore(image.key)
    assert not restored.is_hidden
    await stack.originals.head(original_key(image.key))


async def test_a_restoration_during_the_purge_fails(stack: Stack, upload: UploadImage) -> None:
    """Once the purge has marked the row, the image is gone for its owner."""
    image = await trash(stack, await upload())
    await stack.tables.images.begin_deletion(image.key, image.details.revision)
    can = ImageTrash(stack.tables.images, stack.tables.albums)
    with pytest.raises(ImageNotFound):
        await can.restore(image.key)


async def test_the_purge_finishes_interrupted_deletions(
    stack: Stack, upload: UploadImage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A deletion of less than an hour ago may be in progress."""
    image = await upload()
    await stack.tables.images.begin_deletion(image.key)
    assert await find(stack) == []
    monkeypatch.setattr("sightline_ops.purge.INTERRUPTED_AFTER", timedelta(hours=-1))
    (step,) = await find(stack)
    assert step.kind is PurgeKind.UNFINISHED_DELETION
    assert await do_all(stack) == [True]
    assert await stack.tables.images.list_ids(image.owner, 10) == []
    assert await Purger(stack, MONTH).do(step) is False


async def test_the_purge_finishes_interrupted_moves_and_restorations(
    stack: Stack, upload: UploadImage
) -> None:
    image = await upload()
    album = await create_album(stack, image)
    trashed = await trash(stack, await stack.tables.images.get(image.key), days=1)
    (step,) = await find(stack)
    assert step.kind is PurgeKind.UNFINISHED_MOVE
    assert await do_all(stack) == [True]
    assert (await stack.tables.albums.get(album.key)).images == 0
    assert await find(stack) == []
    stored = await stack.tables.images.get_stored(trashed.key)
    await stack.tables.images.store(stored, edit_details(stored, trashed_at=None))
    (step,) = await find(stack)
    assert step.kind is PurgeKind.UNFINISHED_RESTORATION
    assert await do_all(stack) == [True]
    assert (await stack.tables.albums.get(album.key)).images == 1
    assert await find(stack) == []


async def test_the_command_counts_purges_and_reports(
    stack: Stack, upload: UploadImage, outputs_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """It is bounded by its limit, and continues when it is run again."""
    images = [await trash(stack, await upload()) for _ in range(2)]
    code, _, err = await run(capsys, "--stack", outputs_path, "purge")
    assert code == ExitCode.PROBLEMS_FOUND
    assert "Steps of the purge: 2. Done: 0\nNothing was changed." in err
    arguments = ("--stack", outputs_path, "--json", "purge", "--apply", "--limit", "1")
    purged = []
    for _ in images:
        code, out, _ = await run(capsys, *arguments)
        assert code == ExitCode.OK
        line = json.loads(out)
        assert (line["kind"], line["done"]) == ("expired", True)
        purged.append(line["image_id"])
    assert sorted(purged) == sorted(image.image_id for image in images)
    code, out, err = await run(capsys, *arguments)
    assert (code, out) == (ExitCode.OK, "")
    assert "Objects and rows checked: 0. Problems: 0" in err
