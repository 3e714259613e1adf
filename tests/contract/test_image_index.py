"""The contract of `ImageIndex`."""

import asyncio
from collections.abc import Sequence

import pytest

from sightline.domain.capture import Capture, GeoPosition
from sightline.domain.ids import new_album_id, new_image_id
from sightline.domain.image_words import MAX_WORDS_BY_FIELD, WordField, split_search_words
from sightline.domain.images import PART_NAMES, Details, Image, PartName
from sightline.domain.perceptual_hash import find_near_bands, split_bands
from sightline.domain.recognition import BoundingBox, DetectedText
from sightline.domain.sort_order import SortOrder
from sightline.optimistic import Conflict
from sightline.ports.image_index import HashMatch, LabelCount, Term, TermMatch
from sightline.ports.tables import Tables
from sightline_testing.builders import (
    ETAG,
    count_labels,
    create_image,
    edit_details,
    find_labeled,
    make_recognition,
    make_rendition_set,
    new_owner,
    with_hash,
    with_recognition,
)


async def test_labels_are_indexed_and_counted_by_owner(tables: Tables) -> None:
    owner = new_owner()
    first, second = await create_image(tables, owner=owner), await create_image(tables, owner=owner)
    await tables.images.store(first, with_recognition(first, "Dog", "Beach"))
    await tables.images.store(second, with_recognition(second, "Dog"))
    assert await count_labels(tables, owner) == {"Dog": 2, "Beach": 1}
    assert await find_labeled(tables, owner, "Dog") == {
        first.image_id: 91.25,
        second.image_id: 91.25,
    }
    assert await find_labeled(tables, new_owner(), "Dog") == {}


async def test_a_new_result_replaces_the_labels_in_the_index(tables: Tables) -> None:
    image = await create_image(tables)
    labeled = with_recognition(image, "Dog", "Beach")
    await tables.images.store(image, labeled)
    part = labeled.recognition.begin("other").succeed(make_recognition("Dog", "Sea", confidence=60))
    await tables.images.store(labeled, labeled.with_part("recognition", part))
    assert await count_labels(tables, image.owner) == {"Dog": 1, "Sea": 1}
    assert await find_labeled(tables, image.owner, "Beach") == {}
    assert await find_labeled(tables, image.owner, "Dog") == {image.image_id: 60}


async def test_a_replaced_original_removes_the_labels_from_the_index(tables: Tables) -> None:
    image = await create_image(tables)
    labeled = with_recognition(image, "Dog")
    await tables.images.store(image, labeled)
    await tables.images.store(
        labeled, labeled.with_part("recognition", labeled.recognition.begin("other"))
    )
    assert await count_labels(tables, image.owner) == {}


async def test_replacing_the_maximum_number_of_labels_fits_one_transaction(tables: Tables) -> None:
    image = await create_image(tables)
    labeled = with_recognition(image, *(f"Old {n}" for n in range(24)))
    await tables.images.store(image, labeled)
    part = labeled.recognition.begin("other").succeed(
        make_recognition(*(f"New {n}" for n in range(24)))
    )
    await tables.images.store(labeled, labeled.with_part("recognition", part))
    assert set(await count_labels(tables, image.owner)) == {f"New {n}" for n in range(24)}


async def test_concurrent_images_with_the_same_label_are_all_counted(tables: Tables) -> None:
    """A burst of an owner's uploads contends for the same counter."""
    owner = new_owner()
    images = [await create_image(tables, owner=owner) for _ in range(10)]
    await asyncio.gather(
        *(tables.images.store(image, with_recognition(image, "Dog")) for image in images)
    )
    assert await count_labels(tables, owner) == {"Dog": 10}


async def test_added_labels_are_indexed_and_hidden_ones_are_not(tables: Tables) -> None:
    image = await create_image(tables)
    labeled = with_recognition(image, "Dog", "Beach")
    await tables.images.store(image, labeled)
    change = edit_details(labeled, added=("Holiday",), hidden=("beach",))
    await tables.images.store(labeled, change)
    assert await count_labels(tables, image.owner) == {"Dog": 1, "Holiday": 1}
    assert await find_labeled(tables, image.owner, "holiday") == {image.image_id: 100}
    await tables.images.store(change, edit_details(change, added=(), hidden=()))
    assert await count_labels(tables, image.owner) == {"Dog": 1, "Beach": 1}


@pytest.mark.parametrize("part", PART_NAMES)
async def test_labels_are_indexed_from_the_upload_on(tables: Tables, part: PartName) -> None:
    image = await create_image(tables)
    labeled = edit_details(image, added=("Holiday",))
    await tables.images.store(image, labeled)
    assert await count_labels(tables, image.owner) == {}
    assert await find_labeled(tables, image.owner, "holiday") == {}
    uploaded = labeled.with_part(part, labeled.part(part).begin(ETAG))
    await tables.images.store(labeled, uploaded)
    assert await count_labels(tables, image.owner) == {"Holiday": 1}
    assert await find_labeled(tables, image.owner, "holiday") == {image.image_id: 100}
    await tables.images.remove(await tables.images.begin_deletion(image.key))
    assert await count_labels(tables, image.owner) == {}


async def test_an_image_whose_parts_begin_at_once_is_counted_once(tables: Tables) -> None:
    image = await create_image(tables)
    labeled = edit_details(image, added=("Holiday",))
    await tables.images.store(image, labeled)
    first, second = (labeled.with_part(name, labeled.part(name).begin(ETAG)) for name in PART_NAMES)
    await tables.images.store(labeled, first)
    with pytest.raises(Conflict):
        await tables.images.store(labeled, second)
    assert await count_labels(tables, image.owner) == {"Holiday": 1}


@pytest.mark.parametrize("part", PART_NAMES)
@pytest.mark.parametrize("label_first", [True, False])
async def test_adding_a_label_conflicts_with_the_first_write_to_a_part(
    tables: Tables, part: PartName, label_first: bool
) -> None:
    """Whichever is written first, the other must read the row again to index the label."""
    image = await create_image(tables)
    labeled = edit_details(image, added=("Holiday",))
    uploaded = image.with_part(part, image.part(part).begin(ETAG))
    first, second = (labeled, uploaded) if label_first else (uploaded, labeled)
    await tables.images.store(image, first)
    with pytest.raises(Conflict):
        await tables.images.store(image, second)


async def test_deleting_an_image_without_upload_leaves_counts_alone(tables: Tables) -> None:
    owner = new_owner()
    other = await create_image(tables, owner)
    await tables.images.store(other, with_recognition(other, "Holiday"))
    image = await create_image(tables, owner)
    labeled = edit_details(image, added=("Holiday",))
    await tables.images.store(image, labeled)
    await tables.images.remove(await tables.images.begin_deletion(image.key))
    assert await count_labels(tables, owner) == {"Holiday": 1}


async def test_hiding_a_label_conflicts_with_a_concurrent_recognition(tables: Tables) -> None:
    """The later writer must read the row again, or the index would be wrong."""
    image = await create_image(tables)
    labeled = with_recognition(image, "Dog")
    await tables.images.store(image, labeled)
    await tables.images.store(labeled, edit_details(labeled, hidden=("Dog",)))
    part = labeled.recognition.begin(ETAG).succeed(make_recognition("Dog", "Cat"))
    with pytest.raises(Conflict):
        await tables.images.store(labeled, labeled.with_part("recognition", part))
    current = await tables.images.get(image.key)
    await tables.images.store(current, current.with_part("recognition", part))
    assert await count_labels(tables, image.owner) == {"Cat": 1}


async def test_count_labels_filters_by_prefix_and_cursor(tables: Tables) -> None:
    image = await create_image(tables)
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


async def test_find_returns_the_newest_images_up_to_an_id(tables: Tables) -> None:
    owner = new_owner()
    images = [await create_image(tables, owner=owner) for _ in range(5)]
    for image in images:
        await tables.images.store(image, with_recognition(image, "Dog"))
    ids = [image.image_id for image in images]
    found = await tables.index.find(owner, Term("label", "dog"), 2)
    assert [each.image_id for each in found] == [ids[4], ids[3]]
    found = await tables.index.find(owner, Term("label", "dog"), 10, ids[2])
    assert [each.image_id for each in found] == [ids[2], ids[1], ids[0]]


async def test_find_returns_the_oldest_images_from_an_id_on(tables: Tables) -> None:
    owner, term = new_owner(), Term("label", "dog")
    images = [await create_image(tables, owner=owner) for _ in range(5)]
    for image in images:
        await tables.images.store(image, with_recognition(image, "Dog"))
    ids = [image.image_id for image in images]
    found = await tables.index.find(owner, term, 2, order=SortOrder.OLDEST)
    assert [each.image_id for each in found] == ids[:2]
    found = await tables.index.find(owner, term, 10, ids[2], SortOrder.OLDEST)
    assert [each.image_id for each in found] == ids[2:]


def recognize_text(image: Image, *texts: str, etag: str = ETAG) -> Image:
    """Return the image after a recognition that found these lines of text."""
    box = BoundingBox(left=0, top=0, width=1, height=1)
    lines = tuple(
        DetectedText(text=text, confidence=99, is_line=True, line=number, box=box)
        for number, text in enumerate(texts)
    )
    result = make_recognition("Sign").model_copy(update={"text": lines})
    return image.with_part("recognition", image.recognition.begin(etag).succeed(result))


async def find_word(tables: Tables, owner: str, word: str) -> list[str]:
    return [each.image_id for each in await tables.index.find(owner, Term("word", word), 100)]


async def find_fields(tables: Tables, owner: str, word: str) -> dict[str, set[WordField]]:
    """Return the fields of each image that have the word."""
    found = await tables.index.find(owner, Term("word", word), 100)
    return {each.image_id: set(each.fields) for each in found}


async def count_word(tables: Tables, owner: str, word: str) -> int:
    (count,) = await tables.index.count_images(owner, [Term("word", word)])
    return count


async def test_words_are_found_in_any_case_and_width(tables: Tables) -> None:
    image = await create_image(tables)
    await tables.images.store(image, recognize_text(image, "STRASSE 7", "Ｃａｆé"))
    for word in ("strasse", "7", "cafe"):
        assert await find_word(tables, image.owner, word) == [image.image_id]
        assert await find_word(tables, new_owner(), word) == []
    fields = (await tables.images.get(image.key)).word_fields
    assert fields.keys() == {"sign", "strasse", "7", "cafe"}


async def test_a_new_result_replaces_the_words_in_the_index(tables: Tables) -> None:
    image = await create_image(tables)
    await tables.images.store(image, recognize_text(image, "one two"))
    labeled = await tables.images.get(image.key)
    await tables.images.store(labeled, recognize_text(labeled, "two three", etag="other"))
    assert await find_word(tables, image.owner, "one") == []
    assert (await tables.images.get(image.key)).word_fields.keys() == {"sign", "two", "three"}
    assert await find_word(tables, image.owner, "three") == [image.image_id]


MAX_TEXT_WORDS = MAX_WORDS_BY_FIELD[WordField.TEXT]


def locate(image: Image, city: str) -> Image:
    place = GeoPosition(latitude=1, longitude=2, city=city, country="Portugal")
    result = make_rendition_set().model_copy(update={"capture": Capture(place=place)})
    return image.with_part("renditions", image.renditions.begin(ETAG).succeed(result))


async def test_the_names_of_a_place_are_words(tables: Tables) -> None:
    image = await create_image(tables)
    await tables.images.store(image, locate(image, "Nova Lisboa"))
    for word in ("nova", "lisboa", "portugal"):
        assert await find_word(tables, image.owner, word) == [image.image_id]
    fields = await find_fields(tables, image.owner, "lisboa")
    assert fields == {image.image_id: {WordField.PLACE}}
    await tables.images.remove(await tables.images.begin_deletion(image.key))
    for word in ("nova", "lisboa", "portugal"):
        assert await find_word(tables, image.owner, word) == []


async def test_a_new_text_keeps_the_words_of_the_place(tables: Tables) -> None:
    image = await create_image(tables)
    await tables.images.store(image, recognize_text(image, "one Lisbon"))
    # Both services write, each from the row as it was before the other one.
    stale = await tables.images.get(image.key)
    await tables.images.store(stale, locate(stale, "Lisbon"))
    with pytest.raises(Conflict):
        await tables.images.store(stale, recognize_text(stale, "two", etag="other"))
    current = await tables.images.get(image.key)
    assert await find_fields(tables, image.owner, "lisbon") == {
        image.image_id: {WordField.PLACE, WordField.TEXT}
    }
    await tables.images.store(current, recognize_text(current, "two", etag="other"))
    current = await tables.images.get(image.key)
    assert await find_fields(tables, image.owner, "lisbon") == {image.image_id: {WordField.PLACE}}
    assert current.word_fields.keys() >= {"two", "lisbon", "portugal"}
    for word in current.word_fields:
        assert await find_word(tables, image.owner, word) == [image.image_id]


async def test_words_are_counted_and_listed_by_owner(tables: Tables) -> None:
    owner, other = new_owner(), new_owner()
    first, second = await create_image(tables, owner), await create_image(tables, owner)
    stored = recognize_text(first, "lisbon list")
    await tables.images.store(first, stored)
    await tables.images.store(second, recognize_text(second, "Lisbon"))
    terms = [Term("word", "list"), Term("word", "lisbon"), Term("word", "none")]
    terms += [Term("label", "sign"), Term("album", new_album_id())]
    assert await tables.index.count_images(owner, terms) == [1, 2, 0, 2, 0]
    assert await tables.index.count_images(other, terms) == [0, 0, 0, 0, 0]
    assert await tables.index.list_words(owner, "lis", 10) == ["lisbon", "list"]
    assert await tables.index.list_words(owner, "lis", 1) == ["lisbon"]
    assert await tables.index.list_words(owner, "x", 10) == []
    assert await tables.index.list_words(other, "lis", 10) == []
    await tables.images.remove(await tables.images.begin_deletion(first.key))
    assert await tables.index.count_images(owner, terms[:2]) == [0, 1]
    assert await tables.index.list_words(owner, "lis", 10) == ["lisbon"]


async def test_the_title_is_indexed_from_the_upload_on_and_follows_edits(tables: Tables) -> None:
    image = await create_image(tables, details=Details(title="Alfama"))
    assert await find_word(tables, image.owner, "alfama") == []
    located = locate(image, "Alfama")
    await tables.images.store(image, located)
    both = {WordField.TITLE, WordField.PLACE}
    assert await find_fields(tables, image.owner, "alfama") == {image.image_id: both}
    edited = edit_details(located, title="Belem", description="By the river")
    await tables.images.store(located, edited)
    place = {WordField.PLACE}
    assert await find_fields(tables, image.owner, "alfama") == {image.image_id: place}
    assert await find_word(tables, image.owner, "belem") == [image.image_id]
    assert await find_word(tables, image.owner, "river") == [image.image_id]
    await tables.images.store(edited, edit_details(edited, title="Belem", description=None))
    assert await find_word(tables, image.owner, "river") == []
    for word, count in (("alfama", 1), ("belem", 1), ("river", 0)):
        assert await count_word(tables, image.owner, word) == count


async def test_an_edited_title_is_not_missed_when_the_renditions_begin(tables: Tables) -> None:
    """Whichever is written first, the other must read the row again."""
    image = await create_image(tables)
    edited = edit_details(image, title="Belem")
    begun = image.with_part("renditions", image.renditions.begin(ETAG))
    await tables.images.store(image, begun)
    with pytest.raises(Conflict):
        await tables.images.store(image, edited)
    await tables.images.store(begun, edit_details(begun, title="Belem"))
    assert await find_word(tables, image.owner, "belem") == [image.image_id]


async def test_parts_that_find_the_same_word_at_once_conflict(tables: Tables) -> None:
    """It is counted once, with the fields of both."""
    image = await create_image(tables)
    await tables.images.store(image, locate(image, "Lisbon"))
    with pytest.raises(Conflict):
        await tables.images.store(image, recognize_text(image, "Lisbon"))
    current = await tables.images.get(image.key)
    await tables.images.store(current, recognize_text(current, "Lisbon"))
    assert await find_fields(tables, image.owner, "lisbon") == {
        image.image_id: {WordField.PLACE, WordField.TEXT}
    }
    assert await count_word(tables, image.owner, "lisbon") == 1


async def test_more_words_than_fit_one_transaction_are_replaced(tables: Tables) -> None:
    image = await create_image(tables)
    first = recognize_text(image, *(f"old{n}" for n in range(120)))
    await tables.images.store(image, first)
    second = recognize_text(first, *(f"new{n}" for n in range(120)), etag="other")
    await tables.images.store(first, second)
    for word, count in (("old0", 0), ("old119", 0), ("new0", 1), ("new119", 1), ("sign", 1)):
        assert await count_word(tables, image.owner, word) == count
        assert len(await find_word(tables, image.owner, word)) == count


@pytest.mark.parametrize(
    ("text", "search"),
    [
        ("\u6771\u4eac\u30bf\u30ef\u30fc", "\u6771\u4eac"),
        ("\u0915\u0941\u0924\u094d\u0924\u093e", "\u0915\u0941\u0924\u094d\u0924\u093e"),
        (
            "\u0e2a\u0e27\u0e31\u0e2a\u0e14\u0e35\u0e0a\u0e32\u0e27\u0e42\u0e25\u0e01",
            "\u0e2a\u0e27\u0e31\u0e2a\u0e14\u0e35",
        ),
        ("Cafe\u0301", "CAF\u00c9"),
    ],
)
async def test_words_of_any_script_are_found(tables: Tables, text: str, search: str) -> None:
    image = await create_image(tables)
    await tables.images.store(image, recognize_text(image, text))
    for word in split_search_words(search):
        assert await find_word(tables, image.owner, word) == [image.image_id]


async def test_more_words_than_fit_one_transaction_are_indexed(tables: Tables) -> None:
    """Up to a limit; all of them are removed with the image."""
    image = await create_image(tables)
    await tables.images.store(
        image, recognize_text(image, *(f"word{n}" for n in range(MAX_TEXT_WORDS + 1)))
    )
    assert await find_word(tables, image.owner, f"word{MAX_TEXT_WORDS - 1}") == [image.image_id]
    assert await find_word(tables, image.owner, f"word{MAX_TEXT_WORDS}") == []
    await tables.images.remove(await tables.images.begin_deletion(image.key))
    for number in range(MAX_TEXT_WORDS):
        assert await find_word(tables, image.owner, f"word{number}") == []


async def test_words_of_an_image_that_is_being_deleted_are_not_indexed(tables: Tables) -> None:
    image = await create_image(tables)
    hidden = await tables.images.begin_deletion(image.key)
    with pytest.raises(Conflict):
        await tables.images.store(image, recognize_text(image, "late"))
    await tables.images.remove(hidden)
    assert await find_word(tables, image.owner, "late") == []


async def test_a_conflicting_write_removes_no_word_of_the_newer_result(tables: Tables) -> None:
    """The row keeps the words of the rejected write, so that the next write removes them."""
    image = await create_image(tables)
    running = image.with_part("recognition", image.recognition.begin(ETAG))
    await tables.images.store(image, running)
    await tables.images.store(running, recognize_text(running, "newer"))
    with pytest.raises(Conflict):
        await tables.images.store(running, recognize_text(running, "older"))
    current = await tables.images.get(image.key)
    assert current.word_fields.keys() == {"sign", "newer"}
    assert await find_word(tables, image.owner, "newer") == [image.image_id]
    await tables.images.store(current, recognize_text(current, "newest", etag="other"))
    assert (await tables.images.get(image.key)).word_fields.keys() == {"sign", "newest"}
    assert await find_word(tables, image.owner, "older") == []


async def test_match_returns_the_requested_images_that_have_the_term(tables: Tables) -> None:
    """As many as a search asks for at once, newest first."""
    owner = new_owner()
    images = [await create_image(tables, owner=owner) for _ in range(5)]
    for image in images[:4]:
        await tables.images.store(image, with_recognition(image, "Dog"))
    ids = [image.image_id for image in images]
    unknown = [new_image_id() for _ in range(97)]
    requested = [ids[1], ids[4], ids[3], *unknown]
    found = await tables.index.match(owner, Term("label", "dog"), requested)
    assert found == [TermMatch(ids[3], 91.25), TermMatch(ids[1], 91.25)]
    assert await tables.index.match(owner, Term("label", "cat"), requested) == []
    assert await tables.index.match(new_owner(), Term("label", "dog"), requested) == []
    assert await tables.index.match(owner, Term("label", "dog"), []) == []


HASH = "0123456789abcdef"

#: Differs from it in every band, in more than one bit.
OTHER_HASH = "fedcba9876543210"


async def find_by_hash(tables: Tables, owner: str, value: str) -> set[HashMatch]:
    return set(await find_by_bands(tables, owner, find_near_bands(value)))


async def find_by_bands(tables: Tables, owner: str, bands: Sequence[str]) -> list[HashMatch]:
    return await tables.index.find_by_bands(owner, bands, limit=100)


async def test_an_image_is_found_by_each_band_of_its_hash(tables: Tables) -> None:
    image = await create_image(tables)
    await tables.images.store(image, with_hash(image, HASH))
    match = HashMatch(image.image_id, HASH)
    for band in split_bands(HASH):
        assert await find_by_bands(tables, image.owner, [band]) == [match]
    assert await find_by_hash(tables, image.owner, HASH) == {match}
    assert await find_by_hash(tables, image.owner, OTHER_HASH) == set()
    assert await find_by_hash(tables, new_owner(), HASH) == set()


async def test_a_search_by_bands_returns_the_newest_images_of_each(tables: Tables) -> None:
    owner = new_owner()
    images = [await create_image(tables, owner) for _ in range(3)]
    other = await create_image(tables, owner)
    for image in images:
        await tables.images.store(image, with_hash(image, HASH))
    await tables.images.store(other, with_hash(other, OTHER_HASH))
    bands = [split_bands(HASH)[0], split_bands(OTHER_HASH)[0]]
    found = await tables.index.find_by_bands(owner, bands, limit=2)
    expected = [*images[1:], other]
    assert {each.image_id for each in found} == {image.image_id for image in expected}
    assert len(found) == len(expected)


async def test_a_new_hash_replaces_the_bands_of_the_old_one(tables: Tables) -> None:
    image = await create_image(tables)
    first = with_hash(image, HASH)
    await tables.images.store(image, first)
    # The lowest band stays the same, and the others change in more bits than a search reads.
    other = f"{int(HASH, 16) ^ 0xFFFFFFFFFFFFFC00:016x}"
    second = with_hash(first, other, etag="other")
    await tables.images.store(first, second)
    assert await find_by_hash(tables, image.owner, HASH) == {HashMatch(image.image_id, other)}
    (shared, *old), (_, *new) = split_bands(HASH), split_bands(other)
    assert await find_by_bands(tables, image.owner, old) == []
    for band in (shared, *new):
        assert len(await find_by_bands(tables, image.owner, [band])) == 1
    await tables.images.store(second, with_hash(second, None, etag="plain"))
    assert await find_by_hash(tables, image.owner, other) == set()


async def test_a_removed_image_is_found_by_no_hash(tables: Tables) -> None:
    image = await create_image(tables)
    await tables.images.store(image, with_hash(image, HASH))
    await tables.images.remove(await tables.images.begin_deletion(image.key))
    assert await find_by_hash(tables, image.owner, HASH) == set()


async def test_a_failed_store_leaves_the_bands_unchanged(tables: Tables) -> None:
    image = await create_image(tables)
    await tables.images.store(image, with_hash(image, HASH))
    with pytest.raises(Conflict):
        await tables.images.store(image, with_hash(image, OTHER_HASH, etag="other"))
    assert await find_by_hash(tables, image.owner, OTHER_HASH) == set()
    assert await find_by_hash(tables, image.owner, HASH) == {HashMatch(image.image_id, HASH)}
