"""The contract of the trash: `ImageTrash` over the tables."""

import asyncio

import pytest

from sightline.adapters.memory import MemoryObjectStore
from sightline.deletion import ImageDeleter, ImageTrash
from sightline.domain.albums import Album, AlbumKey, AlbumNotFound
from sightline.domain.clock import now
from sightline.domain.ids import new_album_id
from sightline.domain.images import Image
from sightline.domain.timeline import TimelineRange
from sightline.optimistic import Conflict
from sightline.ports.image_index import Term
from sightline.ports.image_table import ImageNotFound
from sightline.ports.tables import Tables
from sightline_testing.builders import (
    ETAG,
    count_labels,
    create_image,
    edit_details,
    find_labeled,
    make_recognition,
    new_owner,
    with_hash,
    with_recognition,
    without_index,
)


@pytest.fixture
def trash(tables: Tables) -> ImageTrash:
    return ImageTrash(tables.images, tables.albums)


async def process(tables: Tables, owner: str, *labels: str) -> Image:
    """Return a new image with these labels and with renditions."""
    image = await create_image(tables, owner)
    rendered = with_hash(image, "00000000000000ff")
    await tables.images.store(image, rendered)
    recognized = with_recognition(rendered, *labels)
    await tables.images.store(rendered, recognized)
    return recognized


async def create_album(tables: Tables, owner: str, *image_ids: str) -> AlbumKey:
    album = Album(
        owner=owner, album_id=new_album_id(), title="Album", created_at=now(), updated_at=now()
    )
    await tables.albums.create(album)
    await tables.albums.add_images(album.key, image_ids)
    return album.key


async def choose_cover(tables: Tables, key: AlbumKey, image_id: str | None) -> None:
    album = await tables.albums.get(key)
    await tables.albums.update(album, album.model_copy(update={"cover_id": image_id}))


async def list_timeline(tables: Tables, owner: str, within: TimelineRange) -> list[str]:
    page = await tables.timeline.page(owner, 100, within)
    return [image.image_id for image in page.images]


async def find_members(tables: Tables, key: AlbumKey) -> list[str]:
    found = await tables.index.find(key.owner, Term("album", key.album_id), 100)
    return [each.image_id for each in found]


async def test_the_trash_takes_an_image_out_of_everything(
    tables: Tables, trash: ImageTrash
) -> None:
    owner = new_owner()
    image = await process(tables, owner, "Dog")
    album = await create_album(tables, owner, image.image_id)
    await trash.move(image.key)
    with pytest.raises(ImageNotFound):
        await tables.images.get(image.key)
    assert (await tables.images.page(owner, 10)).images == []
    assert (await tables.images.page_summaries(owner, 10)).images == []
    assert await tables.images.get_many(owner, [image.image_id]) == []
    assert await tables.images.get_summaries(owner, [image.image_id]) == []
    assert await count_labels(tables, owner) == {}
    assert await find_labeled(tables, owner, "Dog") == {}
    assert await find_members(tables, album) == []
    assert (await tables.albums.get(album)).images == 0
    assert await list_timeline(tables, owner, TimelineRange()) == []
    assert await tables.timeline.count_months(owner) == []
    assert await list_timeline(tables, owner, TimelineRange.of_trash()) == [image.image_id]
    usage = await tables.usage.read(owner)
    assert (usage.images, usage.bytes) == (1, image.bytes)
    assert (usage.trashed_images, usage.trashed_bytes) == (1, image.bytes)


async def test_restoring_brings_everything_back(tables: Tables, trash: ImageTrash) -> None:
    owner = new_owner()
    image = await process(tables, owner, "Dog")
    other = await process(tables, owner, "Cat")
    albums = [await create_album(tables, owner, image.image_id, other.image_id) for _ in range(2)]
    await choose_cover(tables, albums[0], image.image_id)
    before = await tables.images.get(image.key)
    months = await tables.timeline.count_months(owner)
    await trash.move(image.key)
    assert (await tables.albums.get(albums[0])).cover_id is None
    restored = await trash.restore(image.key)
    assert restored == await tables.images.get(image.key)
    kept = {"revision": restored.details.revision}
    assert restored == before.model_copy(update={"details": before.details.model_copy(update=kept)})
    assert await count_labels(tables, owner) == {"Dog": 1, "Cat": 1}
    assert list(await find_labeled(tables, owner, "Dog")) == [image.image_id]
    assert await tables.timeline.count_months(owner) == months
    assert image.image_id in await list_timeline(tables, owner, TimelineRange())
    assert await list_timeline(tables, owner, TimelineRange.of_trash()) == []
    for album in albums:
        assert (await tables.albums.get(album)).images == 2
        assert set(await find_members(tables, album)) == {image.image_id, other.image_id}
    assert (await tables.albums.get(albums[0])).cover_id == image.image_id
    usage = await tables.usage.read(owner)
    assert (usage.images, usage.trashed_images, usage.trashed_bytes) == (2, 0, 0)


async def test_moving_and_restoring_are_idempotent(tables: Tables, trash: ImageTrash) -> None:
    image = await process(tables, new_owner(), "Dog")
    assert without_index(await trash.restore(image.key)) == image
    await trash.move(image.key)
    with pytest.raises(ImageNotFound):
        await trash.move(image.key)
    restored = await trash.restore(image.key)
    assert await trash.restore(image.key) == restored
    assert (await tables.usage.read(image.owner)).trashed_images == 0


async def test_an_interrupted_move_is_continued(tables: Tables, trash: ImageTrash) -> None:
    """The image is in no list from the first write on, and leaves its albums when repeated."""
    image = await process(tables, new_owner(), "Dog")
    album = await create_album(tables, image.owner, image.image_id)
    stored = await tables.images.get(image.key)
    await tables.images.store(stored, edit_details(stored, trashed_at=now()))
    assert (await tables.images.page_summaries(image.owner, 10)).images == []
    await trash.move(image.key)
    assert (await tables.albums.get(album)).images == 0
    restored = await trash.restore(image.key)
    assert restored.albums == {album.album_id}


async def test_an_interrupted_restoration_is_continued(tables: Tables, trash: ImageTrash) -> None:
    image = await process(tables, new_owner(), "Dog")
    album = await create_album(tables, image.owner, image.image_id)
    await trash.move(image.key)
    stored = await tables.images.get_stored(image.key)
    await tables.images.store(stored, edit_details(stored, trashed_at=None))
    assert await find_members(tables, album) == []
    assert (await trash.restore(image.key)).albums == {album.album_id}
    assert (await tables.albums.get(album)).images == 1


async def test_an_album_may_change_while_its_image_is_in_the_trash(
    tables: Tables, trash: ImageTrash
) -> None:
    """A deleted album is forgotten, and another cover stays."""
    owner = new_owner()
    image, other = [await process(tables, owner, "Dog") for _ in range(2)]
    ids = [image.image_id, other.image_id]
    kept, deleted = [await create_album(tables, owner, *ids) for _ in range(2)]
    await choose_cover(tables, kept, image.image_id)
    await trash.move(image.key)
    await choose_cover(tables, kept, other.image_id)
    await tables.albums.remove(await tables.albums.begin_deletion(deleted))
    restored = await trash.restore(image.key)
    assert restored.albums == {kept.album_id}
    assert (restored.trashed_albums, restored.trashed_covers) == (frozenset(), frozenset())
    assert (await tables.albums.get(kept)).cover_id == other.image_id
    with pytest.raises(AlbumNotFound):
        await tables.albums.get(deleted)


async def test_no_album_takes_an_image_in_the_trash(tables: Tables, trash: ImageTrash) -> None:
    image = await process(tables, new_owner())
    album = await create_album(tables, image.owner)
    await trash.move(image.key)
    assert (await tables.albums.add_images(album, [image.image_id])).inside == frozenset()
    assert (await tables.albums.get(album)).images == 0


async def test_only_images_in_the_trash_are_suspended(tables: Tables) -> None:
    image = await process(tables, new_owner())
    album = await create_album(tables, image.owner, image.image_id)
    await tables.albums.suspend_images(album, [image.image_id])
    assert (await tables.albums.get(album)).images == 1
    await tables.albums.resume_images(album, [image.image_id])
    assert (await tables.images.get(image.key)).albums == {album.album_id}


async def test_processing_continues_in_the_trash(tables: Tables, trash: ImageTrash) -> None:
    """The results appear when the image is restored; nothing does before."""
    owner = new_owner()
    image = await create_image(tables, owner)
    await trash.move(image.key)
    stored = await tables.images.get_stored(image.key)
    rendered = with_hash(stored, None)
    await tables.images.store(stored, rendered)
    recognized = with_recognition(rendered, "Dog")
    await tables.images.store(rendered, recognized)
    assert await count_labels(tables, owner) == {}
    assert await list_timeline(tables, owner, TimelineRange()) == []
    assert await tables.timeline.count_months(owner) == []
    usage = await tables.usage.read(owner)
    assert (usage.images, usage.trashed_images) == (1, 1)
    await trash.restore(image.key)
    assert await count_labels(tables, owner) == {"Dog": 1}
    assert [month.images for month in await tables.timeline.count_months(owner)] == [1]
    assert (await tables.usage.read(owner)).trashed_images == 0


async def test_a_result_conflicts_with_the_trash_that_it_did_not_read(
    tables: Tables, trash: ImageTrash
) -> None:
    """In both orders, so that no label is indexed for an image in the trash."""
    image = await create_image(tables)
    begun = image.with_part("recognition", image.recognition.begin(ETAG))
    await tables.images.store(image, begun)
    await trash.move(image.key)
    ended = begun.with_part("recognition", begun.recognition.succeed(make_recognition("Dog")))
    with pytest.raises(Conflict):
        await tables.images.store(begun, ended)
    other = await create_image(tables)
    await tables.images.store(other, with_recognition(other, "Dog"))
    with pytest.raises(Conflict):
        await tables.images.store(other, edit_details(other, trashed_at=now()))


async def test_deletion_from_the_trash_leaves_nothing(tables: Tables, trash: ImageTrash) -> None:
    owner = new_owner()
    image = await process(tables, owner, "Dog")
    album = await create_album(tables, owner, image.image_id)
    await trash.move(image.key)
    stores = MemoryObjectStore(), MemoryObjectStore()
    deleter = ImageDeleter(tables.images, tables.albums, *stores, tables.contributions)
    await deleter.delete(image.key)
    assert await tables.images.list_ids(owner, 10) == []
    assert await list_timeline(tables, owner, TimelineRange.of_trash()) == []
    usage = await tables.usage.read(owner)
    assert (usage.images, usage.bytes) == (0, 0)
    assert (usage.trashed_images, usage.trashed_bytes) == (0, 0)
    assert await tables.timeline.count_months(owner) == []
    assert (await tables.albums.get(album)).images == 0
    with pytest.raises(ImageNotFound):
        await trash.restore(image.key)


async def test_a_deletion_spares_an_image_that_was_restored(
    tables: Tables, trash: ImageTrash
) -> None:
    """The purge deletes the image that it read in the trash, and no later state of it."""
    image = await process(tables, new_owner(), "Dog")
    await trash.move(image.key)
    revision = (await tables.images.get_stored(image.key)).details.revision
    await trash.restore(image.key)
    with pytest.raises(Conflict):
        await tables.images.begin_deletion(image.key, revision)
    restored = await tables.images.get(image.key)
    await tables.images.begin_deletion(image.key, restored.details.revision)
    with pytest.raises(ImageNotFound):
        await trash.restore(image.key)
    missing = image.key._replace(image_id="01a21c09-4618-77e1-8648-7ea475d7cce6")
    with pytest.raises(ImageNotFound):
        await tables.images.begin_deletion(missing, 1)


async def test_concurrent_moves_and_restorations_keep_counts_exact(
    tables: Tables, trash: ImageTrash
) -> None:
    owner = new_owner()
    images = [await process(tables, owner, "Dog") for _ in range(4)]
    album = await create_album(tables, owner, *(image.image_id for image in images))

    async def change(image: Image) -> None:
        for _ in range(2):
            await trash.move(image.key)
            await trash.restore(image.key)

    await asyncio.gather(*map(change, images))
    assert await count_labels(tables, owner) == {"Dog": 4}
    assert (await tables.albums.get(album)).images == 4
    assert [month.images for month in await tables.timeline.count_months(owner)] == [4]
    assert (await tables.usage.read(owner)).trashed_images == 0
