"""Finding images by their labels: a merge of label partitions that are sorted alike.

Each partition lists its images newest first. The join goes down all of them together: whoever is
behind seeks to where the others are, so what is read is in proportion to what is found and
passed over, never to what the owner has.
"""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass

from sightline.images import fold_label
from sightline.table import ImageTable, Marked

#: Index entries read at once: few enough to waste little, enough for a page.
READ = 100


@dataclass(frozen=True, slots=True)
class Query:
    """Images that bear every one of `labels` with at least this confidence, and none of
    `without`; at least one label."""

    labels: Sequence[str]
    without: Sequence[str] = ()
    min_confidence: float = 0


class _Partition:
    """The images that bear one label, from the newest down."""

    def __init__(self, table: ImageTable, owner: str, label: str, min_confidence: float) -> None:
        self._table = table
        self._owner = owner
        self._label = fold_label(label)
        self._min_confidence = min_confidence
        self._read: list[Marked] = []

    async def seek(self, upto: str | None) -> str | None:
        """The newest image no newer than `upto`, None where there is none."""
        while True:
            while self._read and not self._fits(self._read[-1], upto):
                self._read.pop()
            if self._read:
                return self._read[-1].image_id
            entries = await self._table.find_labelled(self._owner, self._label, READ, upto)
            if not entries:
                return None
            # Reversed, so that the newest is taken from the end.
            self._read = entries[::-1]
            if not any(self._fits(entry, upto) for entry in entries):
                upto = _before(entries[-1].image_id)

    def _fits(self, entry: Marked, upto: str | None) -> bool:
        if entry.confidence < self._min_confidence:
            return False
        return upto is None or entry.image_id <= upto


async def find_images(
    table: ImageTable, owner: str, query: Query, before: str | None = None
) -> AsyncIterator[str]:
    """The ids of the images that the query means, newest first, older than `before`."""
    wanted = [_Partition(table, owner, label, query.min_confidence) for label in query.labels]
    unwanted = [_Partition(table, owner, label, 0) for label in query.without]
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


def _before(image_id: str) -> str:
    """What sorts just before an id: ids are of one length, so its end may be counted down."""
    value = int(image_id.replace("-", ""), 16) - 1
    digits = f"{value:032x}"
    return "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]))
