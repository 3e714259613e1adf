"""The contract of `ContributionTable`."""

import asyncio
from datetime import UTC, datetime

import pytest

from sightline.adapters.memory import MemoryObjectStore
from sightline.deletion import ImageDeleter
from sightline.domain.album_members import (
    AlbumRole,
    Contribution,
    Member,
    MemberNotFound,
    Visibility,
)
from sightline.domain.albums import Album, AlbumNotFound, AlbumSort, MoveSide
from sightline.domain.clock import now
from sightline.domain.images import Image
from sightline.domain.object_keys import ImageKey
from sightline.member_removal import MemberRemover
from sightline.ports.tables import Tables
from sightline_testing.builders import (
    create_album,
    create_image,
    create_member,
    edit_details,
    make_invitation,
    with_recognition,
)


async def create_uploaded(tables: Tables, owner: str) -> Image:
    image = await create_image(tables, owner)
    done = with_recognition(image, "Dog")
    await tables.images.store(image, done)
    return await tables.images.get(image.key)


async def create_contributor(tables: Tables, album: Album, person: str | None = None) -> Member:
    return await create_member(tables, album.key, person, role=AlbumRole.CONTRIBUTOR)


async def list_contributions(
    tables: Tables,
    album: Album,
    limit: int = 100,
    after: str | None = None,
    sort: AlbumSort = AlbumSort.UPLOADED_NEWEST,
) -> list[Contribution]:
    entries = await tables.contributions.list_entries(album.key, sort, limit, after)
    return [each.contribution for each in entries]


async def list_ids(tables: Tables, album: Album) -> list[str]:
    return [each.image_id for each in await list_contributions(tables, album)]


async def test_contributions_are_paged_newest_first(tables: Tables) -> None:
    album = await create_album(tables)
    member = await create_contributor(tables, album)
    images = [await create_uploaded(tables, member.member) for _ in range(3)]
    ids = [image.image_id for image in images]
    shown = Visibility(metadata=True)
    assert await tables.contributions.add(member, ids, shown) == frozenset(ids)
    first = await list_contributions(tables, album, 2)
    assert [each.image_id for each in first] == [ids[2], ids[1]]
    rest = await list_contributions(tables, album, 2, ids[1])
    assert [each.image_id for each in rest] == [ids[0]]
    found = await tables.contributions.get(album.key, ids[0])
    assert found == Contribution(
        owner=album.owner,
        album_id=album.album_id,
        contributor=member.member,
        image_id=ids[0],
        visibility=shown,
        added_at=rest[0].added_at,
    )
    assert await tables.contributions.list_albums(images[0].key) == [album.key]


async def test_a_second_addition_changes_the_visibility(tables: Tables) -> None:
    album = await create_album(tables)
    member = await create_contributor(tables, album)
    image = await create_uploaded(tables, member.member)
    for shown in (Visibility(), Visibility(position=True)):
        await tables.contributions.add(member, [image.image_id], shown)
    (found,) = await list_contributions(tables, album)
    assert found.visibility == Visibility(position=True)


async def test_only_uploaded_visible_images_of_the_member_are_added(tables: Tables) -> None:
    album = await create_album(tables)
    member = await create_contributor(tables, album)
    awaiting = await create_image(tables, member.member)
    theirs = await create_uploaded(tables, album.owner)
    trashed = await create_uploaded(tables, member.member)
    await tables.images.store(trashed, edit_details(trashed, trashed_at=now()))
    deleted = await create_uploaded(tables, member.member)
    await tables.images.begin_deletion(deleted.key)
    ids = [each.image_id for each in (awaiting, theirs, trashed, deleted)]
    assert await tables.contributions.add(member, ids, Visibility()) == frozenset()
    assert await list_ids(tables, album) == []


async def test_only_an_active_contributor_adds(tables: Tables) -> None:
    album = await create_album(tables)
    viewer = await create_member(tables, album.key)
    left = await create_contributor(tables, album)
    await tables.album_members.begin_removal(left)
    for member in (viewer, left):
        image = await create_uploaded(tables, member.member)
        with pytest.raises(MemberNotFound):
            await tables.contributions.add(member, [image.image_id], Visibility())
    member = await create_contributor(tables, album)
    image = await create_uploaded(tables, member.member)
    await tables.albums.begin_deletion(album.key)
    with pytest.raises(AlbumNotFound):
        await tables.contributions.add(member, [image.image_id], Visibility())
    assert await list_ids(tables, album) == []


async def test_images_are_removed_from_one_album(tables: Tables) -> None:
    album, other = await create_album(tables), await create_album(tables)
    member = await create_contributor(tables, album)
    elsewhere = await create_contributor(tables, other, member.member)
    ids = [(await create_uploaded(tables, member.member)).image_id for _ in range(3)]
    for each in (member, elsewhere):
        await tables.contributions.add(each, ids, Visibility())
    removed = await tables.contributions.remove(album.key, ids[:1], "another person")
    assert removed == frozenset()
    removed = await tables.contributions.remove(album.key, ids[:1], member.member)
    assert removed == frozenset(ids[:1])
    assert await tables.contributions.remove(album.key, ids[:2]) == frozenset([ids[1]])
    assert await list_ids(tables, album) == [ids[2]]
    assert await list_ids(tables, other) == ids[::-1]
    image = ImageKey(member.member, ids[0])
    assert await tables.contributions.list_albums(image) == [other.key]


async def test_images_leave_with_their_contributor_or_all_at_once(tables: Tables) -> None:
    album = await create_album(tables)
    first = await create_contributor(tables, album)
    second = await create_contributor(tables, album)
    for member in (first, second):
        ids = [(await create_uploaded(tables, member.member)).image_id for _ in range(2)]
        await tables.contributions.add(member, ids, Visibility())
    await tables.contributions.remove_contributor(album.key, first.member)
    assert await list_ids(tables, album) == ids[::-1]
    await tables.contributions.remove_all(album.key)
    await tables.contributions.remove_all(album.key)
    assert await list_ids(tables, album) == []
    assert await tables.contributions.list_albums(ImageKey(second.member, ids[0])) == []


async def test_nothing_is_left_of_a_contributor_who_leaves_while_adding(tables: Tables) -> None:
    album = await create_album(tables)
    member = await create_contributor(tables, album)
    ids = [(await create_uploaded(tables, member.member)).image_id for _ in range(4)]

    await asyncio.gather(
        *(tables.contributions.add(member, [each], Visibility()) for each in ids),
        make_remover(tables).remove(member),
        return_exceptions=True,
    )
    assert await list_ids(tables, album) == []


async def test_erasure_leaves_contributions_to_their_own_removal(tables: Tables) -> None:
    album = await create_album(tables)
    member = await create_contributor(tables, album)
    image = await create_uploaded(tables, member.member)
    await tables.contributions.add(member, [image.image_id], Visibility())
    for owner in (album.owner, member.member):
        await tables.owner_data.erase(owner)
    assert await list_ids(tables, album) == [image.image_id]
    assert await tables.contributions.list_albums(image.key) == [album.key]


def make_remover(tables: Tables) -> MemberRemover:
    return MemberRemover(tables.album_members, tables.contributions)


async def test_a_removed_member_leaves_nothing(tables: Tables) -> None:
    album = await create_album(tables)
    member = await create_contributor(tables, album)
    image = await create_uploaded(tables, member.member)
    await tables.contributions.add(member, [image.image_id], Visibility())
    await make_remover(tables).remove(member)
    assert await tables.album_members.list_members(album.key) == []
    assert await list_ids(tables, album) == []
    with pytest.raises(MemberNotFound):
        await make_remover(tables).remove(member)


async def test_a_person_leaves_all_albums(tables: Tables) -> None:
    albums = [await create_album(tables) for _ in range(2)]
    member = await create_contributor(tables, albums[0])
    await create_member(tables, albums[1].key, member.member)
    image = await create_uploaded(tables, member.member)
    await tables.contributions.add(member, [image.image_id], Visibility())
    await make_remover(tables).leave_all(member.member)
    assert (await tables.album_members.page_memberships(member.member, 10)).members == []
    assert await list_ids(tables, albums[0]) == []


async def test_an_album_that_is_deleted_leaves_no_member_and_no_invitation(
    tables: Tables,
) -> None:
    album = await create_album(tables)
    member = await create_contributor(tables, album)
    image = await create_uploaded(tables, member.member)
    await tables.contributions.add(member, [image.image_id], Visibility())
    invitation = make_invitation(album.key)
    await tables.album_members.invite(invitation)
    await tables.albums.begin_deletion(album.key)
    for _ in range(2):
        await make_remover(tables).remove_all(album.key)
    assert await tables.album_members.find_invitation(invitation.digest) is None
    assert (await tables.album_members.page_memberships(member.member, 10)).members == []
    assert await tables.contributions.list_albums(image.key) == []


async def test_a_deleted_image_leaves_albums_of_others(tables: Tables) -> None:
    album = await create_album(tables)
    member = await create_contributor(tables, album)
    deleted = await create_uploaded(tables, member.member)
    kept = await create_uploaded(tables, member.member)
    ids = [deleted.image_id, kept.image_id]
    await tables.contributions.add(member, ids, Visibility())
    stores = MemoryObjectStore(), MemoryObjectStore()
    deleter = ImageDeleter(tables.images, tables.albums, *stores, tables.contributions)
    await deleter.delete(deleted.key)
    assert await list_ids(tables, album) == [kept.image_id]
    assert await tables.contributions.list_albums(deleted.key) == []


async def take_at(tables: Tables, key: ImageKey, year: int) -> None:
    image = await tables.images.get_stored(key)
    edited = edit_details(image, taken_at=datetime(year, 1, 1, tzinfo=UTC))
    await tables.images.store(image, edited)


async def test_contributions_are_ordered_by_their_present_time_of_capture(tables: Tables) -> None:
    album, other = await create_album(tables), await create_album(tables)
    member = await create_contributor(tables, album)
    elsewhere = await create_contributor(tables, other, member.member)
    images = [await create_uploaded(tables, member.member) for _ in range(3)]
    for image, year in zip(images, (2003, 2001, 2002), strict=True):
        await take_at(tables, image.key, year)
    ids = [image.image_id for image in images]
    for each in (member, elsewhere):
        await tables.contributions.add(each, ids, Visibility())

    async def list_taken(sort: AlbumSort, album: Album = album) -> list[str]:
        found = await list_contributions(tables, album, sort=sort)
        return [each.image_id for each in found]

    assert await list_taken(AlbumSort.TAKEN_OLDEST) == [ids[1], ids[2], ids[0]]
    assert await list_taken(AlbumSort.TAKEN_NEWEST) == [ids[0], ids[2], ids[1]]
    await take_at(tables, images[0].key, 2000)
    for listed in (album, other):
        assert await list_taken(AlbumSort.TAKEN_OLDEST, listed) == [ids[0], ids[1], ids[2]]
    trashed = await tables.images.get(images[1].key)
    await tables.images.store(trashed, edit_details(trashed, trashed_at=now()))
    await take_at(tables, images[2].key, 1999)
    assert await list_taken(AlbumSort.TAKEN_OLDEST) == [ids[2], ids[0], ids[1]]


@pytest.mark.parametrize("sort", [each for each in AlbumSort if each is not AlbumSort.MANUAL])
async def test_contributions_are_paged_in_each_order(tables: Tables, sort: AlbumSort) -> None:
    album = await create_album(tables)
    member = await create_contributor(tables, album)
    images = [await create_uploaded(tables, member.member) for _ in range(5)]
    for image, year in zip(images, (2004, 2001, 2002, 2001, 2003), strict=True):
        await take_at(tables, image.key, year)
    await tables.contributions.add(member, [image.image_id for image in images], Visibility())
    every = await tables.contributions.list_entries(album.key, sort, 10)
    positions = [each.position for each in every]
    assert positions == sorted(positions, reverse=not sort.is_ascending)
    assert len(positions) == len(images)
    paged, after = [], None
    while page := await tables.contributions.list_entries(album.key, sort, 2, after):
        paged += page
        after = page[-1].position
    assert paged == every


async def test_the_manual_order_is_one_of_the_owner_and_of_members(tables: Tables) -> None:
    album = await create_album(tables)
    member = await create_contributor(tables, album)
    own = [(await create_uploaded(tables, album.owner)).image_id for _ in range(2)]
    added = [(await create_uploaded(tables, member.member)).image_id for _ in range(2)]
    await tables.albums.add_images(album.key, own[:1])
    await tables.contributions.add(member, added, Visibility())
    await tables.albums.add_images(album.key, own[1:])

    async def list_manual() -> list[str]:
        entries = await tables.albums.list_entries(album.key, AlbumSort.MANUAL, 10)
        return [each.image_id for each in entries]

    assert sorted((await list_manual())[1:3]) == added
    moved = await tables.albums.move_images(album.key, [added[0], own[0]], own[1], MoveSide.AFTER)
    assert moved == {added[0], own[0]}
    expected = [added[1], own[1], added[0], own[0]]
    assert await list_manual() == expected
    # A new visibility leaves the image where it is.
    await tables.contributions.add(member, added, Visibility(metadata=True))
    assert await list_manual() == expected
    await tables.contributions.remove(album.key, added[:1])
    assert await list_manual() == [added[1], own[1], own[0]]
    await tables.contributions.remove_contributor(album.key, member.member)
    assert await list_manual() == [own[1], own[0]]
    for sort in (AlbumSort.UPLOADED_NEWEST, AlbumSort.TAKEN_NEWEST):
        entries = await tables.albums.list_entries(album.key, sort, 10)
        assert {each.image_id for each in entries} <= set(own)
