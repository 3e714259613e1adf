"""One suite for every `ImageTable`: memory and DynamoDB are not to be told apart."""

import asyncio
import time
from itertools import pairwise

import pytest

from sightline.domain.clock import now
from sightline.domain.images import Image, State
from sightline.domain.object_keys import ImageKey
from sightline.domain.recognition import BoundingBox, DetectedText, Feature, RecognitionProfile
from sightline.domain.words import MAX_WORDS
from sightline.ports.image_table import (
    Conflict,
    ContentClaimed,
    ImageNotFound,
    ImageTable,
    LabelCount,
    MonthlyUsage,
    RequestClaimed,
    StoredResponse,
    Term,
    Usage,
)
from sightline_testing.builders import (
    ETAG,
    SHA256,
    count_calls,
    count_labels,
    find_labelled,
    make_image,
    make_recognition,
    make_rendition_set,
    new_owner,
    with_recognition,
)


async def created(table: ImageTable, **changes: object) -> Image:
    image = make_image(**changes)  # type: ignore[arg-type]
    await table.create(image)
    return image


async def test_an_image_comes_back_as_it_was_stored(table: ImageTable) -> None:
    """Every field survives, the deepest float included."""
    image = await created(table)
    assert await table.get(image.key) == image
    complete = with_recognition(image, "Dog", "Beach")
    developed = complete.renditions.begin(ETAG).succeed(make_rendition_set())
    await table.store(image, complete)
    await table.store(complete, complete.with_part("renditions", developed))
    assert await table.get(image.key) == complete.with_part("renditions", developed)


async def test_an_id_is_taken_only_once(table: ImageTable) -> None:
    image = await created(table)
    await table.create(image)
    with pytest.raises(Conflict):
        await table.create(image.model_copy(update={"bytes": 6}))
    assert await table.get(image.key) == image


async def test_a_missing_image_is_not_found(table: ImageTable) -> None:
    with pytest.raises(ImageNotFound):
        await table.get(make_image().key)


async def test_an_image_is_not_found_under_another_owner(table: ImageTable) -> None:
    image = await created(table)
    with pytest.raises(ImageNotFound):
        await table.get(ImageKey(new_owner(), image.image_id))


async def test_a_page_lists_the_owners_images_newest_first(table: ImageTable) -> None:
    owner = new_owner()
    images = [await created(table, owner=owner) for _ in range(5)]
    await created(table)
    page = await table.page(owner, 10)
    assert page.images == images[::-1]
    assert page.next_before is None


async def test_pages_follow_each_other_without_gap_or_overlap(table: ImageTable) -> None:
    owner = new_owner()
    images = [await created(table, owner=owner) for _ in range(7)]
    seen: list[Image] = []
    before: str | None = None
    sizes = []
    while True:
        page = await table.page(owner, 3, before)
        seen += page.images
        sizes.append(len(page.images))
        before = page.next_before
        if before is None:
            break
    assert seen == images[::-1]
    assert sizes == [3, 3, 1]


async def test_a_listing_may_end_at_an_id(table: ImageTable) -> None:
    owner = new_owner()
    images = [await created(table, owner=owner) for _ in range(4)]
    page = await table.page(owner, 10, images[3].image_id, images[1].image_id)
    assert page.images == [images[2], images[1]]


async def test_a_listing_that_ends_with_its_page_says_so(table: ImageTable) -> None:
    owner = new_owner()
    for _ in range(3):
        await created(table, owner=owner)
    assert (await table.page(owner, 3)).next_before is None


async def test_hidden_images_do_not_shorten_a_page(table: ImageTable) -> None:
    """Deleted and expired rows are skipped, not counted."""
    owner = new_owner()
    images = [await created(table, owner=owner) for _ in range(3)]
    for _ in range(4):
        hidden = await created(table, owner=owner)
        await table.begin_deletion(hidden.key)
    await created(table, owner=owner, expires_at=int(time.time()) - 1)
    page = await table.page(owner, 2)
    assert page.images == images[:0:-1]
    assert page.next_before == images[1].image_id


async def test_an_expired_ticket_is_gone_before_its_row(table: ImageTable) -> None:
    image = await created(table, expires_at=int(time.time()) - 1)
    with pytest.raises(ImageNotFound):
        await table.get(image.key)


async def test_the_first_part_to_move_ends_the_expiry(table: ImageTable) -> None:
    image = await created(table, expires_at=int(time.time()) + 1000)
    await table.store(image, image.with_part("recognition", image.recognition.begin(ETAG)))
    assert (await table.get(image.key)).expires_at is None


async def test_the_two_parts_never_conflict(table: ImageTable) -> None:
    """Both services decide from the same old row, and both writes stand."""
    image = await created(table)
    await table.store(image, image.with_part("recognition", image.recognition.begin(ETAG)))
    await table.store(image, image.with_part("renditions", image.renditions.begin(ETAG)))
    stored = await table.get(image.key)
    assert (stored.recognition.state, stored.renditions.state) == (State.RUNNING, State.RUNNING)


async def test_a_write_decided_from_an_old_part_is_refused(table: ImageTable) -> None:
    image = await created(table)
    started = image.with_part("renditions", image.renditions.begin(ETAG))
    await table.store(image, started)
    with pytest.raises(Conflict):
        await table.store(image, image.with_part("renditions", image.renditions.begin("other")))
    assert await table.get(image.key) == started


async def test_only_one_of_many_simultaneous_writes_wins(table: ImageTable) -> None:
    image = await created(table)
    writes = [table.store(image, with_recognition(image, f"Label {n}")) for n in range(8)]
    outcomes = await asyncio.gather(*writes, return_exceptions=True)
    refused = [outcome for outcome in outcomes if outcome is not None]
    assert len(refused) == 7
    assert all(isinstance(outcome, Conflict) for outcome in refused)
    assert list((await count_labels(table, image.owner)).values()) == [1]


async def test_labels_are_indexed_and_counted(table: ImageTable) -> None:
    owner = new_owner()
    first, second = await created(table, owner=owner), await created(table, owner=owner)
    await table.store(first, with_recognition(first, "Dog", "Beach"))
    await table.store(second, with_recognition(second, "Dog"))
    assert await count_labels(table, owner) == {"Dog": 2, "Beach": 1}
    assert await find_labelled(table, owner, "Dog") == {
        first.image_id: 91.25,
        second.image_id: 91.25,
    }
    assert await find_labelled(table, new_owner(), "Dog") == {}


async def test_new_labels_replace_the_old_ones_exactly(table: ImageTable) -> None:
    image = await created(table)
    once = with_recognition(image, "Dog", "Beach")
    await table.store(image, once)
    part = once.recognition.begin("other").succeed(make_recognition("Dog", "Sea", confidence=60))
    await table.store(once, once.with_part("recognition", part))
    assert await count_labels(table, image.owner) == {"Dog": 1, "Sea": 1}
    assert await find_labelled(table, image.owner, "Beach") == {}
    assert await find_labelled(table, image.owner, "Dog") == {image.image_id: 60}


async def test_new_bytes_take_the_old_labels_away_at_once(table: ImageTable) -> None:
    image = await created(table)
    once = with_recognition(image, "Dog")
    await table.store(image, once)
    await table.store(once, once.with_part("recognition", once.recognition.begin("other")))
    assert await count_labels(table, image.owner) == {}


async def test_twenty_labels_by_twenty_others_fit_one_transaction(table: ImageTable) -> None:
    image = await created(table)
    once = with_recognition(image, *(f"Old {n}" for n in range(24)))
    await table.store(image, once)
    part = once.recognition.begin("other").succeed(
        make_recognition(*(f"New {n}" for n in range(24)))
    )
    await table.store(once, once.with_part("recognition", part))
    assert set(await count_labels(table, image.owner)) == {f"New {n}" for n in range(24)}


async def test_many_images_may_change_one_count_at_once(table: ImageTable) -> None:
    """A burst of an owner's pictures contends for the same counter and loses nothing."""
    owner = new_owner()
    images = [await created(table, owner=owner) for _ in range(10)]
    await asyncio.gather(*(table.store(image, with_recognition(image, "Dog")) for image in images))
    assert await count_labels(table, owner) == {"Dog": 10}


def edited(image: Image, **changes: object) -> Image:
    update = {**changes, "revision": image.details.revision + 1}
    return image.with_details(image.details.model_copy(update=update))


async def test_what_the_owner_says_is_kept_apart_from_the_parts(table: ImageTable) -> None:
    image = await created(table)
    await table.store(image, edited(image, title="Ein anderes", description="DetectedText"))
    await table.store(image, image.with_part("renditions", image.renditions.begin(ETAG)))
    stored = await table.get(image.key)
    assert (stored.details.title, stored.renditions.state) == ("Ein anderes", State.RUNNING)
    with pytest.raises(Conflict):
        await table.store(image, edited(image, title="Zu spät"))


async def test_editing_does_not_keep_a_ticket_from_expiring(table: ImageTable) -> None:
    expires_at = int(time.time()) + 1000
    image = await created(table, expires_at=expires_at)
    await table.store(image, edited(image, title="Neu"))
    assert (await table.get(image.key)).expires_at == expires_at


async def test_a_label_keeps_an_unused_ticket_from_expiring(table: ImageTable) -> None:
    """Its row would go alone, and leave the index and the count of the label."""
    image = await created(table, expires_at=int(time.time()) + 1000)
    await table.store(image, edited(image, added=("Holiday",)))
    assert (await table.get(image.key)).expires_at is None


async def test_added_and_hidden_labels_are_indexed_as_they_should(table: ImageTable) -> None:
    image = await created(table)
    once = with_recognition(image, "Dog", "Beach")
    await table.store(image, once)
    change = edited(once, added=("Holiday",), hidden=("beach",))
    await table.store(once, change)
    assert await count_labels(table, image.owner) == {"Dog": 1, "Holiday": 1}
    assert await find_labelled(table, image.owner, "holiday") == {image.image_id: 100}
    await table.store(change, edited(change, added=(), hidden=()))
    assert await count_labels(table, image.owner) == {"Dog": 1, "Beach": 1}


async def test_labels_from_two_sides_at_once_do_not_mislead_the_index(table: ImageTable) -> None:
    """The owner hides what recognition is just replacing: one of them must look again."""
    image = await created(table)
    once = with_recognition(image, "Dog")
    await table.store(image, once)
    await table.store(once, edited(once, hidden=("Dog",)))
    part = once.recognition.begin(ETAG).succeed(make_recognition("Dog", "Cat"))
    with pytest.raises(Conflict):
        await table.store(once, once.with_part("recognition", part))
    current = await table.get(image.key)
    await table.store(current, current.with_part("recognition", part))
    assert await count_labels(table, image.owner) == {"Cat": 1}


async def test_images_of_the_same_bytes_are_found_once_they_are_shown(table: ImageTable) -> None:
    owner = new_owner()
    images = [await created(table, owner=owner) for _ in range(3)]
    await created(table)
    assert await table.find_content(owner, SHA256) == []
    for image in images[:2]:
        part = image.renditions.begin(ETAG).succeed(make_rendition_set())
        await table.store(image, image.with_part("renditions", part))
    assert await table.find_content(owner, SHA256) == [images[1].image_id, images[0].image_id]
    await table.remove(await table.begin_deletion(images[1].key))
    assert await table.find_content(owner, SHA256) == [images[0].image_id]
    assert await table.find_content(new_owner(), SHA256) == []


async def test_labels_are_listed_by_name_and_prefix(table: ImageTable) -> None:
    image = await created(table)
    await table.store(image, with_recognition(image, "Dog", "Beach", "Doghouse", "Äpfel"))
    counts = await table.count_labels(image.owner, 10)
    assert [count.name for count in counts] == ["Beach", "Dog", "Doghouse", "Äpfel"]
    assert [count.key for count in await table.count_labels(image.owner, 10, "dog")] == [
        "dog",
        "doghouse",
    ]
    assert [count.key for count in await table.count_labels(image.owner, 1, "", "beach")] == ["dog"]
    assert await table.count_labels(image.owner, 10, "dog", "dog") == [
        LabelCount("doghouse", "Doghouse", 1)
    ]


async def test_labelled_images_are_listed_newest_first_down_from_one(table: ImageTable) -> None:
    owner = new_owner()
    images = [await created(table, owner=owner) for _ in range(5)]
    for image in images:
        await table.store(image, with_recognition(image, "Dog"))
    ids = [image.image_id for image in images]
    found = await table.find_marked(owner, Term("label", "dog"), 2)
    assert [each.image_id for each in found] == [ids[4], ids[3]]
    found = await table.find_marked(owner, Term("label", "dog"), 10, ids[2])
    assert [each.image_id for each in found] == [ids[2], ids[1], ids[0]]


async def test_many_images_come_in_the_order_asked_for(table: ImageTable) -> None:
    owner = new_owner()
    images = [await created(table, owner=owner) for _ in range(3)]
    hidden = await created(table, owner=owner)
    await table.begin_deletion(hidden.key)
    foreign = await created(table)
    asked = [images[2], hidden, images[0], foreign]
    found = await table.get_many(owner, [image.image_id for image in asked])
    assert found == [images[2], images[0]]
    assert await table.get_many(owner, []) == []


MONTH = now().strftime("%Y-%m")
PROFILE = RecognitionProfile()
OTHER = RecognitionProfile(features=(Feature.LABELS, Feature.TEXT))


async def test_calls_are_counted_once_for_each_that_was_paid(table: ImageTable) -> None:
    owner = new_owner()
    first, second = await created(table, owner=owner), await created(table, owner=owner)
    once = with_recognition(first, "Dog")
    await table.store(first, once)
    await table.store(once, with_recognition(once, "Dog", calls=2))
    await table.store(second, with_recognition(second, "Dog", calls=0))
    assert await count_calls(table, owner, MONTH) == {Feature.LABELS: 2}
    assert await count_calls(table, owner, "2001-01") == {}
    assert await count_calls(table, new_owner(), MONTH) == {}


async def test_deletion_does_not_give_back_what_was_paid(table: ImageTable) -> None:
    image = await created(table)
    await table.store(image, with_recognition(image, "Dog"))
    await table.remove(await table.begin_deletion(image.key))
    assert await count_calls(table, image.owner, MONTH) == {Feature.LABELS: 1}


async def test_arrivals_are_counted_once_and_departures_too(table: ImageTable) -> None:
    owner = new_owner()
    assert await table.read_usage(owner) == Usage(0, 0, [])
    first, second = await created(table, owner=owner), await created(table, owner=owner)
    for image in (first, second):
        begun = image.with_part("renditions", image.renditions.begin(ETAG))
        await table.store(image, begun)
        await table.store(image, image.with_part("recognition", image.recognition.begin(ETAG)))
        again = begun.with_part("renditions", begun.renditions.begin("other"))
        await table.store(begun, again)
    assert await table.read_usage(owner) == Usage(2, 10, [MonthlyUsage(MONTH, 2, 10, {})])
    await table.remove(await table.begin_deletion(first.key))
    unused = await created(table, owner=owner)
    await table.remove(await table.begin_deletion(unused.key))
    assert await table.read_usage(owner) == Usage(1, 5, [MonthlyUsage(MONTH, 2, 10, {})])


async def test_what_is_known_of_bytes_is_found_again(table: ImageTable) -> None:
    """By the same owner, with the same questions; and nobody there has paid for it."""
    image = await created(table)
    assert await table.claim_content(image, PROFILE, 60) is None
    await table.store(image, with_recognition(image, "Dog"))
    twin = await created(table, owner=image.owner)
    assert await table.claim_content(twin, PROFILE, 60) == make_recognition("Dog").model_copy(
        update={"calls": {}}
    )
    assert await table.claim_content(twin, OTHER, 60) is None
    assert await table.claim_content(await created(table), PROFILE, 60) is None


async def test_bytes_are_claimed_by_one_at_a_time(table: ImageTable) -> None:
    image = await created(table)
    twin = await created(table, owner=image.owner)
    assert await table.claim_content(image, PROFILE, 60) is None
    with pytest.raises(ContentClaimed):
        await table.claim_content(twin, PROFILE, 60)
    await table.release_content(image, PROFILE)
    await table.release_content(image, PROFILE)
    assert await table.claim_content(twin, PROFILE, 60) is None


async def test_an_image_may_take_its_own_claim_again(table: ImageTable) -> None:
    """Whoever held it was killed: the next delivery need not wait until the claim ends."""
    image = await created(table)
    for _ in range(2):
        assert await table.claim_content(image, PROFILE, 3600) is None


async def test_a_claim_ends_by_itself(table: ImageTable) -> None:
    image = await created(table)
    twin = await created(table, owner=image.owner)
    assert await table.claim_content(image, PROFILE, 0) is None
    assert await table.claim_content(twin, PROFILE, 60) is None


async def test_releasing_takes_no_result_away(table: ImageTable) -> None:
    image = await created(table)
    await table.store(image, with_recognition(image, "Dog"))
    await table.release_content(image, PROFILE)
    assert await table.claim_content(image, PROFILE, 60) is not None


async def test_other_questions_replace_what_was_known(table: ImageTable) -> None:
    image = await created(table)
    once = with_recognition(image, "Dog")
    await table.store(image, once)
    await table.store(once, with_recognition(once, "Dog", profile=OTHER))
    assert await table.claim_content(image, PROFILE, 60) is None
    assert await table.claim_content(image, OTHER, 60) is not None


async def test_nothing_is_known_of_deleted_bytes(table: ImageTable) -> None:
    image = await created(table)
    await table.store(image, with_recognition(image, "Dog"))
    await table.claim_content(image, OTHER, 60)
    await table.remove(await table.begin_deletion(image.key))
    twin = await created(table, owner=image.owner)
    assert await table.claim_content(twin, PROFILE, 60) is None
    assert await table.claim_content(twin, OTHER, 60) is None


ANSWER = StoredResponse(201, {"location": "/x"}, '{"id": "x"}')


async def test_a_request_is_claimed_once_and_answered_alike(table: ImageTable) -> None:
    owner = new_owner()
    assert await table.claim_request(owner, "k", "f", 60) is None
    with pytest.raises(RequestClaimed) as caught:
        await table.claim_request(owner, "k", "f", 60)
    assert caught.value.same
    await table.keep_answer(owner, "k", ANSWER, 60)
    assert await table.claim_request(owner, "k", "f", 60) == ANSWER
    with pytest.raises(RequestClaimed) as caught:
        await table.claim_request(owner, "k", "other", 60)
    assert not caught.value.same
    assert await table.claim_request(new_owner(), "k", "f", 60) is None


async def test_a_request_that_came_to_nothing_may_be_made_again(table: ImageTable) -> None:
    owner = new_owner()
    await table.claim_request(owner, "k", "f", 60)
    await table.release_request(owner, "k")
    assert await table.claim_request(owner, "k", "other", 0) is None
    assert await table.claim_request(owner, "k", "f", 60) is None


async def test_deletion_hides_the_image_and_forbids_every_write(table: ImageTable) -> None:
    image = await created(table)
    hidden = await table.begin_deletion(image.key)
    assert hidden.deleted_at is not None
    with pytest.raises(ImageNotFound):
        await table.get(image.key)
    with pytest.raises(Conflict):
        await table.store(image, with_recognition(image, "Dog"))
    assert await count_labels(table, image.owner) == {}


async def test_beginning_a_deletion_again_changes_nothing(table: ImageTable) -> None:
    image = await created(table)
    assert await table.begin_deletion(image.key) == await table.begin_deletion(image.key)


async def test_deleting_what_is_not_there_is_not_found(table: ImageTable) -> None:
    with pytest.raises(ImageNotFound):
        await table.begin_deletion(make_image().key)


async def test_removal_leaves_no_trace(table: ImageTable) -> None:
    image = await created(table)
    await table.store(image, with_recognition(image, "Dog", "Beach"))
    hidden = await table.begin_deletion(image.key)
    await table.remove(hidden)
    assert await count_labels(table, image.owner) == {}
    assert await find_labelled(table, image.owner, "Dog") == {}
    with pytest.raises(ImageNotFound):
        await table.begin_deletion(image.key)


async def test_removing_twice_counts_once(table: ImageTable) -> None:
    owner = new_owner()
    image, other = await created(table, owner=owner), await created(table, owner=owner)
    for each in (image, other):
        await table.store(each, with_recognition(each, "Dog"))
    hidden = await table.begin_deletion(image.key)
    await asyncio.gather(table.remove(hidden), table.remove(hidden))
    assert await count_labels(table, owner) == {"Dog": 1}


async def test_an_image_whose_deletion_has_not_begun_is_not_removed(table: ImageTable) -> None:
    image = await created(table)
    await table.remove(image)
    assert await table.get(image.key) == image


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


async def find_word(table: ImageTable, owner: str, word: str) -> list[str]:
    return [each.image_id for each in await table.find_marked(owner, Term("word", word), 100)]


async def test_words_are_found_however_they_are_written(table: ImageTable) -> None:
    image = await created(table)
    await table.store(image, read(image, "STRASSE 7", "Ｃａｆé"))
    for word in ("strasse", "7", "café"):
        assert await find_word(table, image.owner, word) == [image.image_id]
        assert await find_word(table, new_owner(), word) == []
    assert (await table.get(image.key)).words == {"strasse", "7", "café"}


async def test_words_of_another_reading_replace_those_of_the_last(table: ImageTable) -> None:
    image = await created(table)
    await table.store(image, read(image, "one two"))
    once = await table.get(image.key)
    await table.store(once, read(once, "two three", etag="other"))
    assert await find_word(table, image.owner, "one") == []
    assert (await table.get(image.key)).words == {"two", "three"}
    assert await find_word(table, image.owner, "three") == [image.image_id]


async def test_more_words_than_one_transaction_takes_are_kept(table: ImageTable) -> None:
    """Up to a limit, and all of them go with the image."""
    image = await created(table)
    await table.store(image, read(image, *(f"word{n}" for n in range(MAX_WORDS + 1))))
    assert await find_word(table, image.owner, f"word{MAX_WORDS - 1}") == [image.image_id]
    assert await find_word(table, image.owner, f"word{MAX_WORDS}") == []
    await table.remove(await table.begin_deletion(image.key))
    for number in range(MAX_WORDS):
        assert await find_word(table, image.owner, f"word{number}") == []


async def test_words_of_an_image_that_is_being_deleted_are_not_kept(table: ImageTable) -> None:
    image = await created(table)
    hidden = await table.begin_deletion(image.key)
    with pytest.raises(Conflict):
        await table.store(image, read(image, "late"))
    await table.remove(hidden)
    assert await find_word(table, image.owner, "late") == []


async def test_who_is_overtaken_drops_no_word_of_the_newer_reading(table: ImageTable) -> None:
    """Words that a refused write brought stay named in the row, to be dropped by the next."""
    image = await created(table)
    running = image.with_part("recognition", image.recognition.begin(ETAG))
    await table.store(image, running)
    await table.store(running, read(running, "newer"))
    with pytest.raises(Conflict):
        await table.store(running, read(running, "older"))
    current = await table.get(image.key)
    assert current.found_words == {"newer"}
    assert await find_word(table, image.owner, "newer") == [image.image_id]
    await table.store(current, read(current, "newest", etag="other"))
    assert (await table.get(image.key)).words == {"newest"}
    assert await find_word(table, image.owner, "older") == []


async def test_all_rows_of_images_are_listed_hidden_ones_too(table: ImageTable) -> None:
    owner = new_owner()
    images = [await created(table, owner=owner) for _ in range(3)]
    await table.begin_deletion(images[1].key)
    await created(table)
    ids = [image.image_id for image in images]
    assert await table.list_ids(owner, 10) == ids[::-1]
    assert await table.list_ids(owner, 2) == ids[:0:-1]


async def test_an_owner_without_images_is_forgotten(table: ImageTable) -> None:
    """Usage and answers go; those of others stay."""
    gone, other = await created(table), await created(table)
    for image in (gone, other):
        await table.store(image, with_recognition(image, "Dog"))
        await table.claim_request(image.owner, "key", "print", 60)
    await table.remove(await table.begin_deletion(gone.key))
    await table.forget(gone.owner)
    assert await table.read_usage(gone.owner) == Usage(0, 0, [])
    assert await table.claim_request(gone.owner, "key", "print", 60) is None
    assert (await table.read_usage(other.owner)).months
    with pytest.raises(RequestClaimed):
        await table.claim_request(other.owner, "key", "print", 60)
