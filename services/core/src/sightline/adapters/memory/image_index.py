"""The index of images in memory: derived from the images at every call."""

from collections import Counter
from collections.abc import Sequence

from sightline.adapters.memory.state import MemoryState
from sightline.domain.images import Image
from sightline.domain.perceptual_hash import split_bands
from sightline.domain.sort_order import SortOrder
from sightline.ports.image_index import HashMatch, LabelCount, Term, TermMatch


class MemoryImageIndex:
    """`ImageIndex` over the images in memory."""

    def __init__(self, state: MemoryState) -> None:
        self._state = state

    async def find(
        self,
        owner: str,
        term: Term,
        limit: int,
        start: str | None = None,
        order: SortOrder = SortOrder.NEWEST,
    ) -> list[TermMatch]:
        found = self._matches(owner, term)
        if order is SortOrder.OLDEST:
            found.reverse()
        if start is not None:
            found = [each for each in found if order.reaches(each.image_id, start)]
        return found[:limit]

    async def match(self, owner: str, term: Term, image_ids: Sequence[str]) -> list[TermMatch]:
        return [each for each in self._matches(owner, term) if each.image_id in image_ids]

    async def count_images(self, owner: str, terms: Sequence[Term]) -> list[int]:
        return [len(self._matches(owner, term)) for term in terms]

    async def list_words(self, owner: str, prefix: str, limit: int) -> list[str]:
        words = {word for image in self._state.owned_images(owner) for word in image.word_fields}
        return sorted(word for word in words if word.startswith(prefix))[:limit]

    async def find_by_bands(self, owner: str, bands: Sequence[str], limit: int) -> list[HashMatch]:
        hashed = [
            HashMatch(image.image_id, value)
            for image in self._state.owned_images(owner)
            if (value := image.perceptual_hash)
        ]
        found: set[HashMatch] = set()
        for band in bands:
            found.update([each for each in hashed if band in split_bands(each.value)][:limit])
        return list(found)

    async def count_labels(
        self, owner: str, limit: int, prefix: str = "", after: str | None = None
    ) -> list[LabelCount]:
        owned = self._state.owned_images(owner)
        counts = Counter(key for image in owned for key in image.indexed_labels)
        names = {key: label.name for image in owned for key, label in image.indexed_labels.items()}
        keys = sorted(
            key for key in counts if key.startswith(prefix) and (after is None or key > after)
        )
        return [LabelCount(key, names[key], counts[key]) for key in keys[:limit]]

    def _matches(self, owner: str, term: Term) -> list[TermMatch]:
        """Return every image that the term finds, newest first."""
        owned = self._state.owned_images(owner)
        return [found for image in owned if (found := _match(image, term))]


def _match(image: Image, term: Term) -> TermMatch | None:
    match term.kind:
        case "label":
            label = image.indexed_labels.get(term.name)
            return label and TermMatch(image.image_id, label.confidence)
        case "album":
            return TermMatch(image.image_id, 100) if term.name in image.albums else None
        case "word":
            fields = image.word_fields.get(term.name)
            return None if fields is None else TermMatch(image.image_id, 100, fields)
