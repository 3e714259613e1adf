"""What is amiss is found, looked at once more, and mended; what is well is left alone."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from ops.conftest import drain, uploaded
from sightline.consumer.messages import Upload, parse_uploads
from sightline.domain.albums import Album, AlbumKey
from sightline.domain.clock import now
from sightline.domain.ids import new_album_id
from sightline.domain.images import Image
from sightline.domain.object_keys import ImageKey, original_key, rendition_key
from sightline.ports.image_table import ImageNotFound
from sightline.ports.object_store import ObjectNotFound
from sightline_ops.reconcile import Finding, Kind, Reconciler
from sightline_ops.stack import Stack
from sightline_testing.builders import make_image, make_recognition

#: In the future, since the emulator tells times of objects in whole seconds.
AT_ONCE = timedelta(seconds=-2)


async def find(stack: Stack, age: timedelta = AT_ONCE) -> list[Finding]:
    return [finding async for finding in Reconciler(stack, age).find()]


async def mend(stack: Stack, finding: Finding) -> bool:
    return await Reconciler(stack, AT_ONCE).mend(finding)


async def settled(stack: Stack) -> Image:
    image = await uploaded(stack)
    done = image
    for name, result in (("recognition", make_recognition("Dog")), ("renditions", None)):
        begun = done.with_part(name, done.part(name).begin("etag"))  # type: ignore[arg-type]
        await stack.tables.images.store(done, begun)
        part = begun.part(name)  # type: ignore[arg-type]
        done = begun.with_part(name, part.succeed(result))  # type: ignore[arg-type]
        await stack.tables.images.store(begun, done)
    return done


async def test_where_all_is_well_nothing_is_found(stack: Stack) -> None:
    await settled(stack)
    await stack.tables.images.create(make_image())
    assert await find(stack) == []


async def test_what_is_young_may_be_under_way(stack: Stack) -> None:
    image = await uploaded(stack)
    await stack.tables.images.begin_deletion(image.key)
    await stack.originals.write(original_key(make_image().key), b"x", "image/jpeg")
    assert await find(stack, timedelta(hours=1)) == []


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        (Kind.ORPHANED_ORIGINAL, original_key),
        (Kind.ORPHANED_RENDITION, lambda key: rendition_key(key, "thumb", "webp")),
    ],
)
async def test_files_without_a_row_are_removed(
    stack: Stack, kind: Kind, name: Callable[[ImageKey], str]
) -> None:
    there, gone = await uploaded(stack), make_image()
    store = stack.originals if kind is Kind.ORPHANED_ORIGINAL else stack.renditions
    for key in (there.key, gone.key):
        await store.write(name(key), b"x", "image/webp")
    (finding,) = [each for each in await find(stack) if each.kind is kind]
    assert finding == Finding(kind, gone.key, name(gone.key))
    assert await mend(stack, finding)
    with pytest.raises(ObjectNotFound):
        await store.head(name(gone.key))
    await store.head(name(there.key))


async def test_a_file_whose_row_has_come_meanwhile_stays(stack: Stack) -> None:
    image = make_image()
    key = original_key(image.key)
    await stack.originals.write(key, b"x", "image/jpeg")
    (finding,) = await find(stack)
    await stack.tables.images.create(image)
    assert not await mend(stack, finding)
    await stack.originals.head(key)


async def test_a_deletion_that_was_cut_off_is_finished(stack: Stack) -> None:
    image = await settled(stack)
    at = now()
    album = Album(
        owner=image.owner, album_id=new_album_id(), title="Summer", created_at=at, updated_at=at
    )
    await stack.tables.albums.create(album)
    await stack.tables.albums.add_images(album.key, [image.image_id])
    await stack.tables.images.begin_deletion(image.key)
    (finding,) = await find(stack)
    assert finding.kind is Kind.UNFINISHED_DELETION
    assert await mend(stack, finding)
    with pytest.raises(ImageNotFound):
        await stack.tables.images.begin_deletion(image.key)
    with pytest.raises(ObjectNotFound):
        await stack.originals.head(original_key(image.key))
    assert (await stack.tables.albums.get(AlbumKey(image.owner, album.album_id))).images == 0
    assert await stack.tables.index.count_labels(image.owner, 10) == []
    assert not await mend(stack, finding)


async def test_an_upload_that_nobody_heard_of_is_told_again(stack: Stack) -> None:
    image = await uploaded(stack)
    findings = await find(stack)
    assert {each.detail for each in findings} == {"recognition", "renditions"}
    assert {each.kind for each in findings} == {Kind.STALLED}
    for finding in findings:
        assert await mend(stack, finding)
        (body,) = await drain(stack, stack.places.queues[finding.detail])
        assert parse_uploads(body) == [Upload(image.key)]


async def test_what_ended_meanwhile_is_not_told_again(stack: Stack) -> None:
    image = await uploaded(stack)
    finding = Finding(Kind.STALLED, image.key, "recognition")
    begun = image.with_part("recognition", image.recognition.begin("etag"))
    await stack.tables.images.store(image, begun)
    done = begun.with_part("recognition", begun.recognition.succeed(make_recognition("Dog")))
    await stack.tables.images.store(begun, done)
    assert not await mend(stack, finding)
    assert await drain(stack, stack.places.queues["recognition"]) == []


async def test_an_original_that_is_gone_is_told_and_nothing_else_done(stack: Stack) -> None:
    image = await settled(stack)
    await stack.originals.delete(original_key(image.key))
    (finding,) = await find(stack)
    assert finding.kind is Kind.LOST_ORIGINAL
    assert not finding.can_be_mended
    assert not await mend(stack, finding)


async def test_what_is_nobodys_is_left_alone(stack: Stack) -> None:
    await stack.originals.write("originals/readme.txt", b"x", "text/plain")
    assert await find(stack) == []
