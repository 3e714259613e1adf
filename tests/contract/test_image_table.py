"""One suite for every `ImageTable`: memory and DynamoDB are not to be told apart."""

import asyncio
import time
from itertools import pairwise

import pytest

from sightline.domain.albums import Album
from sightline.domain.clock import now
from sightline.domain.ids import new_album_id
from sightline.domain.images import Details, Image
from sightline.domain.object_keys import ImageKey
from sightline.domain.recognition import BoundingBox, DetectedText, Feature, RecognitionProfile
from sightline.domain.states import State
from sightline.domain.words import MAX_WORDS
from sightline.optimistic import Conflict
from sightline.ports.idempotency_store import RequestClaimed, StoredResponse
from sightline.ports.image_index import LabelCount, Term
from sightline.ports.image_table import ImageNotFound
from sightline.ports.recognition_cache import ContentClaimed
from sightline.ports.tables import Tables
from sightline.ports.usage_table import MonthlyUsage, Usage
from sightline_testing.builders import (
    ETAG,
    SHA256,
    count_calls,
    count_labels,
    find_labeled,
    make_image,
    make_recognition,
    make_rendition_set,
    new_owner,
    with_recognition,
)


async def created(tables: Tables, **changes: object) -> Image:
    image = make_image(**changes)  # type: ignore[arg-type]
    await tables.images.create(image)
    return image


async def test_an_image_comes_back_as_it_was_stored(tables: Tables) -> None:
    """Every field survives, the deepest float included."""
    image = await created(tables)
    assert await tables.images.get(image.key) == image
    complete = with_recognition(image, "Dog", "Beach")
    developed = complete.renditions.begin(ETAG).succeed(make_rendition_set())
    await tables.images.store(image, complete)
    await tables.images.store(complete, complete.with_part("renditions", developed))
    assert await tables.images.get(image.key) == complete.with_part("renditions", developed)


async def test_an_id_is_taken_only_once(tables: Tables) -> None:
    image = await created(tables)
    await tables.images.create(image)
    with pytest.raises(Conflict):
        await tables.images.create(image.model_copy(update={"bytes": 6}))
    assert await tables.images.get(image.key) == image


async def test_a_missing_image_is_not_found(tables: Tables) -> None:
    with pytest.raises(ImageNotFound):
        await tables.images.get(make_image().key)


async def test_an_image_is_not_found_under_another_owner(tables: Tables) -> None:
    image = await created(tables)
    with pytest.raises(ImageNotFound):
        await tables.images.get(ImageKey(new_owner(), image.image_id))


async def test_a_page_lists_the_owners_images_newest_first(tables: Tables) -> None:
    owner = new_owner()
    images = [await created(tables, owner=owner) for _ in range(5)]
    await created(tables)
    page = await tables.images.page(owner, 10)
    assert page.images == images[::-1]
    assert page.next_before is None


async def test_pages_follow_each_other_without_gap_or_overlap(tables: Tables) -> None:
    owner = new_owner()
    images = [await created(tables, owner=owner) for _ in range(7)]
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


async def test_a_listing_may_end_at_an_id(tables: Tables) -> None:
    owner = new_owner()
    images = [await created(tables, owner=owner) for _ in range(4)]
    page = await tables.images.page_summaries(owner, 10, images[3].image_id, images[1].image_id)
    assert page.images == [images[2].summary, images[1].summary]


async def test_a_listing_that_ends_with_its_page_says_so(tables: Tables) -> None:
    owner = new_owner()
    for _ in range(3):
        await created(tables, owner=owner)
    assert (await tables.images.page(owner, 3)).next_before is None


async def test_hidden_images_do_not_shorten_a_page(tables: Tables) -> None:
    """Deleted and expired rows are skipped, not counted."""
    owner = new_owner()
    images = [await created(tables, owner=owner) for _ in range(3)]
    for _ in range(4):
        hidden = await created(tables, owner=owner)
        await tables.images.begin_deletion(hidden.key)
    await created(tables, owner=owner, expires_at=int(time.time()) - 1)
    page = await tables.images.page(owner, 2)
    assert page.images == images[:0:-1]
    assert page.next_before == images[1].image_id


async def test_an_expired_ticket_is_gone_before_its_row(tables: Tables) -> None:
    image = await created(tables, expires_at=int(time.time()) - 1)
    with pytest.raises(ImageNotFound):
        await tables.images.get(image.key)


async def test_the_first_part_to_move_ends_the_expiry(tables: Tables) -> None:
    image = await created(tables, expires_at=int(time.time()) + 1000)
    await tables.images.store(image, image.with_part("recognition", image.recognition.begin(ETAG)))
    assert (await tables.images.get(image.key)).expires_at is None


async def test_the_two_parts_never_conflict(tables: Tables) -> None:
    """Both services decide from the same old row, and both writes stand."""
    image = await created(tables)
    await tables.images.store(image, image.with_part("recognition", image.recognition.begin(ETAG)))
    await tables.images.store(image, image.with_part("renditions", image.renditions.begin(ETAG)))
    stored = await tables.images.get(image.key)
    assert (stored.recognition.state, stored.renditions.state) == (State.RUNNING, State.RUNNING)


async def test_a_write_decided_from_an_old_part_is_refused(tables: Tables) -> None:
    image = await created(tables)
    started = image.with_part("renditions", image.renditions.begin(ETAG))
    await tables.images.store(image, started)
    with pytest.raises(Conflict):
        await tables.images.store(
            image, image.with_part("renditions", image.renditions.begin("other"))
        )
    assert await tables.images.get(image.key) == started


async def test_only_one_of_many_simultaneous_writes_wins(tables: Tables) -> None:
    image = await created(tables)
    writes = [tables.images.store(image, with_recognition(image, f"Label {n}")) for n in range(8)]
    outcomes = await asyncio.gather(*writes, return_exceptions=True)
    refused = [outcome for outcome in outcomes if outcome is not None]
    assert len(refused) == 7
    assert all(isinstance(outcome, Conflict) for outcome in refused)
    assert list((await count_labels(tables, image.owner)).values()) == [1]


async def test_labels_are_indexed_and_counted(tables: Tables) -> None:
    owner = new_owner()
    first, second = await created(tables, owner=owner), await created(tables, owner=owner)
    await tables.images.store(first, with_recognition(first, "Dog", "Beach"))
    await tables.images.store(second, with_recognition(second, "Dog"))
    assert await count_labels(tables, owner) == {"Dog": 2, "Beach": 1}
    assert await find_labeled(tables, owner, "Dog") == {
        first.image_id: 91.25,
        second.image_id: 91.25,
    }
    assert await find_labeled(tables, new_owner(), "Dog") == {}


async def test_new_labels_replace_the_old_ones_exactly(tables: Tables) -> None:
    image = await created(tables)
    once = with_recognition(image, "Dog", "Beach")
    await tables.images.store(image, once)
    part = once.recognition.begin("other").succeed(make_recognition("Dog", "Sea", confidence=60))
    await tables.images.store(once, once.with_part("recognition", part))
    assert await count_labels(tables, image.owner) == {"Dog": 1, "Sea": 1}
    assert await find_labeled(tables, image.owner, "Beach") == {}
    assert await find_labeled(tables, image.owner, "Dog") == {image.image_id: 60}


async def test_new_bytes_take_the_old_labels_away_at_once(tables: Tables) -> None:
    image = await created(tables)
    once = with_recognition(image, "Dog")
    await tables.images.store(image, once)
    await tables.images.store(once, once.with_part("recognition", once.recognition.begin("other")))
    assert await count_labels(tables, image.owner) == {}


async def test_twenty_labels_by_twenty_others_fit_one_transaction(tables: Tables) -> None:
    image = await created(tables)
    once = with_recognition(image, *(f"Old {n}" for n in range(24)))
    await tables.images.store(image, once)
    part = once.recognition.begin("other").succeed(
        make_recognition(*(f"New {n}" for n in range(24)))
    )
    await tables.images.store(once, once.with_part("recognition", part))
    assert set(await count_labels(tables, image.owner)) == {f"New {n}" for n in range(24)}


async def test_many_images_may_change_one_count_at_once(tables: Tables) -> None:
    """A burst of an owner's pictures contends for the same counter and loses nothing."""
    owner = new_owner()
    images = [await created(tables, owner=owner) for _ in range(10)]
    await asyncio.gather(
        *(tables.images.store(image, with_recognition(image, "Dog")) for image in images)
    )
    assert await count_labels(tables, owner) == {"Dog": 10}


def edited(image: Image, **changes: object) -> Image:
    update = {**changes, "revision": image.details.revision + 1}
    return image.with_details(image.details.model_copy(update=update))


async def test_what_the_owner_says_is_kept_apart_from_the_parts(tables: Tables) -> None:
    image = await created(tables)
    await tables.images.store(image, edited(image, title="Ein anderes", description="DetectedText"))
    await tables.images.store(image, image.with_part("renditions", image.renditions.begin(ETAG)))
    stored = await tables.images.get(image.key)
    assert (stored.details.title, stored.renditions.state) == ("Ein anderes", State.RUNNING)
    with pytest.raises(Conflict):
        await tables.images.store(image, edited(image, title="Zu spät"))


async def test_editing_does_not_keep_a_ticket_from_expiring(tables: Tables) -> None:
    expires_at = int(time.time()) + 1000
    image = await created(tables, expires_at=expires_at)
    await tables.images.store(image, edited(image, title="Neu"))
    assert (await tables.images.get(image.key)).expires_at == expires_at


async def test_a_label_keeps_an_unused_ticket_from_expiring(tables: Tables) -> None:
    """Its row would go alone, and leave the index and the count of the label."""
    image = await created(tables, expires_at=int(time.time()) + 1000)
    await tables.images.store(image, edited(image, added=("Holiday",)))
    assert (await tables.images.get(image.key)).expires_at is None


async def test_added_and_hidden_labels_are_indexed_as_they_should(tables: Tables) -> None:
    image = await created(tables)
    once = with_recognition(image, "Dog", "Beach")
    await tables.images.store(image, once)
    change = edited(once, added=("Holiday",), hidden=("beach",))
    await tables.images.store(once, change)
    assert await count_labels(tables, image.owner) == {"Dog": 1, "Holiday": 1}
    assert await find_labeled(tables, image.owner, "holiday") == {image.image_id: 100}
    await tables.images.store(change, edited(change, added=(), hidden=()))
    assert await count_labels(tables, image.owner) == {"Dog": 1, "Beach": 1}


async def test_labels_from_two_sides_at_once_do_not_mislead_the_index(tables: Tables) -> None:
    """The owner hides what recognition is just replacing: one of them must look again."""
    image = await created(tables)
    once = with_recognition(image, "Dog")
    await tables.images.store(image, once)
    await tables.images.store(once, edited(once, hidden=("Dog",)))
    part = once.recognition.begin(ETAG).succeed(make_recognition("Dog", "Cat"))
    with pytest.raises(Conflict):
        await tables.images.store(once, once.with_part("recognition", part))
    current = await tables.images.get(image.key)
    await tables.images.store(current, current.with_part("recognition", part))
    assert await count_labels(tables, image.owner) == {"Cat": 1}


async def test_images_of_the_same_bytes_are_found_once_they_are_shown(tables: Tables) -> None:
    owner = new_owner()
    images = [await created(tables, owner=owner) for _ in range(3)]
    await created(tables)
    assert await tables.recognition_cache.find_duplicates(owner, SHA256) == []
    for image in images[:2]:
        part = image.renditions.begin(ETAG).succeed(make_rendition_set())
        await tables.images.store(image, image.with_part("renditions", part))
    assert await tables.recognition_cache.find_duplicates(owner, SHA256) == [
        images[1].image_id,
        images[0].image_id,
    ]
    await tables.images.remove(await tables.images.begin_deletion(images[1].key))
    assert await tables.recognition_cache.find_duplicates(owner, SHA256) == [images[0].image_id]
    assert await tables.recognition_cache.find_duplicates(new_owner(), SHA256) == []


async def test_labels_are_listed_by_name_and_prefix(tables: Tables) -> None:
    image = await created(tables)
    await tables.images.store(image, with_recognition(image, "Dog", "Beach", "Doghouse", "Äpfel"))
    counts = await tables.index.count_labels(image.owner, 10)
    assert [count.name for count in counts] == ["Beach", "Dog", "Doghouse", "Äpfel"]
    assert [count.key for count in await tables.index.count_labels(image.owner, 10, "dog")] == [
        "dog",
        "doghouse",
    ]
    assert [
        count.key for count in await tables.index.count_labels(image.owner, 1, "", "beach")
    ] == ["dog"]
    assert await tables.index.count_labels(image.owner, 10, "dog", "dog") == [
        LabelCount("doghouse", "Doghouse", 1)
    ]


async def test_labelled_images_are_listed_newest_first_down_from_one(tables: Tables) -> None:
    owner = new_owner()
    images = [await created(tables, owner=owner) for _ in range(5)]
    for image in images:
        await tables.images.store(image, with_recognition(image, "Dog"))
    ids = [image.image_id for image in images]
    found = await tables.index.find(owner, Term("label", "dog"), 2)
    assert [each.image_id for each in found] == [ids[4], ids[3]]
    found = await tables.index.find(owner, Term("label", "dog"), 10, ids[2])
    assert [each.image_id for each in found] == [ids[2], ids[1], ids[0]]


async def test_many_images_come_in_the_order_asked_for(tables: Tables) -> None:
    owner = new_owner()
    images = [await created(tables, owner=owner) for _ in range(3)]
    hidden = await created(tables, owner=owner)
    await tables.images.begin_deletion(hidden.key)
    foreign = await created(tables)
    asked = [images[2], hidden, images[0], foreign]
    found = await tables.images.get_many(owner, [image.image_id for image in asked])
    assert found == [images[2], images[0]]
    assert await tables.images.get_many(owner, []) == []


MONTH = now().strftime("%Y-%m")
PROFILE = RecognitionProfile()
OTHER = RecognitionProfile(features=(Feature.LABELS, Feature.TEXT))


async def test_calls_are_counted_once_for_each_that_was_paid(tables: Tables) -> None:
    owner = new_owner()
    first, second = await created(tables, owner=owner), await created(tables, owner=owner)
    once = with_recognition(first, "Dog")
    await tables.images.store(first, once)
    await tables.images.store(once, with_recognition(once, "Dog", calls=2))
    await tables.images.store(second, with_recognition(second, "Dog", calls=0))
    assert await count_calls(tables, owner, MONTH) == {Feature.LABELS: 2}
    assert await count_calls(tables, owner, "2001-01") == {}
    assert await count_calls(tables, new_owner(), MONTH) == {}


async def test_deletion_does_not_give_back_what_was_paid(tables: Tables) -> None:
    image = await created(tables)
    await tables.images.store(image, with_recognition(image, "Dog"))
    await tables.images.remove(await tables.images.begin_deletion(image.key))
    assert await count_calls(tables, image.owner, MONTH) == {Feature.LABELS: 1}


async def test_arrivals_are_counted_once_and_departures_too(tables: Tables) -> None:
    owner = new_owner()
    assert await tables.usage.read(owner) == Usage(0, 0, [])
    first, second = await created(tables, owner=owner), await created(tables, owner=owner)
    for image in (first, second):
        begun = image.with_part("renditions", image.renditions.begin(ETAG))
        await tables.images.store(image, begun)
        await tables.images.store(
            image, image.with_part("recognition", image.recognition.begin(ETAG))
        )
        again = begun.with_part("renditions", begun.renditions.begin("other"))
        await tables.images.store(begun, again)
    assert await tables.usage.read(owner) == Usage(2, 10, [MonthlyUsage(MONTH, 2, 10, {})])
    await tables.images.remove(await tables.images.begin_deletion(first.key))
    unused = await created(tables, owner=owner)
    await tables.images.remove(await tables.images.begin_deletion(unused.key))
    assert await tables.usage.read(owner) == Usage(1, 5, [MonthlyUsage(MONTH, 2, 10, {})])


async def test_what_is_known_of_bytes_is_found_again(tables: Tables) -> None:
    """By the same owner, with the same questions; and nobody there has paid for it."""
    image = await created(tables)
    assert await tables.recognition_cache.claim(image, PROFILE, 60) is None
    await tables.images.store(image, with_recognition(image, "Dog"))
    twin = await created(tables, owner=image.owner)
    assert await tables.recognition_cache.claim(twin, PROFILE, 60) == make_recognition(
        "Dog"
    ).model_copy(update={"calls": {}})
    assert await tables.recognition_cache.claim(twin, OTHER, 60) is None
    assert await tables.recognition_cache.claim(await created(tables), PROFILE, 60) is None


async def test_bytes_are_claimed_by_one_at_a_time(tables: Tables) -> None:
    image = await created(tables)
    twin = await created(tables, owner=image.owner)
    assert await tables.recognition_cache.claim(image, PROFILE, 60) is None
    with pytest.raises(ContentClaimed):
        await tables.recognition_cache.claim(twin, PROFILE, 60)
    await tables.recognition_cache.release(image, PROFILE)
    await tables.recognition_cache.release(image, PROFILE)
    assert await tables.recognition_cache.claim(twin, PROFILE, 60) is None


async def test_an_image_may_take_its_own_claim_again(tables: Tables) -> None:
    """Whoever held it was killed: the next delivery need not wait until the claim ends."""
    image = await created(tables)
    for _ in range(2):
        assert await tables.recognition_cache.claim(image, PROFILE, 3600) is None


async def test_a_claim_ends_by_itself(tables: Tables) -> None:
    image = await created(tables)
    twin = await created(tables, owner=image.owner)
    assert await tables.recognition_cache.claim(image, PROFILE, 0) is None
    assert await tables.recognition_cache.claim(twin, PROFILE, 60) is None


async def test_releasing_takes_no_result_away(tables: Tables) -> None:
    image = await created(tables)
    await tables.images.store(image, with_recognition(image, "Dog"))
    await tables.recognition_cache.release(image, PROFILE)
    assert await tables.recognition_cache.claim(image, PROFILE, 60) is not None


async def test_other_questions_replace_what_was_known(tables: Tables) -> None:
    image = await created(tables)
    once = with_recognition(image, "Dog")
    await tables.images.store(image, once)
    await tables.images.store(once, with_recognition(once, "Dog", profile=OTHER))
    assert await tables.recognition_cache.claim(image, PROFILE, 60) is None
    assert await tables.recognition_cache.claim(image, OTHER, 60) is not None


async def test_nothing_is_known_of_deleted_bytes(tables: Tables) -> None:
    image = await created(tables)
    await tables.images.store(image, with_recognition(image, "Dog"))
    await tables.recognition_cache.claim(image, OTHER, 60)
    await tables.images.remove(await tables.images.begin_deletion(image.key))
    twin = await created(tables, owner=image.owner)
    assert await tables.recognition_cache.claim(twin, PROFILE, 60) is None
    assert await tables.recognition_cache.claim(twin, OTHER, 60) is None


ANSWER = StoredResponse(201, {"location": "/x"}, '{"id": "x"}')


async def test_a_request_is_claimed_once_and_answered_alike(tables: Tables) -> None:
    owner = new_owner()
    assert await tables.idempotency.claim(owner, "k", "f", 60) is None
    with pytest.raises(RequestClaimed) as caught:
        await tables.idempotency.claim(owner, "k", "f", 60)
    assert caught.value.same
    await tables.idempotency.store(owner, "k", ANSWER, 60)
    assert await tables.idempotency.claim(owner, "k", "f", 60) == ANSWER
    with pytest.raises(RequestClaimed) as caught:
        await tables.idempotency.claim(owner, "k", "other", 60)
    assert not caught.value.same
    assert await tables.idempotency.claim(new_owner(), "k", "f", 60) is None


async def test_a_request_that_came_to_nothing_may_be_made_again(tables: Tables) -> None:
    owner = new_owner()
    await tables.idempotency.claim(owner, "k", "f", 60)
    await tables.idempotency.release(owner, "k")
    assert await tables.idempotency.claim(owner, "k", "other", 0) is None
    assert await tables.idempotency.claim(owner, "k", "f", 60) is None


async def test_deletion_hides_the_image_and_forbids_every_write(tables: Tables) -> None:
    image = await created(tables)
    hidden = await tables.images.begin_deletion(image.key)
    assert hidden.deleted_at is not None
    with pytest.raises(ImageNotFound):
        await tables.images.get(image.key)
    with pytest.raises(Conflict):
        await tables.images.store(image, with_recognition(image, "Dog"))
    assert await count_labels(tables, image.owner) == {}


async def test_beginning_a_deletion_again_changes_nothing(tables: Tables) -> None:
    image = await created(tables)
    assert await tables.images.begin_deletion(image.key) == await tables.images.begin_deletion(
        image.key
    )


async def test_deleting_what_is_not_there_is_not_found(tables: Tables) -> None:
    with pytest.raises(ImageNotFound):
        await tables.images.begin_deletion(make_image().key)


async def test_removal_leaves_no_trace(tables: Tables) -> None:
    image = await created(tables)
    await tables.images.store(image, with_recognition(image, "Dog", "Beach"))
    hidden = await tables.images.begin_deletion(image.key)
    await tables.images.remove(hidden)
    assert await count_labels(tables, image.owner) == {}
    assert await find_labeled(tables, image.owner, "Dog") == {}
    with pytest.raises(ImageNotFound):
        await tables.images.begin_deletion(image.key)


async def test_removing_twice_counts_once(tables: Tables) -> None:
    owner = new_owner()
    image, other = await created(tables, owner=owner), await created(tables, owner=owner)
    for each in (image, other):
        await tables.images.store(each, with_recognition(each, "Dog"))
    hidden = await tables.images.begin_deletion(image.key)
    await asyncio.gather(tables.images.remove(hidden), tables.images.remove(hidden))
    assert await count_labels(tables, owner) == {"Dog": 1}


async def test_an_image_whose_deletion_has_not_begun_is_not_removed(tables: Tables) -> None:
    image = await created(tables)
    await tables.images.remove(image)
    assert await tables.images.get(image.key) == image


def test_ids_sort_by_the_time_they_were_made() -> None:
    ids = [make_image().image_id for _ in range(1000)]
    assert all(earlier < later for earlier, later in pairwise(ids))


def read(image: Image, *texts: str, etag: str = ETAG) -> Image:
    """The image after a recognition that has read these lines."""
    box = BoundingBox(left=0, top=0, width=1, height=1)
    lines = tuple(
        DetectedText(text=text, confidence=99, is_line=True, line=number, box=box)
        for number, text in enumerate(texts)
    )
    result = make_recognition("Sign").model_copy(update={"text": lines})
    return image.with_part("recognition", image.recognition.begin(etag).succeed(result))


async def find_word(tables: Tables, owner: str, word: str) -> list[str]:
    return [each.image_id for each in await tables.index.find(owner, Term("word", word), 100)]


async def test_words_are_found_however_they_are_written(tables: Tables) -> None:
    image = await created(tables)
    await tables.images.store(image, read(image, "STRASSE 7", "Ｃａｆé"))
    for word in ("strasse", "7", "café"):
        assert await find_word(tables, image.owner, word) == [image.image_id]
        assert await find_word(tables, new_owner(), word) == []
    assert (await tables.images.get(image.key)).words == {"strasse", "7", "café"}


async def test_words_of_another_reading_replace_those_of_the_last(tables: Tables) -> None:
    image = await created(tables)
    await tables.images.store(image, read(image, "one two"))
    once = await tables.images.get(image.key)
    await tables.images.store(once, read(once, "two three", etag="other"))
    assert await find_word(tables, image.owner, "one") == []
    assert (await tables.images.get(image.key)).words == {"two", "three"}
    assert await find_word(tables, image.owner, "three") == [image.image_id]


async def test_more_words_than_one_transaction_takes_are_kept(tables: Tables) -> None:
    """Up to a limit, and all of them go with the image."""
    image = await created(tables)
    await tables.images.store(image, read(image, *(f"word{n}" for n in range(MAX_WORDS + 1))))
    assert await find_word(tables, image.owner, f"word{MAX_WORDS - 1}") == [image.image_id]
    assert await find_word(tables, image.owner, f"word{MAX_WORDS}") == []
    await tables.images.remove(await tables.images.begin_deletion(image.key))
    for number in range(MAX_WORDS):
        assert await find_word(tables, image.owner, f"word{number}") == []


async def test_words_of_an_image_that_is_being_deleted_are_not_kept(tables: Tables) -> None:
    image = await created(tables)
    hidden = await tables.images.begin_deletion(image.key)
    with pytest.raises(Conflict):
        await tables.images.store(image, read(image, "late"))
    await tables.images.remove(hidden)
    assert await find_word(tables, image.owner, "late") == []


async def test_who_is_overtaken_drops_no_word_of_the_newer_reading(tables: Tables) -> None:
    """Words that a refused write brought stay named in the row, to be dropped by the next."""
    image = await created(tables)
    running = image.with_part("recognition", image.recognition.begin(ETAG))
    await tables.images.store(image, running)
    await tables.images.store(running, read(running, "newer"))
    with pytest.raises(Conflict):
        await tables.images.store(running, read(running, "older"))
    current = await tables.images.get(image.key)
    assert current.found_words == {"newer"}
    assert await find_word(tables, image.owner, "newer") == [image.image_id]
    await tables.images.store(current, read(current, "newest", etag="other"))
    assert (await tables.images.get(image.key)).words == {"newest"}
    assert await find_word(tables, image.owner, "older") == []


async def test_all_rows_of_images_are_listed_hidden_ones_too(tables: Tables) -> None:
    owner = new_owner()
    images = [await created(tables, owner=owner) for _ in range(3)]
    await tables.images.begin_deletion(images[1].key)
    await created(tables)
    ids = [image.image_id for image in images]
    assert await tables.images.list_ids(owner, 10) == ids[::-1]
    assert await tables.images.list_ids(owner, 2) == ids[:0:-1]


async def test_an_owner_without_images_is_forgotten(tables: Tables) -> None:
    """Usage and answers go; those of others stay."""
    gone, other = await created(tables), await created(tables)
    for image in (gone, other):
        await tables.images.store(image, with_recognition(image, "Dog"))
        await tables.idempotency.claim(image.owner, "key", "print", 60)
    await tables.images.remove(await tables.images.begin_deletion(gone.key))
    await tables.owner_data.erase(gone.owner)
    assert await tables.usage.read(gone.owner) == Usage(0, 0, [])
    assert await tables.idempotency.claim(gone.owner, "key", "print", 60) is None
    assert (await tables.usage.read(other.owner)).months
    with pytest.raises(RequestClaimed):
        await tables.idempotency.claim(other.owner, "key", "print", 60)


async def complete(tables: Tables, owner: str) -> Image:
    """Create an image with a title, labels, an added and a hidden one, and renditions."""
    image = await created(tables, owner=owner)
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


async def test_a_summary_says_what_the_image_says(tables: Tables) -> None:
    """Each part's write keeps the summary of that part up to date."""
    owner = new_owner()
    awaiting, ready = await created(tables, owner=owner), await complete(tables, owner)
    page = await tables.images.page_summaries(owner, 10)
    assert page.images == [ready.summary, awaiting.summary]
    summary = page.images[0]
    assert summary.status is ready.status
    assert summary.labels == ready.labels
    assert set(summary.labels) == {"dog", "holiday"}
    assert summary.renditions.thumbnail is not None
    assert await tables.images.get_summaries(owner, [awaiting.image_id, ready.image_id]) == [
        awaiting.summary,
        ready.summary,
    ]


async def test_a_summary_names_the_albums_of_its_image(tables: Tables) -> None:
    owner = new_owner()
    image = await created(tables, owner=owner)
    album = Album(
        owner=owner, album_id=new_album_id(), title="All", created_at=now(), updated_at=now()
    )
    await tables.albums.create(album)
    await tables.albums.add_images(album.key, [image.image_id])
    (summary,) = await tables.images.get_summaries(owner, [image.image_id])
    assert summary.albums == {album.album_id}
    assert summary.expires_at is None


async def test_summaries_of_hidden_images_are_left_out(tables: Tables) -> None:
    owner = new_owner()
    images = [await created(tables, owner=owner) for _ in range(4)]
    await tables.images.begin_deletion(images[2].key)
    page = await tables.images.page_summaries(owner, 2)
    assert [image.image_id for image in page.images] == [images[3].image_id, images[1].image_id]
    page = await tables.images.page_summaries(owner, 2, page.next_before)
    assert [image.image_id for image in page.images] == [images[0].image_id]
    assert page.next_before is None
    assert await tables.images.get_summaries(owner, [images[2].image_id]) == []


async def test_the_inventory_has_hidden_images_too(tables: Tables) -> None:
    """Operators see every row, of every owner; more keys than one batch read takes are found."""
    images = [await created(tables) for _ in range(105)]
    hidden = await tables.images.begin_deletion(images[0].key)
    assert await tables.inventory.find(images[0].key) == hidden
    absent = make_image()
    assert await tables.inventory.find(absent.key) is None
    keys = [image.key for image in (*images, absent)]
    assert await tables.inventory.find_existing(keys) == set(keys) - {absent.key}
    scanned = {image.key: image async for image in tables.inventory.scan()}
    assert scanned == {image.key: image for image in (hidden, *images[1:])}
