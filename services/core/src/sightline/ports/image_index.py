"""The index of images by label, album and word: the port."""

from collections.abc import Sequence
from typing import Literal, NamedTuple, Protocol

from sightline.domain.image_words import WordField
from sightline.domain.sort_order import SortOrder


class LabelCount(NamedTuple):
    """A label: its key, its name as first written, and how many images have it."""

    key: str
    name: str
    images: int


class Term(NamedTuple):
    """A search term: a folded label, an album id, or a folded word without accents."""

    kind: Literal["label", "album", "word"]
    name: str


class TermMatch(NamedTuple):
    """An image that a term finds.

    `confidence` is that of the label, and 100 for other terms. `fields` are those that have the
    word, and empty for other terms.
    """

    image_id: str
    confidence: float
    fields: frozenset[WordField] = frozenset()


class HashMatch(NamedTuple):
    """An image, and its perceptual hash."""

    image_id: str
    value: str


class ImageIndex(Protocol):
    """Finds images by term or perceptual hash, and counts labels and words.

    `ImageTable` and `AlbumTable` maintain it. Labels are indexed from the first write to a part of
    the image on: not before its upload.
    """

    async def find(
        self,
        owner: str,
        term: Term,
        limit: int,
        start: str | None = None,
        order: SortOrder = SortOrder.NEWEST,
    ) -> list[TermMatch]:
        """Return the first `limit` images that the term finds in this order.

        With `start`, from the position of that id on. Where an image has more words than fit into
        one transaction, a word may find it a moment too early or too late: check the text.
        """

    async def match(self, owner: str, term: Term, image_ids: Sequence[str]) -> list[TermMatch]:
        """Return those of up to 100 images that the term finds, newest first."""

    async def count_images(self, owner: str, terms: Sequence[Term]) -> list[int]:
        """Return how many images each of up to 100 terms finds."""

    async def list_words(self, owner: str, prefix: str, limit: int) -> list[str]:
        """Return the first `limit` indexed words that start with the prefix, in order."""

    async def find_by_bands(self, owner: str, bands: Sequence[str], limit: int) -> list[HashMatch]:
        """Return each image whose perceptual hash has one of the bands, once, in no order.

        Of each band, only the newest `limit` images. An image that is being deleted may be among
        them.
        """

    async def count_labels(
        self, owner: str, limit: int, prefix: str = "", after: str | None = None
    ) -> list[LabelCount]:
        """Return at most `limit` labels of the owner's images with exact counts, by folded name.

        Only those that start with the folded `prefix` and follow the folded name `after`; labels
        without images are left out.
        """
