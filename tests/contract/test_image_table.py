"""The contract of `ImageTable`."""

import asyncio
import time
from datetime import UTC, datetime, timedelta, timezone
from itertools import pairwise

import pytest

from sightline.domain.albums import Album
from sightline.domain.capture import Capture
from sightline.domain.clock import now
from sightline.domain.ids import new_album_id
from sightline.domain.images import Details, Image
from sightline.domain.object_keys import ImageKey
from sightline.domain.sort_order import SortOrder
from sightline.domain.states import State
from sightline.optimistic import Conflict
from sightline.ports.image_table import ImageNotFound, SummaryPage
from sightline.ports.tables import Tables
from sightline_testing.builders import (
    ETAG,
    count_labels,
    create_image,
    edit_details,
    find_labeled,
    make_image,
    make_recognition,
    make_rendition_set,
    make_share_link,
    new_owner,
    with_recognition,
    without_index,
)


async def test_get_returns_every_stored_field(tables: Tables) -> None:
    """Nested floats included."""
    image = await create_image(tables)
    assert await tables.images.get(image.key) == image
    complete = with_recognition(image, "Dog", "Beach")
    damaged = make_rendition_set().model_copy(update={"damaged": True})
    renditions = complete.renditions.begin(ETAG).succeed(damaged)
    await tables.images.store(image, complete)
    await tables.images.store(complete, complete.with_part("renditions", renditions))
    stored = without_index(await tables.images.get(image.key))
    assert stored == complete.with_part("renditions", renditions)


async def test_an_attempt_without_an_end_is_kept(tables: Tables) -> None:
    """As after a crash: the image must stay readable."""
    image = await create_image(tables)
    first = image.with_part("recognition", image.recognition.begin(ETAG))
    await tables.images.store(image, first)
    second = first.with_part("recognition", first.recognition.begin(ETAG))
    assert [attempt.ended_at for attempt in second.recognition.attempts] == [None]
    await tables.images.store(first, second)
    assert await tables.images.get(image.key) == second


async def test_the_trace_of_an_upload_is_kept(tables: Tables) -> None:
    """The consumers continue it, whatever else has been written to the row."""
    traceparent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
    image = await create_image(tables, traceparent=traceparent)
    await tables.images.store(image, with_recognition(image, "Dog"))
    assert (await tables.images.get(image.key)).traceparent == traceparent
    (summary,) = (await tables.images.page_summaries(image.owner, 10)).images
    assert traceparent not in summary.model_dump_json()


async def test_store_changes_the_home_of_an_image(tables: Tables) -> None:
    """Also that of an upload, which still expires."""
    image = await create_image(tables, expires_at=int(time.time()) + 60)
    first = image.with_home("eu-central-1")
    await tables.images.store(image, first)
    assert await tables.images.get(image.key) == first
    second = first.with_home("eu-west-1")
    await tables.images.store(first, second)
    recognized = with_recognition(second, "Dog")
    await tables.images.store(second, recognized)
    third = recognized.with_home("us-east-1")
    await tables.images.store(recognized, third)
    assert without_index(await tables.images.get(image.key)) == third
    found = await tables.inventory.find(image.key)
    assert found is not None
    assert without_index(found) == third


@pytest.mark.parametrize("home", [None, "eu-central-1"])
async def test_store_raises_a_conflict_if_the_home_has_changed(
    tables: Tables, home: str | None
) -> None:
    """A worker of the former home writes no result."""
    image = await create_image(tables, home=home)
    adopted = image.with_home("eu-west-1")
    await tables.images.store(image, adopted)
    with pytest.raises(Conflict):
        await tables.images.store(image, with_recognition(image, "Dog"))
    with pytest.raises(Conflict):
        await tables.images.store(image, image.with_home("us-east-1"))
    assert await tables.images.get(image.key) == adopted
    assert await count_labels(tables, image.owner) == {}


async def test_the_vector_of_an_image_is_kept_with_its_recognition(tables: Tables) -> None:
    """It is part of the row, and not of the summary that galleries read."""
    image = await create_image(tables)
    vector = bytes(range(256))
    result = make_recognition("Dog", vector=vector)
    recognized = image.with_part("recognition", image.recognition.begin(ETAG).succeed(result))
    await tables.images.store(image, recognized)
    stored = (await tables.images.get(image.key)).recognition.result
    assert stored is not None
    assert stored.vector == vector
    twin = await create_image(tables, owner=image.owner)
    known = await tables.recognition_cache.claim(twin, result.profile, 60)
    assert known is not None
    assert known.vector == vector
    (summary,) = (await tables.images.page_summaries(image.owner, 10)).images[-1:]
    assert "vector" not in summary.model_dump_json()


async def test_create_is_idempotent_and_rejects_a_used_id(tables: Tables) -> None:
    image = await create_image(tables)
    await tables.images.create(image)
    with pytest.raises(Conflict):
        await tables.images.create(image.model_copy(update={"bytes": 6}))
    assert await tables.images.get(image.key) == image


async def test_get_raises_for_a_missing_image(tables: Tables) -> None:
    with pytest.raises(ImageNotFound):
        await tables.images.get(make_image().key)


async def test_get_raises_for_an_image_of_another_owner(tables: Tables) -> None:
    image = await create_image(tables)
    with pytest.raises(ImageNotFound):
        await tables.images.get(ImageKey(new_owner(), image.image_id))


async def test_page_returns_the_images_of_the_owner_newest_first(tables: Tables) -> None:
    owner = new_owner()
    images = [await create_image(tables, owner=owner) for _ in range(5)]
    await create_image(tables)
    page = await tables.images.page(owner, 10)
    assert page.images == images[::-1]
    assert page.next_before is None


async def test_pages_have_no_gap_and_no_overlap(tables: Tables) -> None:
    owner = new_owner()
    images = [await create_image(tables, owner=owner) for _ in range(7)]
    seen: list[Image] = []
    before: str | None = None
    sizes = []
    while True:
        page = await tables.images.page(owner, 3, before)
        seen += page.images
        sizes.append(len(page.images))
        before = page.next_before
        if before is None:
            break
    assert seen == images[::-1]
    assert sizes == [3, 3, 1]


async def test_page_summaries_stops_at_the_oldest_requested_id(tables: Tables) -> None:
    owner = new_owner()
    images = [await create_image(tables, owner=owner) for _ in range(4)]
    page = await tables.images.page_summaries(owner, 10, images[3].image_id, images[1].image_id)
    assert page.images == [images[2].summary, images[1].summary]


async def test_page_summaries_has_no_gap_or_overlap_from_the_oldest_on(tables: Tables) -> None:
    owner = new_owner()
    images = [await create_image(tables, owner=owner) for _ in range(5)]
    await tables.images.begin_deletion(images[1].key)
    oldest = SortOrder.OLDEST
    page = await tables.images.page_summaries(owner, 2, order=oldest)
    assert page == SummaryPage([images[0].summary, images[2].summary], images[2].image_id)
    assert page.next_after is not None
    start = oldest.next_position(page.next_after)
    page = await tables.images.page_summaries(owner, 2, None, start, oldest)
    assert page == SummaryPage([images[3].summary, images[4].summary], None)
    page = await tables.images.page_summaries(owner, 2, images[4].image_id, start, oldest)
    assert page == SummaryPage([images[3].summary], None)


@pytest.mark.parametrize("order", SortOrder)
async def test_page_summaries_of_an_empty_range_is_empty(tables: Tables, order: SortOrder) -> None:
    older, newer = await create_image(tables), await create_image(tables)
    for before, down_to in ((older, older), (older, newer)):
        page = await tables.images.page_summaries(
            older.owner, 10, before.image_id, down_to.image_id, order
        )
        assert page == SummaryPage([], None)


async def test_the_last_full_page_has_no_next_page(tables: Tables) -> None:
    owner = new_owner()
    for _ in range(3):
        await create_image(tables, owner=owner)
    assert (await tables.images.page(owner, 3)).next_before is None


async def test_hidden_images_do_not_shorten_a_page(tables: Tables) -> None:
    """Rows that are being deleted or have expired are skipped."""
    owner = new_owner()
    images = [await create_image(tables, owner=owner) for _ in range(3)]
    for _ in range(4):
        hidden = await create_image(tables, owner=owner)
        await tables.images.begin_deletion(hidden.key)
    await create_image(tables, owner=owner, expires_at=int(time.time()) - 1)
    page = await tables.images.page(owner, 2)
    assert page.images == images[:0:-1]
    assert page.next_before == images[1].image_id


async def test_get_raises_for_an_expired_upload_whose_row_still_exists(tables: Tables) -> None:
    image = await create_image(tables, expires_at=int(time.time()) - 1)
    with pytest.raises(ImageNotFound):
        await tables.images.get(image.key)


async def test_the_first_part_to_begin_removes_the_expiry(tables: Tables) -> None:
    image = await create_image(tables, expires_at=int(time.time()) + 1000)
    await tables.images.store(image, image.with_part("recognition", image.recognition.begin(ETAG)))
    assert (await tables.images.get(image.key)).expires_at is None


async def test_writes_of_different_parts_do_not_conflict(tables: Tables) -> None:
    """Both services derive their write from the same row, and both writes succeed."""
    image = await create_image(tables)
    await tables.images.store(image, image.with_part("recognition", image.recognition.begin(ETAG)))
    await tables.images.store(image, image.with_part("renditions", image.renditions.begin(ETAG)))
    stored = await tables.images.get(image.key)
    assert (stored.recognition.state, stored.renditions.state) == (State.RUNNING, State.RUNNING)


async def test_store_raises_a_conflict_if_the_part_has_changed(tables: Tables) -> None:
    image = await create_image(tables)
    started = image.with_part("renditions", image.renditions.begin(ETAG))
    await tables.images.store(image, started)
    with pytest.raises(Conflict):
        await tables.images.store(
            image, image.with_part("renditions", image.renditions.begin("other"))
        )
    assert without_index(await tables.images.get(image.key)) == started


async def test_only_one_of_many_concurrent_writes_succeeds(tables: Tables) -> None:
    image = await create_image(tables)
    writes = [tables.images.store(image, with_recognition(image, f"Label {n}")) for n in range(8)]
    outcomes = await asyncio.gather(*writes, return_exceptions=True)
    conflicts = [outcome for outcome in outcomes if outcome is not None]
    assert len(conflicts) == 7
    assert all(isinstance(outcome, Conflict) for outcome in conflicts)
    assert list((await count_labels(tables, image.owner)).values()) == [1]


async def test_writes_of_details_and_parts_do_not_conflict(tables: Tables) -> None:
    """Unless a part begins for the first time, or both change what derives from them."""
    created = await create_image(tables)
    image = created.with_part("renditions", created.renditions.begin(ETAG))
    await tables.images.store(created, image)
    await tables.images.store(
        image, edit_details(image, title="Ein anderes", description="DetectedText")
    )
    await tables.images.store(image, image.with_part("renditions", image.renditions.begin(ETAG)))
    stored = await tables.images.get(image.key)
    assert (stored.details.title, stored.renditions.state) == ("Ein anderes", State.RUNNING)
    with pytest.raises(Conflict):
        await tables.images.store(image, edit_details(image, title="Zu spät"))


async def test_editing_details_keeps_the_expiry(tables: Tables) -> None:
    expires_at = int(time.time()) + 1000
    image = await create_image(tables, expires_at=expires_at)
    await tables.images.store(image, edit_details(image, title="Neu"))
    assert (await tables.images.get(image.key)).expires_at == expires_at


@pytest.mark.parametrize("offset", [None, UTC, timezone(timedelta(hours=5, minutes=30))])
async def test_the_time_of_the_owner_replaces_that_of_the_file(
    tables: Tables, offset: timezone | None
) -> None:
    recorded = datetime(2026, 6, 21, 21, 14, 8, tzinfo=UTC)
    corrected = datetime(1987, 8, 2, 16, 30, 0, 250_000, tzinfo=offset)
    image = await create_image(tables)
    renditions = make_rendition_set().model_copy(update={"capture": Capture(taken_at=recorded)})
    part = image.renditions.begin(ETAG).succeed(renditions)
    await tables.images.store(image, image.with_part("renditions", part))
    for taken_at, expected in ((corrected, corrected), (None, recorded)):
        before = await tables.images.get(image.key)
        await tables.images.store(before, edit_details(before, taken_at=taken_at))
        stored = await tables.images.get(image.key)
        (summary,) = await tables.images.get_summaries(image.owner, [image.image_id])
        for found in (stored.taken_at, summary.taken_at):
            assert found is not None
            assert found.isoformat() == expected.isoformat()


async def test_adding_a_label_keeps_the_expiry(tables: Tables) -> None:
    """No index entry or count refers to the row before the upload: it can expire alone."""
    expires_at = int(time.time()) + 1000
    image = await create_image(tables, expires_at=expires_at)
    await tables.images.store(image, edit_details(image, added=("Holiday",)))
    assert (await tables.images.get(image.key)).expires_at == expires_at


async def test_get_many_returns_visible_images_in_the_requested_order(tables: Tables) -> None:
    owner = new_owner()
    images = [await create_image(tables, owner=owner) for _ in range(3)]
    hidden = await create_image(tables, owner=owner)
    await tables.images.begin_deletion(hidden.key)
    foreign = await create_image(tables)
    requested = [images[2], hidden, images[0], foreign]
    found = await tables.images.get_many(owner, [image.image_id for image in requested])
    assert found == [images[2], images[0]]
    assert await tables.images.get_many(owner, []) == []


async def test_begin_deletion_hides_the_image_and_forbids_every_write(tables: Tables) -> None:
    image = await create_image(tables)
    hidden = await tables.images.begin_deletion(image.key)
    assert hidden.deleted_at is not None
    with pytest.raises(ImageNotFound):
        await tables.images.get(image.key)
    with pytest.raises(Conflict):
        await tables.images.store(image, with_recognition(image, "Dog"))
    assert await count_labels(tables, image.owner) == {}


async def test_begin_deletion_is_idempotent(tables: Tables) -> None:
    image = await create_image(tables)
    assert await tables.images.begin_deletion(image.key) == await tables.images.begin_deletion(
        image.key
    )


async def test_begin_deletion_raises_for_a_missing_image(tables: Tables) -> None:
    with pytest.raises(ImageNotFound):
        await tables.images.begin_deletion(make_image().key)


async def test_remove_deletes_the_row_and_its_index_entries(tables: Tables) -> None:
    image = await create_image(tables)
    await tables.images.store(image, with_recognition(image, "Dog", "Beach"))
    hidden = await tables.images.begin_deletion(image.key)
    await tables.images.remove(hidden)
    assert await count_labels(tables, image.owner) == {}
    assert await find_labeled(tables, image.owner, "Dog") == {}
    with pytest.raises(ImageNotFound):
        await tables.images.begin_deletion(image.key)


async def test_concurrent_removals_decrement_the_counts_once(tables: Tables) -> None:
    owner = new_owner()
    image, other = await create_image(tables, owner=owner), await create_image(tables, owner=owner)
    for each in (image, other):
        await tables.images.store(each, with_recognition(each, "Dog"))
    hidden = await tables.images.begin_deletion(image.key)
    await asyncio.gather(tables.images.remove(hidden), tables.images.remove(hidden))
    assert await count_labels(tables, owner) == {"Dog": 1}


async def test_remove_ignores_an_image_whose_deletion_has_not_begun(tables: Tables) -> None:
    image = await create_image(tables)
    await tables.images.remove(image)
    assert await tables.images.get(image.key) == image


def test_image_ids_sort_by_creation_time() -> None:
    ids = [make_image().image_id for _ in range(1000)]
    assert all(earlier < later for earlier, later in pairwise(ids))


async def test_list_ids_returns_hidden_images_as_well(tables: Tables) -> None:
    owner = new_owner()
    images = [await create_image(tables, owner=owner) for _ in range(3)]
    await tables.images.begin_deletion(images[1].key)
    await create_image(tables)
    ids = [image.image_id for image in images]
    assert await tables.images.list_ids(owner, 10) == ids[::-1]
    assert await tables.images.list_ids(owner, 2) == ids[:0:-1]


async def create_ready_image(tables: Tables, owner: str) -> Image:
    """Create an image with a title, labels, an added and a hidden one, and renditions."""
    image = await create_image(tables, owner=owner)
    for change in (
        lambda each: with_recognition(each, "Dog", "Beach"),
        lambda each: each.with_part(
            "renditions", each.renditions.begin(ETAG).succeed(make_rendition_set())
        ),
        lambda each: each.with_details(
            Details(revision=1, title="Evening", added=("Holiday",), hidden=("Beach",))
        ),
    ):
        before, image = image, change(image)
        await tables.images.store(before, image)
    return await tables.images.get(image.key)


async def test_summaries_match_their_images(tables: Tables) -> None:
    """Each write of a part updates the summary of that part."""
    owner = new_owner()
    awaiting, ready = (
        await create_image(tables, owner=owner),
        await create_ready_image(tables, owner),
    )
    page = await tables.images.page_summaries(owner, 10)
    assert page.images == [ready.summary, awaiting.summary]
    summary = page.images[0]
    assert summary.status is ready.status
    assert summary.labels.keys() == ready.labels.keys()
    # In steps of half a percent.
    assert [each.confidence for each in summary.labels.values()] == pytest.approx(
        [each.confidence for each in ready.labels.values()], abs=0.25
    )
    assert set(summary.labels) == {"dog", "holiday"}
    assert summary.renditions.thumbnail is not None
    assert await tables.images.get_summaries(owner, [awaiting.image_id, ready.image_id]) == [
        awaiting.summary,
        ready.summary,
    ]


async def test_summary_contains_the_albums_of_the_image(tables: Tables) -> None:
    owner = new_owner()
    image = await create_image(tables, owner=owner)
    album = Album(
        owner=owner, album_id=new_album_id(), title="All", created_at=now(), updated_at=now()
    )
    await tables.albums.create(album)
    await tables.albums.add_images(album.key, [image.image_id])
    (summary,) = await tables.images.get_summaries(owner, [image.image_id])
    assert summary.albums == {album.album_id}
    assert summary.expires_at is None


async def test_summaries_exclude_hidden_images(tables: Tables) -> None:
    owner = new_owner()
    images = [await create_image(tables, owner=owner) for _ in range(4)]
    await tables.images.begin_deletion(images[2].key)
    page = await tables.images.page_summaries(owner, 2)
    assert [image.image_id for image in page.images] == [images[3].image_id, images[1].image_id]
    page = await tables.images.page_summaries(owner, 2, page.next_after)
    assert [image.image_id for image in page.images] == [images[0].image_id]
    assert page.next_after is None
    assert await tables.images.get_summaries(owner, [images[2].image_id]) == []


async def test_pages_of_summaries_leave_out_what_else_names_an_image(tables: Tables) -> None:
    owner = new_owner()
    images = [await create_image(tables, owner=owner) for _ in range(3)]
    for image in images:
        for _ in range(2):
            link = make_share_link(owner, image_id=image.image_id)
            await tables.share_links.create(link)
    pages = [await tables.images.page_summaries(owner, 2)]
    while (after := pages[-1].next_after) is not None:
        pages.append(await tables.images.page_summaries(owner, 2, after))
    listed = [image.image_id for page in pages for image in page.images]
    assert listed == [image.image_id for image in reversed(images)]
