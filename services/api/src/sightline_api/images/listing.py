"""List an owner's images, all of them or those that a filter selects."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime

from sightline.domain.ids import first_image_id
from sightline.domain.sort_order import SortOrder
from sightline.domain.states import Status
from sightline.domain.summaries import ImageSummary
from sightline.domain.timeline import month_of
from sightline.ports.image_index import ImageIndex
from sightline.ports.image_table import ImageTable, SummaryPage
from sightline_api.images.index_search import Query, find_images

#: Images that are read at once where a filter may skip some, and the most that are read for one
#: page. A page that ends there may be short, or even empty; its cursor continues the list.
READ_SIZE = 100
MAX_READ = 1_000

#: The ends of the calendar, in UTC.
EARLIEST = datetime.min.replace(tzinfo=UTC)
LATEST = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Filter:
    """Which images to list: those that the query finds, if there is one, and every filter matches.

    They have none of the labels in `without`, which are folded. Without a status, images that await
    their upload are left out. A range includes its start and excludes its end. A time without an
    offset, as most cameras write it, counts as UTC. `month` is that of the timeline.
    """

    query: Query | None = None
    status: Status | None = None
    without: frozenset[str] = frozenset()
    created_from: datetime | None = None
    created_until: datetime | None = None
    taken_from: datetime | None = None
    taken_until: datetime | None = None
    month: str | None = None

    @property
    def created(self) -> "_IdRange":
        """The ids of the range of creation times."""
        return _IdRange(_first_id(self.created_from), _first_id(self.created_until))

    @property
    def is_selective(self) -> bool:
        """Whether many of the images that are read may not match."""
        has_words = self.query is not None and self.query.words
        # The index leaves out the labels of a query itself.
        has_labels = self.query is None and self.without
        has_times = self.taken_from or self.taken_until or self.month
        return any((self.status, has_times, has_words, has_labels))

    def matches(self, image: ImageSummary) -> bool:
        """Return whether the image has the status and labels, and was taken within the range."""
        if self.status is None:
            if image.status is Status.AWAITING_UPLOAD:
                return False
        elif image.status is not self.status:
            return False
        if not self.without.isdisjoint(image.labels):
            return False
        if self.month is not None and month_of(image.timeline_at) != self.month:
            return False
        if self.taken_from is None and self.taken_until is None:
            return True
        taken_at = image.taken_at
        return taken_at is not None and self._in_range(_in_utc(taken_at))

    def _in_range(self, taken_at: datetime) -> bool:
        if self.taken_from is not None and taken_at < _in_utc(self.taken_from):
            return False
        return self.taken_until is None or taken_at < _in_utc(self.taken_until)


@dataclass(frozen=True, slots=True)
class _IdRange:
    """Image ids from `start` on and before `end`; None is unlimited."""

    start: str | None
    end: str | None

    def after(self, image_id: str, order: SortOrder) -> "_IdRange":
        """Return the part of the range that follows an id in this order."""
        if order is SortOrder.NEWEST:
            return replace(self, end=image_id if self.end is None else min(self.end, image_id))
        following = order.next_position(image_id)
        return replace(self, start=max(self.start or "", following))

    def first_position(self, order: SortOrder) -> str | None:
        """Return the position at which the range starts in this order; None if it has no limit."""
        if order is SortOrder.OLDEST:
            return self.start
        return self.end and order.next_position(self.end)

    def __contains__(self, image_id: str) -> bool:
        if self.start is not None and image_id < self.start:
            return False
        return self.end is None or image_id < self.end


@dataclass(frozen=True, slots=True)
class Listing:
    """Lists the images of one owner in one order."""

    images: ImageTable
    index: ImageIndex
    owner: str
    order: SortOrder = SortOrder.NEWEST

    async def page(self, selected: Filter, limit: int, after: str | None) -> SummaryPage:
        """Return the first `limit` of the selected images that follow the image id `after`."""
        remaining = selected.created
        if after is not None:
            remaining = remaining.after(after, self.order)
        # Where few images are skipped, reading just the page is mostly enough.
        size = READ_SIZE if selected.is_selective else limit
        found: list[ImageSummary] = []
        for _ in range(MAX_READ // READ_SIZE):
            page = await self._read(selected.query, size, remaining)
            after = page.next_after
            for image in filter(selected.matches, page.images):
                if len(found) == limit:
                    return SummaryPage(found, found[-1].image_id)
                found.append(image)
            if after is None or (size == limit == len(found)):
                break
            remaining = remaining.after(after, self.order)
            size = READ_SIZE
        return SummaryPage(found, after)

    async def _read(self, query: Query | None, size: int, ids_in: _IdRange) -> SummaryPage:
        """Return the first images of the range that the query finds, or the first of all images."""
        if query is None:
            return await self.images.page_summaries(
                self.owner, size, ids_in.end, ids_in.start, self.order
            )
        ids: list[str] = []
        start = ids_in.first_position(self.order)
        async for image_id in find_images(self.index, self.owner, query, start, self.order):
            if image_id not in ids_in:
                break
            if len(ids) == size:
                return SummaryPage(await self._get(query, ids), ids[-1])
            ids.append(image_id)
        return SummaryPage(await self._get(query, ids), None)

    async def _get(self, query: Query, ids: list[str]) -> list[ImageSummary]:
        if not query.words:
            return await self.images.get_summaries(self.owner, ids)
        # Words are indexed a moment before the text is stored, and removed a moment after: the text
        # itself decides.
        images = await self.images.get_many(self.owner, ids)
        return [each.summary for each in images if each.found_words.issuperset(query.words)]


def _first_id(at: datetime | None) -> str | None:
    return None if at is None else first_image_id(_in_utc(at))


def _in_utc(at: datetime) -> datetime:
    """Return the time in UTC; the first or last one where it would leave the calendar."""
    if at.tzinfo is None:
        return at.replace(tzinfo=UTC)
    try:
        return at.astimezone(UTC)
    except OverflowError:
        return EARLIEST if at.year == 1 else LATEST
