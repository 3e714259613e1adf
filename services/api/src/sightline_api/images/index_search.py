"""Find images by labels, words and albums: a merge join of partitions that are sorted alike.

The join walks all partitions together in the requested order, and the one that is behind seeks to
the position of the others. Where it would pass over most of what it
reads, as a common label does beside a rare one, it looks up the next images of the other instead.
The cost is proportional to the images that are found and passed over, never to the number that the
owner has.
"""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass

from sightline.domain.labels import fold_label
from sightline.domain.sort_order import SortOrder
from sightline.ports.image_index import ImageIndex, Term, TermMatch

#: Index entries that are read at once: few enough to waste little, enough for a page.
READ_SIZE = 100


@dataclass(frozen=True, slots=True)
class Query:
    """A search for images; it has at least a label, a word or an album.

    They have every one of `labels` with at least this confidence and none of `without`, their text
    contains every one of the folded `words`, and they belong to the album.
    """

    labels: Sequence[str] = ()
    without: Sequence[str] = ()
    min_confidence: float = 0
    words: Sequence[str] = ()
    album: str | None = None

    def terms(self) -> list[tuple[Term, float]]:
        """Return the terms that must all match, each with its minimum confidence."""
        labels = [(_label(name), self.min_confidence) for name in self.labels]
        words = [(Term("word", word), 0.0) for word in self.words]
        albums = [] if self.album is None else [(Term("album", self.album), 0.0)]
        return [*albums, *words, *labels]


#: A read of `READ_SIZE` entries was mostly skipped if it served at most this many positions: each
#: image found has two, itself and the next one that was tried. Looking images up instead costs
#: DynamoDB more capacity for each, but one call for all of them.
SPARSE_POSITIONS = 8


class _Partition:
    """The images that one term finds, in the order of the search.

    The unread entries are every one that the search can still find, up to the last of them.
    """

    def __init__(
        self,
        index: ImageIndex,
        owner: str,
        term: Term,
        min_confidence: float,
        order: SortOrder,
    ) -> None:
        self._index = index
        self._owner = owner
        self._term = term
        self._min_confidence = min_confidence
        self._order = order
        #: Reversed, so that the next one is taken from the end.
        self._unread: list[TermMatch] = []
        #: The last image that the last read covers, and the positions that it was used for.
        self._last: str | None = None
        self._positions: set[str] = set()

    async def seek(self, start: str | None, others: Sequence["_Partition"] = ()) -> str | None:
        """Return the first image from the position `start` on; None if there is none.

        Images that one of `others` does not have may be left out.
        """
        while True:
            while self._unread and not self._fits(self._unread[-1], start):
                self._unread.pop()
            if self._unread:
                position = self._unread[-1].image_id
                self._positions.add(position)
                return position
            candidates = self._candidates(start, others)
            if candidates:
                self._unread = await self._look_up(candidates)
                self._last = candidates[-1]
            else:
                entries = await self._index.find(
                    self._owner, self._term, READ_SIZE, start, self._order
                )
                if not entries:
                    return None
                self._unread = entries[::-1]
                self._last = entries[-1].image_id
            self._positions.clear()
            if not any(self._fits(entry, start) for entry in self._unread):
                start = self._order.next_position(self._last)

    async def _look_up(self, image_ids: list[str]) -> list[TermMatch]:
        """Return those of the images that the term finds, reversed."""
        newest_first = await self._index.match(self._owner, self._term, image_ids)
        return newest_first[::-1] if self._order is SortOrder.NEWEST else newest_first

    def _candidates(self, start: str | None, others: Sequence["_Partition"]) -> list[str]:
        """Return the next images of another partition, if the last read here was mostly skipped."""
        if self._last is None or start is None or len(self._positions) > SPARSE_POSITIONS:
            return []
        # The one that reaches furthest has the rarest term.
        furthest = min if self._order is SortOrder.NEWEST else max
        rarest = furthest(
            (other for other in others if other is not self and other._unread),
            key=lambda other: other._unread[0].image_id,
            default=self,
        )
        ids = (entry.image_id for entry in reversed(rarest._unread))
        return [image_id for image_id in ids if self._order.reaches(image_id, start)]

    def _fits(self, entry: TermMatch, start: str | None) -> bool:
        if entry.confidence < self._min_confidence:
            return False
        return start is None or self._order.reaches(entry.image_id, start)


async def find_images(
    index: ImageIndex,
    owner: str,
    query: Query,
    start: str | None = None,
    order: SortOrder = SortOrder.NEWEST,
) -> AsyncIterator[str]:
    """Iterate over the ids of the images that the query finds, from the position `start` on."""
    included = [_Partition(index, owner, term, least, order) for term, least in query.terms()]
    excluded = [_Partition(index, owner, _label(name), 0, order) for name in query.without]
    while True:
        candidate = start
        agreed = False
        while not agreed:
            agreed = True
            for partition in included:
                found = await partition.seek(candidate, included)
                if found is None:
                    return
                if found != candidate:
                    candidate, agreed = found, False
        assert candidate is not None  # noqa: S101 - at least one partition has it
        if not any([await partition.seek(candidate) == candidate for partition in excluded]):
            yield candidate
        start = order.next_position(candidate)


def _label(name: str) -> Term:
    return Term("label", fold_label(name))
