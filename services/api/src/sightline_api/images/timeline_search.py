"""Search an owner's images in the order of the timeline.

The counts of the terms and of the months decide how: where few images have the rarest term, all of
them are read and sorted. Else the timeline is read in its order, as many images at once as are
expected to hold a page of found ones, and the index selects those that the query finds. Whole rows
are read only of images that the index has found.
"""

import asyncio
from dataclasses import dataclass
from typing import NamedTuple

from sightline.batching import in_batches
from sightline.domain.sort_order import SortOrder
from sightline.domain.states import State
from sightline.domain.summaries import ImageSummary
from sightline.domain.timeline import MonthCount, TimelineRange
from sightline.ports.image_index import ImageIndex
from sightline.ports.image_table import ImageTable
from sightline.ports.timeline_table import TimelineTable
from sightline_api.concurrency import map_concurrently
from sightline_api.images.index_search import (
    CALLS_PER_SELECTION,
    MAX_READ_SIZE,
    IndexSearch,
    Query,
)
from sightline_api.images.listing import READ_SIZE, Filter
from sightline_api.images.searching import (
    MAX_CALLS,
    ROWS_PER_CALL,
    FoundImage,
    SearchPage,
    match_words,
)
from sightline_api.images.timeline_listing import (
    TimelineListing,
    is_selected,
    position_of,
    range_of,
)

#: Images of the rarest term up to which all of them are read and sorted, for every page.
MAX_SORTED = 300

#: How many times more images of the timeline are read than are expected to suffice.
READ_MARGIN = 1.25


class _Batch(NamedTuple):
    """Images of the timeline in order, and the position at which the next ones begin, if any."""

    images: list[ImageSummary]
    next_after: str | None


@dataclass(frozen=True, slots=True)
class TimelineSearch:
    """Searches the images in the timeline of one owner in one order."""

    timeline: TimelineTable
    images: ImageTable
    index: ImageIndex
    owner: str
    order: SortOrder = SortOrder.NEWEST

    @property
    def _listing(self) -> TimelineListing:
        return TimelineListing(self.timeline, self.owner, self.order)

    async def page(
        self, query: Query, selected: Filter, limit: int, after: str | None
    ) -> SearchPage:
        """Return the first `limit` of the selected images that follow the position `after`.

        It takes `MAX_CALLS` calls in sequence at most. A page that ends there may be short, or even
        empty; its cursor continues the search.
        """
        within = range_of(selected)
        if after is not None:
            within = within.after(after, self.order)
        search = IndexSearch(self.index, self.owner, query, self.order)
        calls, months = await asyncio.gather(
            search.plan(count=True), self.timeline.count_months(self.owner)
        )
        if search.is_exhausted:
            return SearchPage([], None)
        # Months do not count the archive.
        in_range = _count_in(within, months) if selected.archived is False else MAX_SORTED
        if search.images <= min(MAX_SORTED, search.max_read_size, in_range):
            return await self._sort(search, selected, limit, within)
        total = sum(each.images for each in months)
        size = round(READ_MARGIN * limit * total / search.images)
        size = max(READ_SIZE, limit, min(MAX_READ_SIZE, size))
        return await self._scan(search, selected, limit, within, size, MAX_CALLS - calls)

    async def _sort(
        self, search: IndexSearch, selected: Filter, limit: int, within: TimelineRange
    ) -> SearchPage:
        """Read all images that the query finds, and return the first ones of the range."""
        ids: list[str] = []
        # One read suffices, unless images were added since they were counted.
        while not search.is_exhausted:
            ids += await search.read(MAX_READ_SIZE)
        found = await self._read(ids, search.query)
        # An image enters the timeline with its renditions, which may begin after recognition.
        placed = [each for each in found if each.summary.renditions.state is not State.PENDING]
        chosen = [
            each
            for each in placed
            if position_of(each.summary) in within and is_selected(each.summary, selected)
        ]
        chosen.sort(
            key=lambda each: position_of(each.summary),
            reverse=self.order is SortOrder.NEWEST,
        )
        if len(chosen) <= limit:
            return SearchPage(chosen, None)
        return SearchPage(chosen[:limit], position_of(chosen[limit - 1].summary))

    async def _scan(
        self,
        search: IndexSearch,
        selected: Filter,
        limit: int,
        within: TimelineRange,
        size: int,
        max_calls: int,
    ) -> SearchPage:
        """Read the timeline in its order until the page is full or no call is left."""
        found: list[FoundImage] = []
        after: str | None = None
        calls_per_read = 1 + CALLS_PER_SELECTION + search.query.has_words
        for _ in range(max_calls // calls_per_read):
            page = await self._listing.read(selected, size, within)
            wanted = limit - len(found)
            batch = await self._select(search, selected, _Batch(*page), wanted)
            found += await self._verify(batch.images, search.query)
            after = batch.next_after
            if after is None or len(found) >= limit:
                break
            within = within.after(after, self.order)
        return SearchPage(found, after)

    async def _select(
        self, search: IndexSearch, selected: Filter, batch: _Batch, wanted: int
    ) -> _Batch:
        """Return the first `wanted` of the images that the filter and the query select."""
        candidates = [image for image in batch.images if is_selected(image, selected)]
        ids = set(await search.select([image.image_id for image in candidates]))
        matching = [image for image in candidates if image.image_id in ids]
        if len(matching) <= wanted:
            return _Batch(matching, batch.next_after)
        return _Batch(matching[:wanted], position_of(matching[wanted - 1]))

    async def _verify(self, images: list[ImageSummary], query: Query) -> list[FoundImage]:
        """Return the images whose rows have the words of the query, with what matched."""
        if not query.has_words:
            return [FoundImage(image, {}) for image in images]
        return await self._read([image.image_id for image in images], query)

    async def _read(self, ids: list[str], query: Query) -> list[FoundImage]:
        """Read the images, and return those whose rows have the words of the query."""
        batches = list(in_batches(ids, ROWS_PER_CALL))

        async def read(batch: list[str]) -> list[FoundImage]:
            if not query.has_words:
                summaries = await self.images.get_summaries(self.owner, batch)
                return [FoundImage(summary, {}) for summary in summaries]
            rows = await self.images.get_many(self.owner, batch)
            return [
                FoundImage(image.summary, matches)
                for image in rows
                if (matches := match_words(image, query)) is not None
            ]

        return [each for found in await map_concurrently(batches, read) for each in found]


def _count_in(within: TimelineRange, months: list[MonthCount]) -> int:
    """Return the number of images in the months of the range: at least those of the range."""
    return sum(
        each.images
        for each in months
        if not within.intersect(TimelineRange.of_month(each.month)).is_empty
    )
