"""Finding and repairing inconsistencies between S3 and the table."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from ops.conftest import Drain, UploadImage
from sightline.consumer.messages import Upload, parse_uploads
from sightline.domain.albums import Album, AlbumKey
from sightline.domain.clock import now
from sightline.domain.ids import new_album_id
from sightline.domain.images import Image
from sightline.domain.object_keys import ImageKey, original_key, rendition_key
from sightline.ports.image_table import ImageNotFound
from sightline.ports.object_store import ObjectNotFound
from sightline_ops.reconcile import Finding, FindingKind, Reconciler
from sightline_ops.stack import Stack
from sightline_testing.builders import (
    edit_details,
    make_image,
    make_recognition,
    make_rendition_set,
    with_hash,
    with_recognition,
)

#: Negative, because the emulator rounds the modification time of objects to whole seconds.
NO_MINIMUM_AGE = timedelta(seconds=-2)


async def find(stack: Stack, age: timedelta = NO_MINIMUM_AGE) -> list[Finding]:
    return [finding async for finding in Reconciler(stack, age).find()]


async def repair(stack: Stack, finding: Finding) -> bool:
    return await Reconciler(stack, NO_MINIMUM_AGE).repair(finding)


async def process(stack: Stack, image: Image) -> Image:
    """Store the results of both parts."""
    done = image
    for name, result in (("recognition", make_recognition("Dog")), ("renditions", None)):
        started = done.with_part(name, done.part(name).begin("etag"))  # type: ignore[arg-type]
        await stack.tables.images.store(done, started)
        part = started.part(name)  # type: ignore[arg-type]
        done = started.with_part(name, part.succeed(result))  # type: ignore[arg-type]
        await stack.tables.images.store(started, done)
    return done


async def test_processed_images_and_pending_uploads_are_no_findings(
    stack: Stack, upload: UploadImage
) -> None:
    await process(stack, await upload())
    await stack.tables.images.create(make_image())
    assert await find(stack) == []


async def test_find_ignores_what_is_younger_than_the_minimum_age(
    stack: Stack, upload: UploadImage
) -> None:
    image = await upload()
    await stack.tables.images.begin_deletion(image.key)
    await stack.originals.write(original_key(make_image().key), b"x", "image/jpeg")
    assert await find(stack, timedelta(hours=1)) == []


@pytest.mark.parametrize(
    ("kind", "object_key"),
    [
        (FindingKind.ORPHANED_ORIGINAL, original_key),
        (FindingKind.ORPHANED_RENDITION, lambda key: rendition_key(key, "thumb", "webp")),
    ],
)
async def test_repair_deletes_objects_without_a_row(
    stack: Stack, upload: UploadImage, kind: FindingKind, object_key: Callable[[ImageKey], str]
) -> None:
    existing, deleted = await upload(), make_image()
    store = stack.originals if kind is FindingKind.ORPHANED_ORIGINAL else stack.renditions
    for key in (existing.key, deleted.key):
        await store.write(object_key(key), b"x", "image/webp")
    (finding,) = [each for each in await find(stack) if each.kind is kind]
    assert finding == Finding(kind, deleted.key, object_key(deleted.key))
    assert await repair(stack, finding)
    with pytest.raises(ObjectNotFound):
        await store.head(object_key(deleted.key))
    await store.head(object_key(existing.key))


async def test_repair_keeps_an_object_whose_row_was_created_meanwhile(stack: Stack) -> None:
    image = make_image()
    key = original_key(image.key)
    await stack.originals.write(key, b"x", "image/jpeg")
    (finding,) = await find(stack)
    await stack.tables.images.create(image)
    assert not await repair(stack, finding)
    await stack.originals.head(key)


async def test_repair_finishes_an_interrupted_deletion(stack: Stack, upload: UploadImage) -> None:
    image = await process(stack, await upload())
    at = now()
    album = Album(
        owner=image.owner, album_id=new_album_id(), title="Summer", created_at=at, updated_at=at
    )
    await stack.tables.albums.create(album)
    await stack.tables.albums.add_images(album.key, [image.image_id])
    await stack.tables.images.begin_deletion(image.key)
    (finding,) = await find(stack)
    assert finding.kind is FindingKind.UNFINISHED_DELETION
    assert await repair(stack, finding)
    with pytest.raises(ImageNotFound):
        await stack.tables.images.begin_deletion(image.key)
    with pytest.raises(ObjectNotFound):
        await stack.originals.head(original_key(image.key))
    assert (await stack.tables.albums.get(AlbumKey(image.owner, album.album_id))).images == 0
    assert await stack.tables.index.count_labels(image.owner, 10) == []
    assert not await repair(stack, finding)


async def test_repair_sends_a_lost_upload_message_again(
    stack: Stack, upload: UploadImage, drain: Drain
) -> None:
    image = await upload()
    findings = await find(stack)
    assert {each.detail for each in findings} == {"recognition", "renditions"}
    assert {each.kind for each in findings} == {FindingKind.STALLED}
    for finding in findings:
        assert await repair(stack, finding)
        (body,) = await drain(finding.detail)
        assert parse_uploads(body) == [Upload(image.key)]


async def test_repair_sends_no_message_for_a_part_that_finished_meanwhile(
    stack: Stack, upload: UploadImage, drain: Drain
) -> None:
    image = await upload()
    finding = Finding(FindingKind.STALLED, image.key, "recognition")
    started = image.with_part("recognition", image.recognition.begin("etag"))
    await stack.tables.images.store(image, started)
    done = started.with_part("recognition", started.recognition.succeed(make_recognition("Dog")))
    await stack.tables.images.store(started, done)
    assert not await repair(stack, finding)
    assert await drain("recognition") == []


async def test_a_lost_original_is_reported_and_cannot_be_repaired(
    stack: Stack, upload: UploadImage
) -> None:
    image = await process(stack, await upload())
    await stack.originals.delete(original_key(image.key))
    (finding,) = await find(stack)
    assert finding.kind is FindingKind.LOST_ORIGINAL
    assert not finding.is_repairable
    assert not await repair(stack, finding)


async def test_find_ignores_objects_that_belong_to_no_image(stack: Stack) -> None:
    await stack.originals.write("originals/readme.txt", b"x", "text/plain")
    assert await find(stack) == []


async def test_repair_has_lost_renditions_created_again(
    stack: Stack, upload: UploadImage, drain: Drain
) -> None:
    """Replication of the table may have been ahead of that of the bucket."""
    image = await upload()
    lost = with_hash(with_recognition(image, "Dog"), None)
    await stack.tables.images.store(image, lost)
    (key,) = [each.key for each in make_rendition_set().renditions]
    (finding,) = await find(stack)
    assert finding == Finding(FindingKind.LOST_RENDITION, image.key, key)
    assert await repair(stack, finding)
    (body,) = await drain("renditions")
    ((command_key, command, _),) = parse_uploads(body)
    assert (command_key, command and command.parts) == (image.key, ("renditions",))


async def test_repair_has_a_correction_applied_whose_message_was_not_sent(
    stack: Stack, upload: UploadImage, drain: Drain
) -> None:
    """The api stored the rotation and stopped before it published the command."""
    image = await upload()
    done = with_recognition(image, "Dog")
    result = make_rendition_set().model_copy(update={"renditions": ()})
    done = done.with_part("renditions", done.renditions.begin("etag").succeed(result))
    await stack.tables.images.store(image, done)
    rotated = edit_details(done, rotation=90, corrected_at=now())
    await stack.tables.images.store(done, rotated)
    assert await find(stack, timedelta(minutes=5)) == []
    (finding,) = await find(stack)
    assert finding == Finding(FindingKind.PENDING_CORRECTION, image.key, "")
    assert await repair(stack, finding)
    (body,) = await drain("renditions")
    (sent,) = parse_uploads(body)
    assert sent.request is not None
    assert (sent.image, sent.request.parts) == (image.key, ("renditions",))
    assert sent.request.only_corrections
    applied = rotated.renditions.begin("etag", sent.request.request_id)
    applied = applied.succeed(result.model_copy(update={"rotation": 90}))
    await stack.tables.images.store(rotated, rotated.with_part("renditions", applied))
    assert await find(stack) == []
    assert not await repair(stack, finding)
