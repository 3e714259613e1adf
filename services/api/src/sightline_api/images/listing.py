"""List an owner's images without a search: all of them, or those that a filter selects."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime

from sightline.domain.ids import first_image_id
from sightline.domain.sort_order import SortOrder
from sightline.domain.states import Status
from sightline.domain.summaries import DetailsSummary, ImageSummary
from sightline.domain.timeline import month_of
from sightline.ports.image_table import ImageTable, SummaryPage
from sightline_api.images.bounding_box import BoundingBox
from sightline_api.images.index_search import Query

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
    offset, as most cameras write it, counts as UTC. `month` is that of the timeline. `favorite` and
    `archived` are None to select both.
    """

    query: Query | None = None
    status: Status | None = None
    without: frozenset[str] = frozenset()
    created_from: datetime | None = None
    created_until: datetime | None = None
    taken_from: datetime | None = None
    taken_until: datetime | None = None
    bbox: BoundingBox | None = None
    month: str | None = None
    favorite: bool | None = None
    archived: bool | None = None
    rating_min: int = 0

    @property
    def created(self) -> "IdRange":
        """The ids of the range of creation times."""
        return IdRange(_first_id(self.created_from), _first_id(self.created_until))

    @property
    def is_selective(self) -> bool:
        """Whether many of the images that are read may not match."""
        # The index leaves out the labels of a query itself.
        has_labels = self.query is None and self.without
        has_times = self.taken_from or self.taken_until or self.month
        # The index finds favorites, the archive and ratings.
        has_flags = self.query is None and (self.favorite or self.archived or self.rating_min)
        return any((self.status, has_times, self.bbox, has_labels, has_flags))

    def matches(self, image: ImageSummary) -> bool:
        """Return whether the image has the status and flags, and was taken when and where."""
        if self.status is None:
            if image.status is Status.AWAITING_UPLOAD:
                return False
        elif image.status is not self.status:
            return False
        if not self._has_flags(image.details):
            return False
        if self.without and not self.without.isdisjoint(image.labels):
            return False
        if self.bbox is not None and not self.bbox.contains(image.place):
            return False
        if self.month is not None and month_of(image.timeline_at) != self.month:
            return False
        if self.taken_from is None and self.taken_until is None:
            return True
        taken_at = image.taken_at
        return taken_at is not None and self._in_range(_in_utc(taken_at))

    def _has_flags(self, details: DetailsSummary) -> bool:
        return (
            self.favorite in {None, details.favorite}
            and self.archived in {None, details.archived}
            and details.rating >= self.rating_min
        )

    def _in_range(self, taken_at: datetime) -> bool:
        if self.taken_from is not None and taken_at < _in_utc(self.taken_from):
            return False
        return self.taken_until is None or taken_at < _in_utc(self.taken_until)


@dataclass(frozen=True, slots=True)
class IdRange:
    """Image ids from `start` on and before `end`; None is unlimited."""

    start: str | None
    end: str | None

    def after(self, image_id: str, order: SortOrder) -> "IdRange":
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
            page = await self.images.page_summaries(
                self.owner, size, remaining.end, remaining.start, self.order
            )
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
