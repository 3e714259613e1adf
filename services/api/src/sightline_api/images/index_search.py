"""Find images by labels, words and albums: a merge join of partitions that are sorted alike.

Each partition lists its images newest first. The join moves down all partitions together, and the
one that is behind seeks to the position of the others. Where it would pass over most of what it
reads, as a common label does beside a rare one, it looks up the next images of the other instead.
The cost is proportional to the images that are found and passed over, never to the number that the
owner has.
"""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass

from sightline.domain.labels import fold_label
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
    """The images that one term finds, newest first.

    The unread entries are every one that the search can still find, down to the last of them.
    """

    def __init__(self, index: ImageIndex, owner: str, term: Term, min_confidence: float) -> None:
        self._index = index
        self._owner = owner
        self._term = term
        self._min_confidence = min_confidence
        self._unread: list[TermMatch] = []
        #: The oldest image that the last read covers, and the positions that it was used for.
        self._oldest: str | None = None
        self._positions: set[str] = set()

    async def seek(self, upto: str | None, others: Sequence["_Partition"] = ()) -> str | None:
        """Return the newest image not newer than `upto`; None if there is none.

        Images that one of `others` does not have may be left out.
        """
        while True:
            while self._unread and not self._fits(self._unread[-1], upto):
                self._unread.pop()
            if self._unread:
                position = self._unread[-1].image_id
                self._positions.add(position)
                return position
            candidates = self._candidates(upto, others)
            if candidates:
                entries = await self._index.match(self._owner, self._term, candidates)
                self._oldest = candidates[-1]
            else:
                entries = await self._index.find(self._owner, self._term, READ_SIZE, upto)
                if not entries:
                    return None
                self._oldest = entries[-1].image_id
            self._positions.clear()
            # Reversed, so that the newest is taken from the end.
            self._unread = entries[::-1]
            if not any(self._fits(entry, upto) for entry in entries):
                upto = _predecessor(self._oldest)

    def _candidates(self, upto: str | None, others: Sequence["_Partition"]) -> list[str]:
        """Return the next images of another partition, if the last read here was mostly skipped."""
        if self._oldest is None or upto is None or len(self._positions) > SPARSE_POSITIONS:
            return []
        # The one that reaches furthest has the rarest term.
        rarest = min(
            (other for other in others if other is not self and other._unread),
            key=lambda other: other._unread[0].image_id,
            default=self,
        )
        ids = (entry.image_id for entry in reversed(rarest._unread))
        return [image_id for image_id in ids if image_id <= upto]

    def _fits(self, entry: TermMatch, upto: str | None) -> bool:
        if entry.confidence < self._min_confidence:
            return False
        return upto is None or entry.image_id <= upto


async def find_images(
    index: ImageIndex, owner: str, query: Query, before: str | None = None
) -> AsyncIterator[str]:
    """Iterate over the ids of the images that the query finds, newest first, before this id."""
    included = [_Partition(index, owner, term, least) for term, least in query.terms()]
    excluded = [_Partition(index, owner, _label(name), 0) for name in query.without]
    upto = None if before is None else _predecessor(before)
    while True:
        candidate = upto
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
        upto = _predecessor(candidate)


def _label(name: str) -> Term:
    return Term("label", fold_label(name))


def _predecessor(image_id: str) -> str:
    """Return what sorts just before an id: ids have one length, so the last digit counts down."""
    value = int(image_id.replace("-", ""), 16) - 1
    digits = f"{value:032x}"
    return "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]))
