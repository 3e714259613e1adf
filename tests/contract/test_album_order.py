"""The contract of `AlbumTable` for the orders of an album."""

import asyncio
import random
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime

import pytest
from uuid_utils.compat import uuid4

from sightline.adapters.aws.clients import Clients
from sightline.adapters.dynamo import dynamo_tables
from sightline.adapters.dynamo.album_entries import AlbumEntries
from sightline.adapters.dynamo.schema import table_schema
from sightline.adapters.memory import memory_tables
from sightline.adapters.sqlite import Database, sqlite_tables
from sightline.deletion import ImageTrash
from sightline.domain.albums import Album, AlbumKey, AlbumNotFound, AlbumSort, MoveSide, NotInAlbum
from sightline.domain.clock import now
from sightline.domain.ids import new_album_id, new_image_id
from sightline.domain.images import Image
from sightline.domain.object_keys import ImageKey
from sightline.optimistic import retry_conflicts
from sightline.ports.album_table import AlbumEntry
from sightline.ports.tables import Tables
from sightline_testing.builders import ETAG, edit_details, make_image, make_rendition_set, new_owner


@pytest.fixture(scope="module")
def table_names() -> list[str]:
    """The table in DynamoDB, once it exists: every test has an owner of its own."""
    return []


@pytest.fixture(params=["memory", "dynamo", "sqlite"])
async def tables(
    request: pytest.FixtureRequest, clients: Clients, database: Database, table_names: list[str]
) -> Tables:
    if request.param == "memory":
        return memory_tables()
    if request.param == "sqlite":
        return sqlite_tables(database)
    client = await clients.open_dynamodb(fast_path=True)
    if not table_names:
        table_names.append(f"images-{uuid4()}")
        await client.create_table(**table_schema(table_names[0]))
    return dynamo_tables(client, table_names[0])


async def create_album(tables: Tables, owner: str) -> Album:
    at = now()
    album = Album(
        owner=owner, album_id=new_album_id(), title="Summer", created_at=at, updated_at=at
    )
    await tables.albums.create(album)
    return album


async def create_ready_image(tables: Tables, owner: str) -> Image:
    image = make_image(owner)
    await tables.images.create(image)
    part = image.renditions.begin(ETAG).succeed(make_rendition_set())
    await tables.images.store(image, image.with_part("renditions", part))
    return await tables.images.get(image.key)


async def fill_album(tables: Tables, count: int) -> tuple[AlbumKey, list[str]]:
    """Create an album of images that await their upload, and return their ids in manual order."""
    album = await create_album(tables, new_owner())
    images = [make_image(album.owner) for _ in range(count)]
    for image in images:
        await tables.images.create(image)
    ids = [image.image_id for image in images]
    await tables.albums.add_images(album.key, ids)
    return album.key, ids


async def list_in(tables: Tables, key: AlbumKey, sort: AlbumSort = AlbumSort.MANUAL) -> list[str]:
    return [each.image_id for each in await tables.albums.list_entries(key, sort, 1000)]


@retry_conflicts(attempts=20)
async def set_time(tables: Tables, key: ImageKey, at: str) -> None:
    image = await tables.images.get(key)
    await tables.images.store(image, edit_details(image, taken_at=datetime.fromisoformat(at)))


def move_in_model(order: list[str], moved: Sequence[str], anchor: str, side: MoveSide) -> list[str]:
    rest = [each for each in order if each not in moved]
    at = rest.index(anchor) + (side is MoveSide.AFTER)
    return [*rest[:at], *moved, *rest[at:]]


def run_between(
    monkeypatch: pytest.MonkeyPatch, intervene: Callable[[], Awaitable[object]]
) -> Callable[[Awaitable[object]], Awaitable[None]]:
    """Return what runs a move, and `intervene` between its reads and its write.

    An adapter that reads and writes in one transaction runs one after the other.
    """
    read = AlbumEntries.list_neighbors
    has_run = False

    async def read_then_intervene(
        entries: AlbumEntries, key: AlbumKey, position: str, limit: int, *, forward: bool
    ) -> list[AlbumEntry]:
        nonlocal has_run
        found = await read(entries, key, position, limit, forward=forward)
        if not has_run:
            has_run = True
            await intervene()
        return found

    async def run(move: Awaitable[object]) -> None:
        monkeypatch.setattr(AlbumEntries, "list_neighbors", read_then_intervene)
        await move
        if not has_run:
            await intervene()

    return run


async def test_images_are_in_manual_order_as_they_were_added(tables: Tables) -> None:
    key, ids = await fill_album(tables, 4)
    await tables.albums.remove_images(key, [ids[0]])
    await tables.albums.add_images(key, [ids[0], ids[1]])
    assert await list_in(tables, key) == [*ids[1:], ids[0]]
    assert await list_in(tables, key, AlbumSort.UPLOADED_OLDEST) == ids
    assert await list_in(tables, key, AlbumSort.UPLOADED_NEWEST) == ids[::-1]
    assert await list_in(tables, AlbumKey(key.owner, new_album_id())) == []


async def test_the_time_of_capture_orders_the_images_of_all_their_albums(tables: Tables) -> None:
    albums = [await create_album(tables, new_owner())]
    albums += [await create_album(tables, albums[0].owner) for _ in range(2)]
    images = [await create_ready_image(tables, albums[0].owner) for _ in range(3)]
    first, second, third = (image.image_id for image in images)
    await set_time(tables, images[1].key, "2019-05-01T12:00:00")
    for album in albums:
        await tables.albums.add_images(album.key, [first, second, third])
    await set_time(tables, images[2].key, "2018-05-01T12:00:00")
    # The archive takes images out of the timeline, but not out of albums.
    archived = await tables.images.get(images[1].key)
    await tables.images.store(archived, edit_details(archived, archived=True))
    for album in albums:
        assert await list_in(tables, album.key, AlbumSort.TAKEN_OLDEST) == [third, second, first]
        assert await list_in(tables, album.key, AlbumSort.TAKEN_NEWEST) == [first, second, third]


async def test_an_image_moves_in_more_albums_than_its_transaction_takes(
    tables: Tables, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sightline.adapters.dynamo.images.MAX_ENTRIES", 1)
    albums = [await create_album(tables, new_owner())]
    albums += [await create_album(tables, albums[0].owner) for _ in range(2)]
    images = [await create_ready_image(tables, albums[0].owner) for _ in range(2)]
    ids = [image.image_id for image in images]
    for album in albums:
        await tables.albums.add_images(album.key, ids)
    await set_time(tables, images[1].key, "2018-05-01T12:00:00")
    for album in albums:
        assert await list_in(tables, album.key, AlbumSort.TAKEN_OLDEST) == ids[::-1]


async def test_an_image_enters_the_order_by_time_with_its_renditions(tables: Tables) -> None:
    album = await create_album(tables, new_owner())
    image = make_image(album.owner)
    await tables.images.create(image)
    await tables.albums.add_images(album.key, [image.image_id])
    assert await list_in(tables, album.key, AlbumSort.TAKEN_NEWEST) == []
    current = await tables.images.get(image.key)
    part = current.renditions.begin(ETAG).succeed(make_rendition_set())
    await tables.images.store(current, current.with_part("renditions", part))
    assert await list_in(tables, album.key, AlbumSort.TAKEN_NEWEST) == [image.image_id]


async def test_pages_continue_after_a_position(tables: Tables) -> None:
    album = await create_album(tables, new_owner())
    images = [await create_ready_image(tables, album.owner) for _ in range(3)]
    await tables.albums.add_images(album.key, [image.image_id for image in images])
    for sort in AlbumSort:
        await check_pages(tables, album, images, sort)
    # The position stays although its image leaves.
    first, last = await tables.albums.list_entries(album.key, AlbumSort.MANUAL, 2)
    await tables.albums.remove_images(album.key, [last.image_id])
    following = await tables.albums.list_entries(album.key, AlbumSort.MANUAL, 2, last.position)
    assert [each.image_id for each in following] == [images[2].image_id]
    assert await list_in(tables, album.key) == [first.image_id, images[2].image_id]


async def check_pages(tables: Tables, album: Album, images: list[Image], sort: AlbumSort) -> None:
    every = await tables.albums.list_entries(album.key, sort, 10)
    first = await tables.albums.list_entries(album.key, sort, 2)
    assert [each.image_id for each in every] == [
        each.image_id for each in (images if sort.is_ascending else images[::-1])
    ]
    assert first == every[:2]
    assert await tables.albums.list_entries(album.key, sort, 2, first[1].position) == every[2:]


async def test_moves_agree_with_a_list(tables: Tables) -> None:
    seed = random.randrange(2**32)
    chosen = random.Random(seed)
    key, order = await fill_album(tables, 8)
    for _ in range(12):
        anchor, *others = chosen.sample(order, chosen.randint(2, 5))
        side = chosen.choice(list(MoveSide))
        assert await tables.albums.move_images(key, others, anchor, side) == set(others)
        order = move_in_model(order, others, anchor, side)
        assert await list_in(tables, key) == order, seed


async def test_only_images_of_the_album_are_moved(tables: Tables) -> None:
    key, (first, second, third) = await fill_album(tables, 3)
    ids = [third, new_image_id(), first, third]
    assert await tables.albums.move_images(key, ids, first, MoveSide.BEFORE) == {third}
    assert await list_in(tables, key) == [third, first, second]
    none = await tables.albums.move_images(key, [new_image_id()], first, MoveSide.AFTER)
    assert none == frozenset()
    with pytest.raises(NotInAlbum):
        await tables.albums.move_images(key, [first], new_image_id(), MoveSide.AFTER)
    missing = AlbumKey(key.owner, new_album_id())
    with pytest.raises(AlbumNotFound):
        await tables.albums.move_images(missing, [first], second, MoveSide.AFTER)


async def test_the_last_position_is_before_images_that_are_added_later(tables: Tables) -> None:
    key, (first, second) = await fill_album(tables, 2)
    await tables.albums.move_images(key, [first], second, MoveSide.AFTER)
    later = make_image(key.owner)
    await tables.images.create(later)
    await tables.albums.add_images(key, [later.image_id])
    assert await list_in(tables, key) == [second, first, later.image_id]


async def test_a_gap_without_room_is_respaced(
    tables: Tables, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two images that are moved in turns between others halve the gap each time."""
    for adapter in ("dynamo.albums", "memory.albums", "sqlite.album_entries"):
        monkeypatch.setattr(f"sightline.adapters.{adapter}.MAX_RANK_LENGTH", 14)
    key, order = await fill_album(tables, 4)
    for turn in range(12):
        moved, anchor = order[1 + turn % 2], order[3]
        order = move_in_model(order, [moved], anchor, MoveSide.BEFORE)
        await tables.albums.move_images(key, [moved], anchor, MoveSide.BEFORE)
        assert await list_in(tables, key) == order
    positions = [
        each.position for each in await tables.albums.list_entries(key, AlbumSort.MANUAL, 9)
    ]
    # Those that were never moved keep the digits of an id.
    assert sum(len(each.partition("#")[0]) <= 16 for each in positions) >= 2


async def test_two_moves_into_the_same_gap_lose_no_image(
    tables: Tables, monkeypatch: pytest.MonkeyPatch
) -> None:
    key, (first, second, third, fourth) = await fill_album(tables, 4)

    def move(image_id: str) -> Awaitable[object]:
        return tables.albums.move_images(key, [image_id], first, MoveSide.AFTER)

    await run_between(monkeypatch, lambda: move(third))(move(fourth))
    order = await list_in(tables, key)
    assert (order[0], order[3], set(order)) == (first, second, {first, second, third, fourth})
    # Images with equal ranks get different ones once another one is moved between them.
    await tables.albums.move_images(key, [second], order[1], MoveSide.AFTER)
    assert await list_in(tables, key) == [first, order[1], second, order[2]]


async def test_two_moves_around_each_other_lose_no_image(
    tables: Tables, monkeypatch: pytest.MonkeyPatch
) -> None:
    key, ids = await fill_album(tables, 4)
    _, second, _, fourth = ids
    other = tables.albums.move_images(key, [second], fourth, MoveSide.AFTER)
    run = run_between(monkeypatch, lambda: other)
    await run(tables.albums.move_images(key, [fourth], second, MoveSide.BEFORE))
    order = await list_in(tables, key)
    assert sorted(order) == ids
    assert order[0] == ids[0]


async def test_an_image_that_is_removed_during_a_move_stays_removed(
    tables: Tables, monkeypatch: pytest.MonkeyPatch
) -> None:
    key, (first, second, third) = await fill_album(tables, 3)
    run = run_between(monkeypatch, lambda: tables.albums.remove_images(key, [third]))
    await run(tables.albums.move_images(key, [third, second], first, MoveSide.BEFORE))
    assert await list_in(tables, key) == [second, first]
    assert (await tables.albums.get(key)).images == 2


async def test_an_image_that_is_trashed_during_a_move_is_restored_to_its_rank(
    tables: Tables, monkeypatch: pytest.MonkeyPatch
) -> None:
    key, (first, second, third) = await fill_album(tables, 3)
    trash = ImageTrash(tables.images, tables.albums)
    moved = ImageKey(key.owner, third)
    run = run_between(monkeypatch, lambda: trash.move(moved))
    await run(tables.albums.move_images(key, [third, second], first, MoveSide.BEFORE))
    assert await list_in(tables, key) == [second, first]
    await trash.restore(moved)
    order = await list_in(tables, key)
    # Where it was when it was moved to the trash: before or after the move.
    assert order in ([third, second, first], [second, first, third])


async def test_an_image_that_is_restored_during_a_move_stays(
    tables: Tables, monkeypatch: pytest.MonkeyPatch
) -> None:
    key, (first, second, third) = await fill_album(tables, 3)
    trash = ImageTrash(tables.images, tables.albums)
    await trash.move(ImageKey(key.owner, second))
    run = run_between(monkeypatch, lambda: trash.restore(ImageKey(key.owner, second)))
    await run(tables.albums.move_images(key, [third], first, MoveSide.BEFORE))
    assert await list_in(tables, key) == [third, first, second]


async def test_restored_images_are_in_manual_order_as_before(tables: Tables) -> None:
    key, ids = await fill_album(tables, 4)
    await tables.albums.move_images(key, [ids[3]], ids[0], MoveSide.BEFORE)
    order = await list_in(tables, key)
    trash = ImageTrash(tables.images, tables.albums)
    for image_id in order[:3]:
        await trash.move(ImageKey(key.owner, image_id))
    assert await list_in(tables, key) == order[3:]
    for image_id in order[:3]:
        image = await trash.restore(ImageKey(key.owner, image_id))
        assert image.trashed_ranks == frozenset()
    assert await list_in(tables, key) == order


async def test_a_time_that_changes_while_an_image_is_added_is_not_missed(tables: Tables) -> None:
    album = await create_album(tables, new_owner())
    images = [await create_ready_image(tables, album.owner) for _ in range(2)]
    first, second = (image.image_id for image in images)

    async def edit() -> None:
        await set_time(tables, images[1].key, "2018-05-01T12:00:00")

    await asyncio.gather(tables.albums.add_images(album.key, [first, second]), edit())
    assert await list_in(tables, album.key, AlbumSort.TAKEN_OLDEST) == [second, first]


async def test_removed_images_leave_every_order(tables: Tables) -> None:
    album = await create_album(tables, new_owner())
    images = [await create_ready_image(tables, album.owner) for _ in range(2)]
    ids = [image.image_id for image in images]
    await tables.albums.add_images(album.key, ids)
    await tables.albums.remove_images(album.key, ids[:1])
    for sort in AlbumSort:
        assert await list_in(tables, album.key, sort) == ids[1:]
    await tables.albums.remove(await tables.albums.begin_deletion(album.key))
    for sort in AlbumSort:
        assert await list_in(tables, album.key, sort) == []
