"""Search an owner's images: the index finds them, and their rows decide."""

from dataclasses import dataclass, field
from typing import NamedTuple

from sightline.batching import in_batches
from sightline.domain.image_words import TEXT_FIELDS, WordField, find_phrase
from sightline.domain.images import Image
from sightline.domain.sort_order import SortOrder
from sightline.domain.summaries import ImageSummary
from sightline.ports.image_index import ImageIndex
from sightline.ports.image_table import ImageTable
from sightline_api.concurrency import map_concurrently
from sightline_api.images.index_search import MAX_READ_SIZE, READ_SIZE, IndexSearch, Query
from sightline_api.images.listing import Filter, IdRange

#: Calls that a page takes at most, one after the other. A page that ends there may be short, or
#: even empty; its cursor continues the search.
MAX_CALLS = 6

#: Index entries that the first read asks for where many of the images may not match.
SELECTIVE_READ_SIZE = 300

#: Rows that one call of the table reads, and how many times more the next read of rows takes.
ROWS_PER_CALL = 100
ROWS_GROWTH = 3


class FoundImage(NamedTuple):
    """An image, and the fields that have each word or phrase of the search."""

    summary: ImageSummary
    matches: dict[str, frozenset[WordField]]


class SearchPage(NamedTuple):
    """A page of a search; the next page follows the id `next_after`, None on the last page."""

    found: list[FoundImage]
    next_after: str | None


@dataclass(frozen=True, slots=True)
class ImageSearch:
    """Searches the images of one owner in one order."""

    images: ImageTable
    index: ImageIndex
    owner: str
    order: SortOrder = SortOrder.NEWEST

    async def page(
        self, query: Query, selected: Filter, limit: int, after: str | None
    ) -> SearchPage:
        """Return the first `limit` images that follow the image id `after`.

        The query finds them, and every other filter of `selected` matches.
        """
        ids_in = selected.created
        if after is not None:
            ids_in = ids_in.after(after, self.order)
        position = ids_in.first_position(self.order)
        search = IndexSearch(self.index, self.owner, query, self.order, position)
        return await _PageReader(self, search, selected, limit, ids_in).read()


@dataclass(slots=True)
class _PageReader:
    """Reads one page within `MAX_CALLS` calls in sequence."""

    table: ImageSearch
    search: IndexSearch
    selected: Filter
    limit: int
    ids_in: IdRange
    calls: int = 0
    found: list[FoundImage] = field(default_factory=list)
    #: Images that the index found, whose rows are yet to be read.
    pending: list[str] = field(default_factory=list)
    #: The last image whose row was read.
    passed: str | None = None

    async def read(self) -> SearchPage:
        """Read index entries until they suffice for the page, then rows; and again if few match."""
        self.calls += await self.search.plan()
        if self.selected.is_selective:
            wanted, size, rows = 1, SELECTIVE_READ_SIZE, READ_SIZE
        else:
            wanted, size, rows = self.limit, READ_SIZE, self.limit
        while len(self.found) < self.limit:
            if len(self.pending) < wanted and self._can_read_index():
                await self._read_index(size)
                size = MAX_READ_SIZE
            elif self.pending and self.calls < MAX_CALLS:
                await self._read_rows(rows if self.calls < MAX_CALLS - 1 else len(self.pending))
                rows *= ROWS_GROWTH
            else:
                break
        return self._end()

    def _can_read_index(self) -> bool:
        """Return whether the index has more, and a call remains for the rows that it finds."""
        remaining = MAX_CALLS - self.calls
        return not self.search.is_exhausted and self.search.calls_per_read < remaining

    async def _read_index(self, size: int) -> None:
        found = await self.search.read(size)
        self.calls += self.search.calls_per_read
        self.pending += [each for each in found if each in self.ids_in]
        position = self.search.position
        if position is not None and position not in self.ids_in:
            self.search.is_exhausted = True

    async def _read_rows(self, count: int) -> None:
        ids, self.pending = self.pending[:count], self.pending[count:]
        self.calls += 1
        self.passed = ids[-1]
        batches = list(in_batches(ids, ROWS_PER_CALL))
        for found in await map_concurrently(batches, self._read_batch):
            self.found += [each for each in found if self.selected.matches(each.summary)]

    async def _read_batch(self, ids: list[str]) -> list[FoundImage]:
        """Return those of up to 100 images whose own words are those of the query."""
        images, owner, query = self.table.images, self.table.owner, self.search.query
        if not query.has_words:
            summaries = await images.get_summaries(owner, ids)
            return [FoundImage(summary, {}) for summary in summaries]
        # Where an image has many words, some are indexed a moment before its row is written, and
        # removed a moment after: the row itself decides.
        rows = await images.get_many(owner, ids)
        return [
            FoundImage(image.summary, matches)
            for image in rows
            if (matches := match_words(image, query)) is not None
        ]

    def _end(self) -> SearchPage:
        found = self.found[: self.limit]
        if len(self.found) > self.limit:
            return SearchPage(found, found[-1].summary.image_id)
        if self.pending:
            return SearchPage(found, self.passed)
        return SearchPage(found, None if self.search.is_exhausted else self.search.last)


def match_words(image: Image, query: Query) -> dict[str, frozenset[WordField]] | None:
    """Return the fields that have each word and phrase of the query's text.

    None if one of them, or of the query's words, is missing.
    """
    fields = image.word_fields
    if any(fields.get(word, frozenset()).isdisjoint(TEXT_FIELDS) for word in query.words):
        return None
    matches = {word: fields.get(word, frozenset()) for word in query.text.words}
    for phrase in query.text.phrases:
        matches[f'"{" ".join(phrase)}"'] = find_phrase(image.texts, phrase)
    prefix = query.text.prefix
    if prefix is not None:
        starting = (each for word, each in fields.items() if word.startswith(prefix))
        matches[prefix] = frozenset[WordField]().union(*starting)
    return matches if all(matches.values()) else None
