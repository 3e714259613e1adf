"""The contract of `AlbumTable`."""

import asyncio
import time
from collections.abc import Sequence

import pytest

from sightline.domain.albums import (
    MAX_ALBUMS,
    Album,
    AlbumKey,
    AlbumNotFound,
    AlbumSort,
    NotInAlbum,
)
from sightline.domain.clock import now
from sightline.domain.ids import new_album_id, new_image_id
from sightline.domain.images import Image
from sightline.optimistic import Conflict
from sightline.ports.album_table import AddedImages
from sightline.ports.image_index import Term
from sightline.ports.tables import Tables
from sightline_testing.builders import make_image, new_owner


async def create_album(tables: Tables, owner: str, title: str = "Summer") -> Album:
    at = now()
    album = Album(owner=owner, album_id=new_album_id(), title=title, created_at=at, updated_at=at)
    await tables.albums.create(album)
    return album


async def create_filled_album(tables: Tables, owner: str, count: int) -> tuple[Album, list[Image]]:
    album = await create_album(tables, owner)
    images = [make_image(owner) for _ in range(count)]
    for image in images:
        await tables.images.create(image)
    ids = [image.image_id for image in images]
    assert await tables.albums.add_images(album.key, ids) == AddedImages(
        frozenset(ids), frozenset()
    )
    return album, images


async def list_members(tables: Tables, album: Album) -> list[str]:
    """Return the ids of the images in the album, after checking count, index and rows."""
    found = await tables.index.find(album.owner, Term("album", album.album_id), 1000)
    ids = [each.image_id for each in found]
    assert (await tables.albums.get(album.key)).images == len(ids)
    page = await tables.images.page(album.owner, 1000)
    assert [each.image_id for each in page.images if album.album_id in each.albums] == ids
    return ids


async def are_in_no_album(tables: Tables, images: list[Image]) -> bool:
    found = await tables.images.get_many(images[0].owner, [image.image_id for image in images])
    return len(found) == len(images) and not any(image.albums for image in found)


async def test_create_is_idempotent_and_rejects_a_used_id(tables: Tables) -> None:
    album = await create_album(tables, new_owner())
    assert await tables.albums.get(album.key) == album
    await tables.albums.create(album)
    with pytest.raises(Conflict):
        await tables.albums.create(album.model_copy(update={"title": "Another"}))


async def test_a_missing_album_or_one_of_another_owner_is_not_found(tables: Tables) -> None:
    album = await create_album(tables, new_owner())
    for key in (AlbumKey(new_owner(), album.album_id), AlbumKey(album.owner, new_album_id())):
        with pytest.raises(AlbumNotFound):
            await tables.albums.get(key)
        with pytest.raises(AlbumNotFound):
            await tables.albums.add_images(key, [new_image_id()])
        with pytest.raises(AlbumNotFound):
            await tables.albums.begin_deletion(key)


async def test_pages_return_visible_albums_newest_first(tables: Tables) -> None:
    owner = new_owner()
    albums = [await create_album(tables, owner, f"Album {n}") for n in range(5)]
    await tables.albums.begin_deletion(albums[3].key)
    await create_album(tables, new_owner())
    first = await tables.albums.page(owner, 2)
    assert first.albums == [albums[4], albums[2]]
    second = await tables.albums.page(owner, 2, first.next_before)
    assert second == ([albums[1], albums[0]], None)


async def test_add_images_is_idempotent(tables: Tables) -> None:
    album, images = await create_filled_album(tables, new_owner(), 3)
    newest_first = [image.image_id for image in images[::-1]]
    assert await list_members(tables, album) == newest_first
    again = await tables.albums.add_images(
        album.key, [*newest_first, new_image_id(), newest_first[0]]
    )
    assert again.inside == set(newest_first)
    assert await list_members(tables, album) == newest_first


async def test_more_images_than_fit_one_transaction_are_added_and_removed(tables: Tables) -> None:
    album, images = await create_filled_album(tables, new_owner(), 60)
    assert len(await list_members(tables, album)) == 60
    removed = await tables.albums.remove_images(
        album.key, [image.image_id for image in images[:55]]
    )
    assert len(removed) == 55
    assert len(await list_members(tables, album)) == 5


async def test_add_images_ignores_hidden_images_and_those_of_other_owners(tables: Tables) -> None:
    album = await create_album(tables, new_owner())
    hidden, foreign = make_image(album.owner), make_image()
    for image in (hidden, foreign):
        await tables.images.create(image)
    await tables.images.begin_deletion(hidden.key)
    added = await tables.albums.add_images(album.key, [hidden.image_id, foreign.image_id])
    assert added == AddedImages(frozenset(), frozenset())
    assert await list_members(tables, album) == []
    assert (await tables.images.get(foreign.key)).albums == frozenset()


async def test_add_images_reports_images_that_are_in_too_many_albums(tables: Tables) -> None:
    owner = new_owner()
    image = make_image(owner)
    await tables.images.create(image)
    for _ in range(MAX_ALBUMS):
        await tables.albums.add_images((await create_album(tables, owner)).key, [image.image_id])
    one_more = await create_album(tables, owner)
    added = await tables.albums.add_images(one_more.key, [image.image_id])
    assert added == AddedImages(frozenset(), frozenset({image.image_id}))
    assert await list_members(tables, one_more) == []


async def test_remove_images_keeps_the_images_themselves(tables: Tables) -> None:
    album, images = await create_filled_album(tables, new_owner(), 2)
    first, second = (image.image_id for image in images)
    assert await tables.albums.remove_images(album.key, [first, new_image_id()]) == {first}
    assert await tables.albums.remove_images(album.key, [first]) == frozenset()
    assert await list_members(tables, album) == [second]
    assert (await tables.images.get(images[0].key)).albums == frozenset()


async def test_update_changes_title_and_cover_unless_the_album_has_changed(tables: Tables) -> None:
    album, images = await create_filled_album(tables, new_owner(), 1)
    current = await tables.albums.get(album.key)
    change = {"title": "Winter", "cover_id": images[0].image_id}
    await tables.albums.update(current, current.model_copy(update=change))
    stored = await tables.albums.get(album.key)
    assert (stored.title, stored.cover_id) == ("Winter", images[0].image_id)
    assert stored.revision == current.revision + 1
    with pytest.raises(Conflict):
        await tables.albums.update(current, current.model_copy(update={"title": "Late"}))
    await tables.albums.update(stored, stored.model_copy(update={"cover_id": None}))
    assert (await tables.albums.get(album.key)).cover_id is None


async def test_update_changes_and_removes_the_description_and_the_order(tables: Tables) -> None:
    album = await create_album(tables, new_owner())
    assert (album.description, album.sort) == (None, AlbumSort.UPLOADED_NEWEST)
    change = {"description": "Two weeks\nin Lisbon", "sort": AlbumSort.MANUAL}
    await tables.albums.update(album, album.model_copy(update=change))
    stored = await tables.albums.get(album.key)
    assert (stored.description, stored.sort) == ("Two weeks\nin Lisbon", AlbumSort.MANUAL)
    assert (await tables.albums.page(album.owner, 1)).albums == [stored]
    await tables.albums.update(stored, stored.model_copy(update={"description": None}))
    current = await tables.albums.get(album.key)
    assert (current.description, current.sort) == (None, AlbumSort.MANUAL)


async def test_update_rejects_a_cover_that_is_not_in_the_album(tables: Tables) -> None:
    album = await create_album(tables, new_owner())
    outside = make_image(album.owner)
    await tables.images.create(outside)
    for image_id in (outside.image_id, new_image_id()):
        with pytest.raises(NotInAlbum):
            await tables.albums.update(album, album.model_copy(update={"cover_id": image_id}))
    assert await tables.albums.get(album.key) == album


async def test_removing_the_cover_image_clears_the_cover(tables: Tables) -> None:
    album, images = await create_filled_album(tables, new_owner(), 2)
    current = await tables.albums.get(album.key)
    cover = {"cover_id": images[0].image_id}
    await tables.albums.update(current, current.model_copy(update=cover))
    await tables.albums.remove_images(album.key, [images[1].image_id])
    assert (await tables.albums.get(album.key)).cover_id == images[0].image_id
    await tables.albums.remove_images(album.key, [images[0].image_id])
    assert (await tables.albums.get(album.key)).cover_id is None


async def test_images_that_are_being_deleted_can_be_removed(tables: Tables) -> None:
    album, images = await create_filled_album(tables, new_owner(), 2)
    hidden = await tables.images.begin_deletion(images[0].key)
    assert hidden.albums == {album.album_id}
    assert await tables.albums.remove_images(album.key, [hidden.image_id]) == {hidden.image_id}
    await tables.images.remove(hidden)
    assert await list_members(tables, album) == [images[1].image_id]


async def test_deleting_an_album_keeps_its_images(tables: Tables) -> None:
    album, images = await create_filled_album(tables, new_owner(), 30)
    hidden = await tables.albums.begin_deletion(album.key)
    with pytest.raises(AlbumNotFound):
        await tables.albums.get(album.key)
    with pytest.raises(AlbumNotFound):
        await tables.albums.add_images(album.key, [images[0].image_id])
    with pytest.raises(Conflict):
        await tables.albums.update(album, album)
    await tables.albums.remove(hidden)
    await tables.albums.remove(hidden)
    assert await are_in_no_album(tables, images)
    term = Term("album", album.album_id)
    assert await tables.index.find(album.owner, term, 10) == []
    with pytest.raises(AlbumNotFound):
        await tables.albums.begin_deletion(album.key)


async def test_an_interrupted_deletion_can_be_repeated(tables: Tables) -> None:
    album, images = await create_filled_album(tables, new_owner(), 3)
    await tables.albums.begin_deletion(album.key)
    await tables.albums.remove_images(album.key, [images[0].image_id])
    await tables.albums.remove(await tables.albums.begin_deletion(album.key))
    assert await are_in_no_album(tables, images)


async def test_concurrent_deletions_empty_the_album(
    tables: Tables, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another call removes the images that this call was about to remove, but not the rest."""
    album, images = await create_filled_album(tables, new_owner(), 60)
    hidden = await tables.albums.begin_deletion(album.key)
    remove, overtaken = tables.albums.remove_images, False

    async def remove_concurrently(key: AlbumKey, image_ids: Sequence[str]) -> frozenset[str]:
        nonlocal overtaken
        if not overtaken:
            overtaken = True
            await remove(key, image_ids)
        return await remove(key, image_ids)

    monkeypatch.setattr(tables.albums, "remove_images", remove_concurrently)
    await tables.albums.remove(hidden)
    assert overtaken
    assert await are_in_no_album(tables, images)


async def test_adding_an_unused_upload_removes_its_expiry(tables: Tables) -> None:
    """DynamoDB would expire the row alone, and the album would count the image forever."""
    album = await create_album(tables, new_owner())
    image = make_image(album.owner, expires_at=int(time.time()) + 1000)
    await tables.images.create(image)
    await tables.albums.add_images(album.key, [image.image_id])
    assert (await tables.images.get(image.key)).expires_at is None


async def test_concurrent_additions_and_removals_are_all_applied(tables: Tables) -> None:
    """All of them contend for the row of the album."""
    album, images = await create_filled_album(tables, new_owner(), 6)
    more = [make_image(album.owner) for _ in range(6)]
    for image in more:
        await tables.images.create(image)
    await asyncio.gather(
        *(tables.albums.add_images(album.key, [image.image_id]) for image in more),
        *(tables.albums.remove_images(album.key, [image.image_id]) for image in images),
    )
    assert await list_members(tables, album) == [image.image_id for image in more[::-1]]
