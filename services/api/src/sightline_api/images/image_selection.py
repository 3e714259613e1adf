"""Select those of the images of a list that a filter and its query match."""

from dataclasses import dataclass

from sightline.domain.image_words import WordField
from sightline.domain.labels import fold_label
from sightline.domain.summaries import ImageSummary
from sightline.ports.image_index import ImageIndex, Term
from sightline.ports.image_table import ImageTable
from sightline_api.images.index_search import Query
from sightline_api.images.listing import Filter
from sightline_api.images.searching import FoundImage, match_words

#: The fields that have each word or phrase of a search.
Matches = dict[str, frozenset[WordField]]


@dataclass(frozen=True, slots=True)
class ImageSelection:
    """Selects images of one owner; the terms of a query are looked up for the images of a read."""

    images: ImageTable
    index: ImageIndex
    owner: str

    async def select(self, selected: Filter, images: list[ImageSummary]) -> list[FoundImage]:
        """Return those of up to 100 images that are selected, in their order."""
        matching = [
            image
            for image in images
            if not image.is_hidden and image.image_id in selected.created
            if selected.matches(image)
        ]
        if selected.query is None or not matching:
            return [FoundImage(image, {}) for image in matching]
        found = await self._find(selected.query, [image.image_id for image in matching])
        return [
            FoundImage(image, found[image.image_id])
            for image in matching
            if image.image_id in found
        ]

    async def _find(self, query: Query, image_ids: list[str]) -> dict[str, Matches]:
        """Return those of up to 100 images that the query finds, with what matched."""
        remaining = image_ids
        terms = [(Term("label", fold_label(name)), query.min_confidence) for name in query.labels]
        if query.album is not None:
            terms.append((Term("album", query.album), 0.0))
        for term, min_confidence in terms:
            if not remaining:
                return {}
            matches = await self.index.match(self.owner, term, remaining)
            remaining = [each.image_id for each in matches if each.confidence >= min_confidence]
        if not query.has_words or not remaining:
            return {image_id: {} for image_id in remaining}
        images = await self.images.get_many(self.owner, remaining)
        matched = {image.image_id: match_words(image, query) for image in images}
        return {image_id: found for image_id, found in matched.items() if found is not None}
