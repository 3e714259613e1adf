"""The contract of favorites, the archive and ratings: the timeline and the index follow them."""

from collections import Counter
from collections.abc import Callable
from datetime import datetime

import pytest

from sightline.deletion import ImageTrash
from sightline.domain.albums import Album, AlbumSort
from sightline.domain.capture import Capture
from sightline.domain.clock import now
from sightline.domain.flags import ARCHIVED, FAVORITE, rating_flag, rating_flags
from sightline.domain.ids import new_album_id
from sightline.domain.images import Image
from sightline.domain.timeline import TimelineRange
from sightline.optimistic import Conflict, retry_conflicts
from sightline.ports.image_index import Term
from sightline.ports.tables import Tables
from sightline_testing.builders import (
    ETAG,
    count_labels,
    create_image,
    edit_details,
    find_labeled,
    make_rendition_set,
    new_owner,
    with_recognition,
)

#: A change of one image that was read.
Change = Callable[[Image], Image]

MAY_2020 = datetime(2020, 5, 1, 12)  # noqa: DTZ001


@pytest.fixture
def trash(tables: Tables) -> ImageTrash:
    return ImageTrash(tables.images, tables.albums)


def finish(image: Image, taken_at: datetime | None = MAY_2020) -> Image:
    """Return the image with renditions of a file that records this time of capture."""
    result = make_rendition_set().model_copy(update={"capture": Capture(taken_at=taken_at)})
    return image.with_part("renditions", image.renditions.succeed(result))


def begin(image: Image) -> Image:
    return image.with_part("renditions", image.renditions.begin(ETAG))


def archive(image: Image) -> Image:
    return edit_details(image, archived=True)


def unarchive(image: Image) -> Image:
    return edit_details(image, archived=False)


def move_to_trash(image: Image) -> Image:
    return edit_details(image, trashed_at=now())


def restore(image: Image) -> Image:
    return edit_details(image, trashed_at=None)


async def write(tables: Tables, image: Image, *changes: Change) -> Image:
    """Store the changes one after the other; return the image as it is then."""
    for change in changes:
        changed = change(image)
        await tables.images.store(image, changed)
        image = changed
    return image


async def upload(tables: Tables, owner: str, *labels: str) -> Image:
    image = await create_image(tables, owner)
    return await write(tables, image, begin, finish, lambda image: with_recognition(image, *labels))


async def list_ids(tables: Tables, owner: str, within: TimelineRange) -> list[str]:
    page = await tables.timeline.page(owner, 100, within)
    return [image.image_id for image in page.images]


async def find_flagged(tables: Tables, owner: str, flag: str) -> list[str]:
    """Return the images with this flag, whose number the index must know."""
    term = Term("word", flag)
    found = [each.image_id for each in await tables.index.find(owner, term, 100)]
    assert await tables.index.count_images(owner, [term]) == [len(found)]
    assert [each.image_id for each in await tables.index.match(owner, term, found)] == found
    return found


async def check_place(tables: Tables, image: Image) -> Image:
    """Check that the right list has the owner's only image, and that the months count it or not.

    Return the image as it is stored.
    """
    stored = await tables.images.get_stored(image.key)
    archived = TimelineRange().in_archive()
    lists = {
        name: await list_ids(tables, image.owner, within)
        for name, within in (
            ("timeline", TimelineRange()),
            ("archive", archived),
            ("trash", TimelineRange.of_trash()),
        )
    }
    place = "archive" if stored.details.archived else "timeline"
    place = "trash" if stored.is_trashed else place
    is_placed = stored.renditions.etag is not None
    assert lists == {
        name: [image.image_id] if is_placed and name == place else [] for name in lists
    }
    months = {
        count.month: count.images for count in await tables.timeline.count_months(image.owner)
    }
    is_counted = is_placed and place == "timeline"
    assert months == ({stored.timeline_at.isoformat()[:7]: 1} if is_counted else {})
    return stored


async def test_the_archive_is_out_of_the_timeline_and_back(tables: Tables) -> None:
    owner = new_owner()
    images = [await upload(tables, owner, "Dog") for _ in range(3)]
    before = await list_ids(tables, owner, TimelineRange())
    archived = await write(tables, images[1], archive)
    assert await list_ids(tables, owner, TimelineRange()) == [
        images[2].image_id,
        images[0].image_id,
    ]
    month = TimelineRange.of_month("2020-05")
    for within in (TimelineRange(), month):
        assert await list_ids(tables, owner, within.in_archive()) == [archived.image_id]
    assert await list_ids(tables, owner, TimelineRange.of_month("2020-06").in_archive()) == []
    assert [count.images for count in await tables.timeline.count_months(owner)] == [2]
    assert await count_labels(tables, owner) == {"Dog": 3}
    assert archived.image_id in await find_labeled(tables, owner, "Dog")
    (summary,) = await tables.images.get_summaries(owner, [archived.image_id])
    assert summary.details.archived
    assert len((await tables.images.page_summaries(owner, 10)).images) == 3
    await write(tables, archived, unarchive)
    assert await list_ids(tables, owner, TimelineRange()) == before
    assert await list_ids(tables, owner, TimelineRange().in_archive()) == []
    assert [count.images for count in await tables.timeline.count_months(owner)] == [3]


async def test_flags_are_found_and_counted(tables: Tables) -> None:
    owner = new_owner()
    plain, image = [await upload(tables, owner, "Dog") for _ in range(2)]
    await write(tables, plain, lambda image: edit_details(image, title="favorite rating4"))
    flagged = await write(
        tables, image, lambda image: edit_details(image, favorite=True, archived=True, rating=4)
    )
    for flag in (FAVORITE, ARCHIVED, rating_flag(4)):
        assert await find_flagged(tables, owner, flag) == [image.image_id]
    stored = await tables.images.get(image.key)
    assert (stored.details.favorite, stored.details.archived, stored.details.rating) == (
        *(True, True),
        4,
    )
    flagged = await write(
        tables, flagged, lambda image: edit_details(image, favorite=False, rating=5)
    )
    assert await find_flagged(tables, owner, FAVORITE) == []
    ratings = [await find_flagged(tables, owner, flag) for flag in rating_flags(1)]
    assert ratings == [[], [], [], [], [image.image_id]]
    await write(tables, flagged, lambda image: edit_details(image, archived=False, rating=0))
    for flag in (ARCHIVED, *rating_flags(1)):
        assert await find_flagged(tables, owner, flag) == []


async def test_flags_outlive_reprocessing_and_the_trash(tables: Tables, trash: ImageTrash) -> None:
    image = await upload(tables, new_owner(), "Dog")
    image = await write(
        tables, image, lambda image: edit_details(image, favorite=True, archived=True, rating=2)
    )
    image = await write(tables, image, begin, lambda image: finish(image, datetime(2021, 6, 1)))  # noqa: DTZ001
    flags = image.details
    await check_place(tables, image)
    await trash.move(image.key)
    await check_place(tables, image)
    restored = await trash.restore(image.key)
    kept = {"revision": restored.details.revision}
    assert restored.details == flags.model_copy(update=kept)
    await check_place(tables, image)
    assert await find_flagged(tables, image.owner, FAVORITE) == [image.image_id]


async def test_a_deletion_leaves_no_flag(tables: Tables) -> None:
    image = await upload(tables, new_owner(), "Dog")
    image = await write(
        tables, image, lambda image: edit_details(image, favorite=True, archived=True, rating=2)
    )
    await tables.images.remove(await tables.images.begin_deletion(image.key))
    for flag in (FAVORITE, ARCHIVED, rating_flag(2)):
        assert await find_flagged(tables, image.owner, flag) == []
    assert await list_ids(tables, image.owner, TimelineRange().in_archive()) == []
    assert await tables.timeline.count_months(image.owner) == []


async def test_albums_keep_archived_images_in_every_order(tables: Tables) -> None:
    """Also where the image is archived first, or its time of capture is corrected afterwards."""
    owner = new_owner()
    images = [await upload(tables, owner) for _ in range(3)]
    images[0] = await write(tables, images[0], archive)
    album = Album(
        owner=owner, album_id=new_album_id(), title="Album", created_at=now(), updated_at=now()
    )
    await tables.albums.create(album)
    ids = [image.image_id for image in images]
    await tables.albums.add_images(album.key, ids)
    await write(tables, await tables.images.get(images[1].key), archive)

    async def list_members(sort: AlbumSort) -> list[str]:
        entries = await tables.albums.list_entries(album.key, sort, 10)
        return [image_id for image_id, _ in entries]

    assert await list_members(AlbumSort.TAKEN_OLDEST) == ids
    assert await list_members(AlbumSort.UPLOADED_NEWEST) == ids[::-1]
    corrected = datetime(1987, 8, 2)  # noqa: DTZ001
    stored = await tables.images.get(images[1].key)
    await write(tables, stored, lambda image: edit_details(image, taken_at=corrected))
    assert await list_members(AlbumSort.TAKEN_OLDEST) == [ids[1], ids[0], ids[2]]
    await write(tables, await tables.images.get(images[1].key), unarchive)
    assert await list_members(AlbumSort.TAKEN_OLDEST) == [ids[1], ids[0], ids[2]]
    assert await list_ids(tables, owner, TimelineRange()) == [ids[2], ids[1]]


@pytest.mark.parametrize(
    ("earlier", "first", "second"),
    [
        pytest.param((begin, finish), archive, move_to_trash, id="archive, then trash"),
        pytest.param((begin, finish), move_to_trash, archive, id="trash, then archive"),
        pytest.param((begin, finish, archive), move_to_trash, unarchive, id="trash, unarchive"),
        pytest.param((begin, finish, archive), unarchive, move_to_trash, id="unarchive, trash"),
        pytest.param((begin, finish, move_to_trash), restore, archive, id="restore, archive"),
        pytest.param(
            (begin, finish, archive, move_to_trash), restore, unarchive, id="restore, unarchive"
        ),
        pytest.param((), archive, begin, id="archive, then the upload"),
        pytest.param((), begin, archive, id="the upload, then archive"),
        pytest.param((begin,), archive, finish, id="archive, then the end of processing"),
        pytest.param((begin,), finish, archive, id="the end of processing, then archive"),
        pytest.param((begin, archive), unarchive, finish, id="unarchive, end of processing"),
        pytest.param((begin, archive), finish, unarchive, id="end of processing, unarchive"),
    ],
)
async def test_a_write_conflicts_with_what_it_did_not_read(
    tables: Tables, earlier: tuple[Change, ...], first: Change, second: Change
) -> None:
    """The second write was derived before the first; after a new read, it has its effect."""
    read = await write(tables, await create_image(tables), *earlier)
    await write(tables, read, first)
    after_first = await check_place(tables, read)
    with pytest.raises(Conflict):
        await write(tables, read, second)
    assert await check_place(tables, read) == after_first

    @retry_conflicts()
    async def change() -> None:
        await write(tables, await tables.images.get_stored(read.key), second)

    await change()
    stored = await check_place(tables, read)
    expected = second(first(read))
    assert stored.details.archived == expected.details.archived
    assert stored.is_trashed == expected.is_trashed
    assert stored.timeline_month == expected.timeline_month


async def test_the_end_of_processing_keeps_an_archived_image_in_its_place(tables: Tables) -> None:
    """A file without a time of capture moves nothing: its end does not conflict with the edit."""
    begun = await write(tables, await create_image(tables), begin)
    await write(tables, begun, archive)
    await write(tables, begun, lambda image: finish(image, None))
    stored = await check_place(tables, begun)
    assert stored.details.archived
    assert stored.renditions.result is not None


async def test_months_stay_exact_for_several_images(tables: Tables) -> None:
    owner = new_owner()
    images = [await upload(tables, owner, "Dog") for _ in range(2)]
    for change in (archive, move_to_trash, restore, unarchive):
        images[0] = await write(tables, images[0], change)
        expected = Counter(month for image in images if (month := image.timeline_month))
        counts = await tables.timeline.count_months(owner)
        assert {count.month: count.images for count in counts} == expected
