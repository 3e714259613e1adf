"""The contract of `TimelineTable`."""

import asyncio
from datetime import datetime, timedelta, timezone

import pytest

from sightline.domain.capture import Capture
from sightline.domain.images import Image
from sightline.domain.sort_order import SortOrder
from sightline.domain.timeline import MonthCount, TimelineRange, timeline_position
from sightline.optimistic import Conflict
from sightline.ports.tables import Tables
from sightline_testing.builders import (
    ETAG,
    create_image,
    edit_details,
    make_rendition_set,
    new_owner,
    with_recognition,
)

EVERYTHING = TimelineRange()

TOKYO = timezone(timedelta(hours=9))


def with_capture(image: Image, taken_at: datetime | None = None, etag: str = ETAG) -> Image:
    """Return the image with renditions of a file that records this time of capture."""
    result = make_rendition_set().model_copy(update={"capture": Capture(taken_at=taken_at)})
    return image.with_part("renditions", image.renditions.begin(etag).succeed(result))


async def upload(tables: Tables, owner: str, taken_at: datetime | None = None) -> Image:
    """Return a new image of the timeline."""
    image = await create_image(tables, owner)
    uploaded = with_capture(image, taken_at)
    await tables.images.store(image, uploaded)
    return uploaded


async def list_ids(
    tables: Tables,
    owner: str,
    within: TimelineRange = EVERYTHING,
    order: SortOrder = SortOrder.NEWEST,
) -> list[str]:
    page = await tables.timeline.page(owner, 100, within, order)
    return [image.image_id for image in page.images]


async def test_the_timeline_is_by_local_time_of_capture_or_else_of_upload(tables: Tables) -> None:
    owner = new_owner()
    uploaded = await upload(tables, owner)
    # Earlier than the next one as an instant, later on a clock at the place.
    tokyo = await upload(tables, owner, datetime(2020, 5, 1, 12, tzinfo=TOKYO))
    unknown = await upload(tables, owner, datetime(2020, 5, 1, 11, 59, 59, 999999))  # noqa: DTZ001
    newest_first = [uploaded.image_id, tokyo.image_id, unknown.image_id]
    assert await list_ids(tables, owner) == newest_first
    assert await list_ids(tables, owner, order=SortOrder.OLDEST) == newest_first[::-1]
    page = await tables.timeline.page(owner, 3, EVERYTHING)
    assert page.images == [image.summary for image in (uploaded, tokyo, unknown)]
    assert await tables.timeline.count_months(owner) == [
        MonthCount(f"{uploaded.created_at:%Y-%m}", 1),
        MonthCount("2020-05", 2),
    ]


async def test_an_image_enters_the_timeline_with_its_renditions(tables: Tables) -> None:
    image = await create_image(tables)
    recognized = with_recognition(image, "Dog")
    await tables.images.store(image, recognized)
    assert await list_ids(tables, image.owner) == []
    assert await tables.timeline.count_months(image.owner) == []
    begun = recognized.with_part("renditions", recognized.renditions.begin(ETAG))
    await tables.images.store(recognized, begun)
    assert await list_ids(tables, image.owner) == [image.image_id]
    assert await tables.timeline.count_months(image.owner) == [
        MonthCount(f"{image.created_at:%Y-%m}", 1)
    ]


async def test_a_corrected_time_moves_the_image_to_another_month(tables: Tables) -> None:
    image = await upload(tables, new_owner(), datetime(2020, 5, 1))  # noqa: DTZ001
    moved = edit_details(image, taken_at=datetime(1987, 8, 2, 16, 30))  # noqa: DTZ001
    await tables.images.store(image, moved)
    assert await list_ids(tables, image.owner, TimelineRange.of_month("2020-05")) == []
    assert await list_ids(tables, image.owner, TimelineRange.of_month("1987-08")) == [
        image.image_id
    ]
    assert await tables.timeline.count_months(image.owner) == [MonthCount("1987-08", 1)]
    await tables.images.store(moved, edit_details(moved, taken_at=None))
    assert await tables.timeline.count_months(image.owner) == [MonthCount("2020-05", 1)]


@pytest.mark.parametrize("order", SortOrder)
async def test_pages_continue_after_a_position(tables: Tables, order: SortOrder) -> None:
    """Images at the same time follow one another by id, and none is repeated."""
    owner = new_owner()
    taken_at = datetime(2020, 5, 1)  # noqa: DTZ001
    images = [await upload(tables, owner, taken_at) for _ in range(3)]
    images += [await upload(tables, owner, datetime(2020, 5, day)) for day in (2, 3)]  # noqa: DTZ001
    expected = sorted(images, key=lambda image: (image.timeline_at, image.image_id))
    if order is SortOrder.NEWEST:
        expected.reverse()
    found: list[str] = []
    within = EVERYTHING
    for _ in range(3):
        page = await tables.timeline.page(owner, 2, within, order)
        found += [image.image_id for image in page.images]
        if page.next_after is None:
            break
        within = within.after(page.next_after, order)
    assert found == [image.image_id for image in expected]
    assert page.next_after is None


@pytest.mark.parametrize("order", SortOrder)
async def test_a_position_outlives_its_image(tables: Tables, order: SortOrder) -> None:
    owner = new_owner()
    images = [await upload(tables, owner, datetime(2020, 5, day)) for day in (1, 2, 3)]  # noqa: DTZ001
    rest = EVERYTHING.after(images[1].timeline_position or "", order)
    deleted = await tables.images.begin_deletion(images[1].key)
    remaining = images[0] if order is SortOrder.NEWEST else images[2]
    assert await list_ids(tables, owner, rest, order) == [remaining.image_id]
    await tables.images.remove(deleted)
    assert await list_ids(tables, owner, rest, order) == [remaining.image_id]


async def test_a_range_includes_its_start_and_excludes_its_end(tables: Tables) -> None:
    owner = new_owner()
    first, second = datetime(2020, 5, 1), datetime(2020, 6, 1)  # noqa: DTZ001
    images = [await upload(tables, owner, at) for at in (first, second)]
    assert await list_ids(tables, owner, TimelineRange.between(first, second)) == [
        images[0].image_id
    ]
    assert await list_ids(tables, owner, TimelineRange.between(second, None)) == [
        images[1].image_id
    ]
    assert await list_ids(tables, owner, TimelineRange.between(None, first)) == []
    assert await list_ids(tables, owner, TimelineRange.between(second, first)) == []
    exact = TimelineRange(
        timeline_position(first, images[0].image_id), timeline_position(second, images[1].image_id)
    )
    assert await list_ids(tables, owner, exact) == [images[0].image_id]


async def test_a_deleted_image_leaves_the_timeline(tables: Tables) -> None:
    """At once from its pages; its month counts it until it is removed."""
    image = await upload(tables, new_owner())
    deleted = await tables.images.begin_deletion(image.key)
    assert await list_ids(tables, image.owner) == []
    await tables.images.remove(deleted)
    await tables.images.remove(deleted)
    assert await tables.timeline.count_months(image.owner) == []


async def test_reprocessing_moves_the_image_to_the_time_of_the_new_file(tables: Tables) -> None:
    image = await upload(tables, new_owner(), datetime(2020, 5, 1))  # noqa: DTZ001
    again = with_capture(image, datetime(2021, 6, 1), etag="another")  # noqa: DTZ001
    await tables.images.store(image, again)
    assert await tables.timeline.count_months(image.owner) == [MonthCount("2021-06", 1)]
    assert await list_ids(tables, image.owner, TimelineRange.of_month("2021-06")) == [
        image.image_id
    ]


async def test_a_correction_conflicts_with_the_renditions_that_it_did_not_read(
    tables: Tables,
) -> None:
    """In both orders: the position follows from details and renditions together."""
    image = await create_image(tables)
    corrected = edit_details(image, taken_at=datetime(1987, 8, 2))  # noqa: DTZ001
    uploaded = with_capture(image, datetime(2020, 5, 1))  # noqa: DTZ001
    await tables.images.store(image, corrected)
    with pytest.raises(Conflict):
        await tables.images.store(image, uploaded)
    other = await create_image(tables)
    await tables.images.store(other, with_capture(other, datetime(2020, 5, 1)))  # noqa: DTZ001
    with pytest.raises(Conflict):
        await tables.images.store(other, edit_details(other, taken_at=datetime(1987, 8, 2)))  # noqa: DTZ001


async def test_months_stay_exact_under_concurrent_changes(tables: Tables) -> None:
    owner = new_owner()
    images = [await upload(tables, owner, datetime(2020, 5, 1)) for _ in range(6)]  # noqa: DTZ001

    async def change(number: int, image: Image) -> None:
        if number % 2:
            await tables.images.store(image, edit_details(image, taken_at=datetime(2021, 6, 1)))  # noqa: DTZ001
        else:
            await tables.images.remove(await tables.images.begin_deletion(image.key))

    await asyncio.gather(*(change(*each) for each in enumerate(images)))
    assert await tables.timeline.count_months(owner) == [MonthCount("2021-06", 3)]


async def test_the_timeline_is_the_owners(tables: Tables) -> None:
    image = await upload(tables, new_owner())
    assert await list_ids(tables, new_owner()) == []
    assert await tables.timeline.count_months(new_owner()) == []
    assert await list_ids(tables, image.owner) == [image.image_id]


async def test_erasing_the_owner_erases_the_months(tables: Tables) -> None:
    image = await upload(tables, new_owner())
    await tables.images.remove(await tables.images.begin_deletion(image.key))
    await tables.owner_data.erase(image.owner)
    assert await tables.timeline.count_months(image.owner) == []
