"""Find images by labels, words and albums in their index.

The exact number of images of each term decides which term drives the search: the rarest. Its images
are read in the requested order, and looked up in the index of the other terms, many at a time. A
term that is nearly as rare is read beside the first one, because a range costs DynamoDB less than a
look-up for each image. The cost is proportional to the images that are found and passed over, never
to the number that the owner has. The number of calls that follow one another is bounded.
"""

import asyncio
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from sightline.batching import in_batches
from sightline.domain.image_words import TEXT_FIELDS, WordField
from sightline.domain.labels import fold_label
from sightline.domain.sort_order import SortOrder
from sightline.ports.image_index import ImageIndex, Term, TermMatch
from sightline_api.images.search_text import NO_TEXT, SearchText

#: Index entries that the first read of a search asks for, and the most that a later one does.
READ_SIZE = 100
MAX_READ_SIZE = 1_000

#: Index entries that a read of one of several words asks for at least.
MIN_READ_SIZE = 10

#: Images that the index looks up in one call.
LOOKUP_SIZE = 100

#: Entries that are looked up after one read, of all terms together.
MAX_LOOKUPS = 1_000

#: Calls in progress at a time: a search must not take every connection from other callers.
MAX_CONCURRENT_CALLS = 20

#: A term with at most so many times the images of the rarest one is read beside it. One entry of a
#: read takes a fiftieth of the capacity of a look-up, and all but one of so many may be useless.
COMPARABLE_RATIO = 8

#: Calls in sequence of a selection: ranges of all terms, then look-ups of the images beyond them.
CALLS_PER_SELECTION = 2

#: Index entries that a selection reads of each term, per image: others lie between them.
SELECTION_RATIO = 2

#: Words that a prefix stands for at most: the first ones in the order of their characters.
MAX_PREFIX_WORDS = 20


@dataclass(frozen=True, slots=True)
class Query:
    """A search for images; it has at least a label, a word, an album or a flag.

    They have every one of `labels` with at least this confidence and none of `without`, their text
    or place has every one of the folded `words`, any field has what `text` looks for, and they
    belong to the album. Of each of `flags`, which are alternatives, they have at least one.
    """

    labels: Sequence[str] = ()
    without: Sequence[str] = ()
    min_confidence: float = 0
    words: Sequence[str] = ()
    album: str | None = None
    text: SearchText = NO_TEXT
    flags: Sequence[Sequence[str]] = ()

    @property
    def has_words(self) -> bool:
        return bool(self.words or self.text.size)


@dataclass(slots=True)
class _Requirement:
    """Terms of which an image must have at least one; `images` is at most how many have them."""

    terms: Sequence[Term]
    min_confidence: float = 0
    fields: frozenset[WordField] | None = None
    images: int = 0

    def accepts(self, match: TermMatch) -> bool:
        """Return whether the match has the confidence, and one of the fields."""
        if match.confidence < self.min_confidence:
            return False
        return self.fields is None or not self.fields.isdisjoint(match.fields)


class _Range(NamedTuple):
    """The images of a requirement from a position on, as far as they were read.

    `last` is the last image that the read covers, and None if there are no further ones.
    """

    ids: set[str]
    last: str | None


@dataclass(slots=True)
class IndexSearch:
    """A search of one owner's index, which continues after each read.

    `is_exhausted` is whether the last read reached the end. `position` is where the next read
    starts; None is the beginning. `last` is the last image that the last read has passed over.
    """

    index: ImageIndex
    owner: str
    query: Query
    order: SortOrder = SortOrder.NEWEST
    position: str | None = None
    is_exhausted: bool = False
    last: str | None = None
    _required: list[_Requirement] = field(default_factory=list)
    _slots: asyncio.Semaphore = field(
        default_factory=lambda: asyncio.Semaphore(MAX_CONCURRENT_CALLS)
    )

    async def plan(self, *, count: bool = False) -> int:
        """Find the rarest term; return the number of calls in sequence that this took.

        With `count`, count the images even if there is only one term.
        """
        query = self.query
        required = [_Requirement([_label(name)], query.min_confidence) for name in query.labels]
        required += [_Requirement([Term("word", word)], 0, TEXT_FIELDS) for word in query.words]
        required += [_Requirement([Term("word", word)]) for word in query.text.words]
        if query.album is not None:
            required.append(_Requirement([Term("album", query.album)]))
        required += [_Requirement([Term("word", flag) for flag in each]) for each in query.flags]
        calls = 0
        if query.text.prefix is not None:
            required.append(await self._expand(query.text.prefix))
            calls += 1
        is_counted = count or len(required) > 1
        if is_counted:
            await self._count(required)
            calls += 1
        self._required = sorted(required, key=lambda each: each.images)
        self.is_exhausted = not self._required[0].terms or (is_counted and not self.images)
        return calls

    @property
    def images(self) -> int:
        """The number of images of the rarest term, if the plan has counted them."""
        return self._required[0].images

    @property
    def max_read_size(self) -> int:
        """The number of images that a read passes over at most."""
        looked_up = sum(len(each.terms) for each in self._required[1:]) + len(self.query.without)
        return min(MAX_READ_SIZE, max(1, MAX_LOOKUPS // max(1, looked_up)))

    @property
    def calls_per_read(self) -> int:
        """The number of calls in sequence that a read takes at most."""
        return 2 if len(self._required) > 1 or self.query.without else 1

    async def read(self, size: int) -> list[str]:
        """Return the images that the query finds among the next ones of the rarest term.

        At most `size` images are passed over, and fewer if each needs many look-ups.
        """
        rarest, *others = self._required
        size = min(size, self.max_read_size)
        comparable = [
            each for each in others if each.images <= COMPARABLE_RATIO * max(1, rarest.images)
        ]
        driving, *ranges = await asyncio.gather(
            self._read_range(rarest, size, self.position),
            *(
                self._read_range(
                    each,
                    min(MAX_READ_SIZE, size * each.images // rarest.images + 1),
                    self.position,
                )
                for each in comparable
            ),
        )
        ids = sorted(driving.ids, reverse=self.order is SortOrder.NEWEST)
        self.is_exhausted = driving.last is None
        if driving.last is not None:
            self.last = driving.last
            self.position = self.order.next_position(driving.last)
        excluded = [_Requirement([_label(name)]) for name in self.query.without]
        return await self._narrow(ids, zip(comparable, ranges, strict=True), others, excluded)

    async def select(self, image_ids: Sequence[str]) -> list[str]:
        """Return those of the images that the query finds, in their order.

        It takes `CALLS_PER_SELECTION` calls in sequence at most. Labels of `without` are not looked
        up.
        """
        if not image_ids:
            return []
        start = max(image_ids) if self.order is SortOrder.NEWEST else min(image_ids)
        size = min(MAX_READ_SIZE, SELECTION_RATIO * len(image_ids))
        # Images that follow one another in the timeline mostly do so in the index, too.
        ranges = await asyncio.gather(
            *(self._read_range(each, size, start) for each in self._required)
        )
        read = zip(self._required, ranges, strict=True)
        return await self._narrow(list(image_ids), read, self._required, [])

    async def _narrow(
        self,
        ids: list[str],
        read: "Iterable[tuple[_Requirement, _Range]]",
        required: Sequence[_Requirement],
        excluded: Sequence[_Requirement],
    ) -> list[str]:
        """Return those of the images that have all of `required` and none of `excluded`.

        The images that the ranges do not cover are looked up.
        """
        # What each of the requirements must still be looked up for.
        unknown: dict[int, Callable[[str], bool]] = {id(each): _accept_all for each in required}
        for requirement, found in read:
            ids = [each for each in ids if each in found.ids or self._is_after(each, found.last)]
            unknown[id(requirement)] = _not_in(found.ids)
        lookups = [
            self._look_up(each, [one for one in ids if unknown[id(each)](one)]) for each in required
        ]
        found_ids = await asyncio.gather(*lookups, *(self._look_up(each, ids) for each in excluded))
        for requirement, matching in zip(required, found_ids, strict=False):
            is_unknown = unknown[id(requirement)]
            ids = [each for each in ids if each in matching or not is_unknown(each)]
        rejected = {each for found in found_ids[len(required) :] for each in found}
        return [each for each in ids if each not in rejected]

    async def _expand(self, prefix: str) -> _Requirement:
        words = await self.index.list_words(self.owner, prefix, MAX_PREFIX_WORDS)
        return _Requirement([Term("word", word) for word in words])

    async def _count(self, required: Iterable[_Requirement]) -> None:
        """Count the images of each requirement; an image may have several of its terms."""
        terms = list(dict.fromkeys(term for each in required for term in each.terms))
        counts = dict(zip(terms, await self.index.count_images(self.owner, terms), strict=True))
        for each in required:
            each.images = sum(counts[term] for term in each.terms)

    async def _read_range(self, requirement: _Requirement, size: int, start: str | None) -> _Range:
        """Return the images of the requirement from an id on, and how far they reach."""
        size = max(MIN_READ_SIZE, size // max(1, len(requirement.terms)))
        reads = await asyncio.gather(*(self._find(term, size, start) for term in requirement.terms))
        # Beyond the end of one read, those of the other terms are incomplete.
        ends = [found[-1].image_id for found in reads if len(found) == size]
        nearest = max if self.order is SortOrder.NEWEST else min
        last = nearest(ends) if ends else None
        return _Range(
            {
                each.image_id
                for found in reads
                for each in found
                if requirement.accepts(each) and not self._is_after(each.image_id, last)
            },
            last,
        )

    async def _look_up(self, requirement: _Requirement, image_ids: Sequence[str]) -> set[str]:
        """Return those of the images that the requirement finds."""
        reads = await asyncio.gather(
            *(
                self._match(term, batch)
                for term in requirement.terms
                for batch in in_batches(image_ids, LOOKUP_SIZE)
            )
        )
        return {each.image_id for found in reads for each in found if requirement.accepts(each)}

    async def _find(self, term: Term, size: int, start: str | None) -> list[TermMatch]:
        async with self._slots:
            return await self.index.find(self.owner, term, size, start, self.order)

    async def _match(self, term: Term, image_ids: Sequence[str]) -> list[TermMatch]:
        async with self._slots:
            return await self.index.match(self.owner, term, image_ids)

    def _is_after(self, image_id: str, last: str | None) -> bool:
        """Return whether an image follows the last one that a read covers."""
        if last is None:
            return False
        return image_id < last if self.order is SortOrder.NEWEST else image_id > last


def _accept_all(_: str) -> bool:
    return True


def _not_in(ids: set[str]) -> Callable[[str], bool]:
    return lambda image_id: image_id not in ids


def _label(name: str) -> Term:
    return Term("label", fold_label(name))
