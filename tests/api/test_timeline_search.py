"""Searches in the order of the timeline: what they find, and in how many calls."""

import asyncio
import inspect
import random
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from sightline.adapters.memory import memory_tables
from sightline.domain.capture import Capture
from sightline.domain.images import Details, Image
from sightline.domain.sort_order import SortOrder
from sightline.ports.tables import Tables
from sightline_api.images import timeline_search
from sightline_api.images.index_search import Query
from sightline_api.images.listing import Filter
from sightline_api.images.search_text import parse_search_text
from sightline_api.images.searching import MAX_CALLS, SearchPage
from sightline_api.images.timeline_search import TimelineSearch
from sightline_testing.builders import make_image, make_recognition, make_rendition_set

OWNER = "owner"
FIRST_CAPTURE = datetime(2020, 1, 1, tzinfo=UTC)
IMAGES = 60

#: Each with whether the image of a number and a day has it.
QUERIES: dict[str, tuple[Query, Callable[[int, int], bool]]] = {
    "label": (Query(labels=["Sky"]), lambda number, _: number % 2 == 0),
    "labels": (Query(labels=["Sky", "Sea"]), lambda number, _: number % 6 == 0),
    "rare label": (Query(labels=["Sky", "Rare"]), lambda number, _: number % 20 == 0),
    "word": (Query(text=parse_search_text("even ")), lambda number, _: number % 2 == 0),
    "phrase": (Query(text=parse_search_text('"even day"')), lambda n, day: n % 2 + day % 2 == 0),
    "start of a word": (Query(text=parse_search_text("eve")), lambda number, _: number % 2 == 0),
    "nothing": (Query(labels=["Sky", "Nowhere"]), lambda *_: False),
}


class CountedPort:
    """Passes calls on, and counts those of them that follow one another."""

    def __init__(self, port: Any, counter: "Counter") -> None:
        self._port = port
        self._counter = counter

    def __getattr__(self, name: str) -> Any:
        attribute = getattr(self._port, name)
        if not inspect.iscoroutinefunction(attribute):
            return attribute

        async def call(*args: Any, **kwargs: Any) -> Any:
            counter = self._counter
            counter.sequence += not counter.active
            counter.active += 1
            try:
                # Let the calls begin that are made at the same time.
                await asyncio.sleep(0)
                return await attribute(*args, **kwargs)
            finally:
                counter.active -= 1

        return call


class Counter:
    """Calls in progress, and calls that began while no other one was in progress."""

    active = 0
    sequence = 0


def build_image(number: int, day: int) -> Image:
    """Return an image that was taken on this day, whatever the order of the uploads."""
    words = ("even" if number % 2 == 0 else "odd", "day" if day % 2 == 0 else "night")
    labels = [name for name, step in (("Sky", 2), ("Sea", 3), ("Rare", 20)) if number % step == 0]
    image = make_image(OWNER, details=Details(title=" ".join(words)))
    capture = Capture(taken_at=FIRST_CAPTURE + timedelta(days=day))
    renditions = make_rendition_set().model_copy(update={"capture": capture})
    image = image.with_part("renditions", image.renditions.begin("e").succeed(renditions))
    return image.with_part(
        "recognition", image.recognition.begin("e").succeed(make_recognition(*labels))
    )


async def fill(tables: Tables) -> list[Image]:
    """Store images that were taken in another order than they were uploaded; return them."""
    days = list(range(IMAGES))
    random.Random(1).shuffle(days)
    images = [build_image(number, day) for number, day in enumerate(days)]
    for image in images:
        changes = {"image_id": image.image_id, "details": image.details}
        created = make_image(OWNER, created_at=image.created_at, **changes)
        await tables.images.create(created)
        await tables.images.store(created, image)
    return images


async def read_pages(
    tables: Tables, query: Query, selected: Filter, order: SortOrder
) -> Sequence[SearchPage]:
    pages: list[SearchPage] = []
    after = None
    while not pages or after is not None:
        counter = Counter()
        timeline, images, index = (
            CountedPort(port, counter) for port in (tables.timeline, tables.images, tables.index)
        )
        search = TimelineSearch(timeline, images, index, OWNER, order)
        page = await search.page(query, selected, 7, after)
        assert counter.sequence <= MAX_CALLS
        assert len(page.found) <= 7
        pages.append(page)
        after = page.next_after
    return pages


@pytest.mark.parametrize("order", SortOrder)
@pytest.mark.parametrize("max_sorted", [0, IMAGES], ids=["in time", "sorted"])
@pytest.mark.parametrize("name", QUERIES)
async def test_pages_have_what_the_query_finds_in_the_order_of_capture(
    name: str, max_sorted: int, order: SortOrder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(timeline_search, "MAX_SORTED", max_sorted)
    monkeypatch.setattr(timeline_search, "READ_SIZE", 5)
    tables = memory_tables()
    images = await fill(tables)
    query, has = QUERIES[name]
    first, last = FIRST_CAPTURE + timedelta(days=10), FIRST_CAPTURE + timedelta(days=50)
    selected = Filter(query=query, taken_from=first, taken_until=last, archived=False)
    expected = [
        (image.taken_at, image.image_id)
        for number, image in enumerate(images)
        if image.taken_at is not None and first <= image.taken_at < last
        if has(number, (image.taken_at - FIRST_CAPTURE).days)
    ]
    expected.sort(reverse=order is SortOrder.NEWEST)
    pages = await read_pages(tables, query, selected, order)
    found = [each for page in pages for each in page.found]
    assert [each.summary.image_id for each in found] == [image_id for _, image_id in expected]
    assert all(bool(each.matches) is query.has_words for each in found)
