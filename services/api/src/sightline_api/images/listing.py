"""List an owner's images, all of them or those that a filter selects."""

from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

from sightline.domain.ids import first_image_id
from sightline.domain.states import Status
from sightline.domain.summaries import ImageSummary
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


class Sort(StrEnum):
    """The order of a list of images."""

    NEWEST = "newest"


@dataclass(frozen=True, slots=True)
class Filter:
    """Which images to list: those that the query finds, if there is one, and every filter matches.

    They have none of the labels in `without`, which are folded. Without a status, images that await
    their upload are left out. A range includes its start and excludes its end. A time without an
    offset, as most cameras write it, counts as UTC.
    """

    query: Query | None = None
    status: Status | None = None
    without: frozenset[str] = frozenset()
    created_from: datetime | None = None
    created_until: datetime | None = None
    taken_from: datetime | None = None
    taken_until: datetime | None = None

    @property
    def is_selective(self) -> bool:
        """Whether many of the images that are read may not match."""
        has_words = self.query is not None and self.query.words
        # The index leaves out the labels of a query itself.
        has_labels = self.query is None and self.without
        return any((self.status, self.taken_from, self.taken_until, has_words, has_labels))

    def matches(self, image: ImageSummary) -> bool:
        """Return whether the image has the status and labels, and was taken within the range."""
        if self.status is None:
            if image.status is Status.AWAITING_UPLOAD:
                return False
        elif image.status is not self.status:
            return False
        if not self.without.isdisjoint(image.labels):
            return False
        if self.taken_from is None and self.taken_until is None:
            return True
        taken_at = image.renditions.taken_at
        return taken_at is not None and self._in_range(_in_utc(taken_at))

    def _in_range(self, taken_at: datetime) -> bool:
        if self.taken_from is not None and taken_at < _in_utc(self.taken_from):
            return False
        return self.taken_until is None or taken_at < _in_utc(self.taken_until)


@dataclass(frozen=True, slots=True)
class Listing:
    """Lists the images of one owner."""

    images: ImageTable
    index: ImageIndex
    owner: str

    async def page(self, selected: Filter, limit: int, before: str | None) -> SummaryPage:
        """Return at most `limit` of the selected images, newest first, older than `before`."""
        oldest = selected.created_from
        down_to = None if oldest is None else first_image_id(_in_utc(oldest))
        if selected.created_until is not None:
            end = first_image_id(_in_utc(selected.created_until))
            before = end if before is None else min(before, end)
        # Where few images are skipped, reading just the page is mostly enough.
        size = READ_SIZE if selected.is_selective else limit
        found: list[ImageSummary] = []
        for _ in range(MAX_READ // READ_SIZE):
            page = await self._read(selected.query, size, before, down_to)
            before = page.next_before
            for image in filter(selected.matches, page.images):
                if len(found) == limit:
                    return SummaryPage(found, found[-1].image_id)
                found.append(image)
            if before is None or (size == limit == len(found)):
                break
            size = READ_SIZE
        return SummaryPage(found, before)

    async def _read(
        self, query: Query | None, size: int, before: str | None, down_to: str | None
    ) -> SummaryPage:
        """Return the next images by time that the query finds, or the next of all images."""
        if query is None:
            return await self.images.page_summaries(self.owner, size, before, down_to)
        ids: list[str] = []
        async for image_id in find_images(self.index, self.owner, query, before):
            if len(ids) == size:
                return SummaryPage(await self._get(query, ids), ids[-1])
            if down_to is not None and image_id < down_to:
                break
            ids.append(image_id)
        return SummaryPage(await self._get(query, ids), None)

    async def _get(self, query: Query, ids: list[str]) -> list[ImageSummary]:
        if not query.words:
            return await self.images.get_summaries(self.owner, ids)
        # Words are indexed a moment before the text is stored, and removed a moment after: the text
        # itself decides.
        images = await self.images.get_many(self.owner, ids)
        return [each.summary for each in images if each.found_words.issuperset(query.words)]


def _in_utc(at: datetime) -> datetime:
    """Return the time in UTC; the first or last one where it would leave the calendar."""
    if at.tzinfo is None:
        return at.replace(tzinfo=UTC)
    try:
        return at.astimezone(UTC)
    except OverflowError:
        return EARLIEST if at.year == 1 else LATEST
