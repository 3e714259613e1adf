"""Find images by labels, words and albums: a merge join of partitions that are sorted alike.

Each partition lists its images newest first. The join moves down all partitions together, and the
one that is behind seeks to the position of the others. The cost is proportional to the images that
are found and passed over, never to the number that the owner has.
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


class _Partition:
    """The images that one term finds, newest first."""

    def __init__(self, index: ImageIndex, owner: str, term: Term, min_confidence: float) -> None:
        self._index = index
        self._owner = owner
        self._term = term
        self._min_confidence = min_confidence
        self._unread: list[TermMatch] = []

    async def seek(self, upto: str | None) -> str | None:
        """Return the newest image not newer than `upto`; None if there is none."""
        while True:
            while self._unread and not self._fits(self._unread[-1], upto):
                self._unread.pop()
            if self._unread:
                return self._unread[-1].image_id
            entries = await self._index.find(self._owner, self._term, READ_SIZE, upto)
            if not entries:
                return None
            # Reversed, so that the newest is taken from the end.
            self._unread = entries[::-1]
            if not any(self._fits(entry, upto) for entry in entries):
                upto = _predecessor(entries[-1].image_id)

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
                found = await partition.seek(candidate)
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
