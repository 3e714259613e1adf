"""The position and the rotation that owners give, in every table."""

import pytest

from sightline.domain.capture import Capture, GeoPosition
from sightline.domain.images import Image
from sightline.domain.position_override import PositionOverride
from sightline.optimistic import Conflict
from sightline.ports.image_index import Term
from sightline.ports.tables import Tables
from sightline_testing.builders import ETAG, create_image, edit_details, make_rendition_set

#: The position of the file, and that of the owner before and after the resizer named it.
RECORDED = GeoPosition(48.2, 16.37, altitude=170, city="Vienna", country="Austria")
LISBON = PositionOverride(latitude=38.7109, longitude=-9.1366)
NAMED = GeoPosition(38.7109, -9.1366, city="Lisbon", country="Portugal")
UNNAMED = GeoPosition(38.7109, -9.1366)
HIDDEN = PositionOverride()


async def upload(tables: Tables) -> Image:
    """Return a new image whose file records a position."""
    image = await create_image(tables)
    result = make_rendition_set().model_copy(update={"capture": Capture(place=RECORDED)})
    uploaded = image.with_part("renditions", image.renditions.begin(ETAG).succeed(result))
    await tables.images.store(image, uploaded)
    return uploaded


async def correct(tables: Tables, image: Image, **changes: object) -> Image:
    corrected = edit_details(image, **changes)
    await tables.images.store(image, corrected)
    return corrected


def with_name(image: Image, place: GeoPosition | None) -> Image:
    """Return the image after the resizer named the position of its owner."""
    result = image.renditions.result
    assert result is not None
    named = result.model_copy(update={"corrected_place": place})
    return image.with_part("renditions", image.renditions.begin(ETAG, "again").succeed(named))


async def read_place(tables: Tables, image: Image) -> GeoPosition | None:
    """Return the place of the image, on which its row and both of its summaries agree."""
    stored = await tables.images.get(image.key)
    (summary,) = await tables.images.get_summaries(image.owner, [image.image_id])
    page = await tables.images.page_summaries(image.owner, 1)
    assert stored.place == summary.place == page.images[0].place
    return stored.place


async def has_word(tables: Tables, image: Image, word: str) -> bool:
    found = await tables.index.find(image.owner, Term("word", word), 1)
    return [match.image_id for match in found] == [image.image_id]


async def test_the_position_of_the_owner_replaces_that_of_the_file(tables: Tables) -> None:
    image = await upload(tables)
    assert await read_place(tables, image) == RECORDED
    assert await has_word(tables, image, "vienna")
    corrected = await correct(tables, image, position=LISBON)
    assert await read_place(tables, image) == UNNAMED
    assert not await has_word(tables, image, "vienna")
    named = with_name(corrected, NAMED)
    await tables.images.store(corrected, named)
    assert await read_place(tables, image) == NAMED
    assert await has_word(tables, image, "lisbon")
    await correct(tables, named, position=None)
    assert await read_place(tables, image) == RECORDED
    assert await has_word(tables, image, "vienna")
    assert not await has_word(tables, image, "lisbon")


async def test_an_image_may_have_no_position_whatever_the_file_records(tables: Tables) -> None:
    image = await upload(tables)
    hidden = await correct(tables, image, position=HIDDEN)
    assert (await tables.images.get(image.key)).details.position == HIDDEN
    assert await read_place(tables, image) is None
    assert not await has_word(tables, image, "vienna")
    await tables.images.store(hidden, with_name(hidden, None))
    assert await read_place(tables, image) is None


async def test_names_of_another_position_are_not_stored_over_a_new_one(tables: Tables) -> None:
    """The resizer named a position that the owner replaced meanwhile."""
    image = await upload(tables)
    corrected = await correct(tables, image, position=LISBON)
    elsewhere = PositionOverride(latitude=1, longitude=2)
    latest = await correct(tables, corrected, position=elsewhere)
    with pytest.raises(Conflict):
        await tables.images.store(corrected, with_name(corrected, NAMED))
    assert not await has_word(tables, image, "lisbon")
    late = with_name(latest, NAMED)
    await tables.images.store(latest, late)
    assert await read_place(tables, image) == elsewhere.position
    assert not await has_word(tables, image, "lisbon")
    assert late.is_correction_due


async def test_a_new_position_is_not_stored_over_names_of_the_last_one(tables: Tables) -> None:
    image = await upload(tables)
    corrected = await correct(tables, image, position=LISBON)
    await tables.images.store(corrected, with_name(corrected, NAMED))
    with pytest.raises(Conflict):
        await correct(tables, corrected, position=HIDDEN)
    assert await read_place(tables, image) == NAMED


async def test_a_rotation_is_due_until_the_renditions_have_it(tables: Tables) -> None:
    image = await upload(tables)
    rotated = await correct(tables, image, rotation=270)
    stored = await tables.images.get(image.key)
    assert (stored.details.rotation, stored.is_correction_due) == (270, True)
    assert stored.renditions.result is not None
    result = stored.renditions.result.model_copy(update={"rotation": 270, "orientation": 6})
    part = stored.renditions.begin(ETAG, "again").succeed(result)
    await tables.images.store(rotated, rotated.with_part("renditions", part))
    stored = await tables.images.get(image.key)
    assert stored.renditions.result == result
    assert not stored.is_correction_due
