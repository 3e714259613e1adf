"""Finding images by labels, words and albums: a merge of partitions that are sorted alike.

Each partition lists its images newest first. The join goes down all of them together: whoever is
behind seeks to where the others are, so what is read is in proportion to what is found and
passed over, never to what the owner has.
"""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass

from sightline.domain.images import Image, fold_label
from sightline.ports.image_table import ImageTable, Term, TermMatch

#: Index entries read at once: few enough to waste little, enough for a page.
READ = 100


@dataclass(frozen=True, slots=True)
class Query:
    """Images that bear every one of `labels` with at least this confidence, and none of
    `without`, in which every one of the folded `words` is to be read, and which the album holds.

    At least a label, a word or an album.
    """

    labels: Sequence[str] = ()
    without: Sequence[str] = ()
    min_confidence: float = 0
    words: Sequence[str] = ()
    album: str | None = None

    def means(self, image: Image) -> bool:
        """Whether the image, which the index has found, is one of them: words are indexed a moment
        before they are in the image, and taken out a moment after."""
        return not self.words or image.found_words.issuperset(self.words)

    def terms(self) -> list[tuple[Term, float]]:
        """What must all hold, with the least confidence."""
        labels = [(_label(name), self.min_confidence) for name in self.labels]
        words = [(Term("word", word), 0.0) for word in self.words]
        albums = [] if self.album is None else [(Term("album", self.album), 0.0)]
        return [*albums, *words, *labels]


class _Partition:
    """The images that one term finds, from the newest down."""

    def __init__(self, table: ImageTable, owner: str, term: Term, min_confidence: float) -> None:
        self._table = table
        self._owner = owner
        self._term = term
        self._min_confidence = min_confidence
        self._read: list[TermMatch] = []

    async def seek(self, upto: str | None) -> str | None:
        """The newest image no newer than `upto`, None where there is none."""
        while True:
            while self._read and not self._fits(self._read[-1], upto):
                self._read.pop()
            if self._read:
                return self._read[-1].image_id
            entries = await self._table.find_marked(self._owner, self._term, READ, upto)
            if not entries:
                return None
            # Reversed, so that the newest is taken from the end.
            self._read = entries[::-1]
            if not any(self._fits(entry, upto) for entry in entries):
                upto = _before(entries[-1].image_id)

    def _fits(self, entry: TermMatch, upto: str | None) -> bool:
        if entry.confidence < self._min_confidence:
            return False
        return upto is None or entry.image_id <= upto


async def find_images(
    table: ImageTable, owner: str, query: Query, before: str | None = None
) -> AsyncIterator[str]:
    """The ids of the images that the query means, newest first, older than `before`."""
    wanted = [_Partition(table, owner, term, least) for term, least in query.terms()]
    unwanted = [_Partition(table, owner, _label(name), 0) for name in query.without]
    upto = None if before is None else _before(before)
    while True:
        candidate = upto
        agreed = False
        while not agreed:
            agreed = True
            for partition in wanted:
                found = await partition.seek(candidate)
                if found is None:
                    return
                if found != candidate:
                    candidate, agreed = found, False
        assert candidate is not None  # noqa: S101 - at least one partition has agreed to it
        excluded = [await partition.seek(candidate) == candidate for partition in unwanted]
        if not any(excluded):
            yield candidate
        upto = _before(candidate)


def _label(name: str) -> Term:
    return Term("label", fold_label(name))


def _before(image_id: str) -> str:
    """What sorts just before an id: ids are of one length, so its end may be counted down."""
    value = int(image_id.replace("-", ""), 16) - 1
    digits = f"{value:032x}"
    return "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]))
