"""The labels that an image is found by."""

from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple

from sightline.domain.text import fold_text

#: Folded names that are cached; an owner's images have the same few hundred labels.
CACHE_SIZE = 4_096


class ImageLabel(NamedTuple):
    """A label of an image; `confidence` is 0 to 100, and 100 where the owner added it."""

    name: str
    confidence: float


@lru_cache(CACHE_SIZE)
def fold_label(name: str) -> str:
    """Return the key of a label: the same for every way to write its name."""
    return fold_text(name)


def visible_labels(
    detected: Iterable[ImageLabel], added: Iterable[str], hidden: Iterable[str]
) -> dict[str, ImageLabel]:
    """Return the detected labels without the hidden ones, and the added ones, by folded name."""
    excluded = set(map(fold_label, hidden))
    labels = {fold_label(label.name): label for label in detected}
    own = {fold_label(name): ImageLabel(name, 100.0) for name in added}
    return {key: label for key, label in labels.items() if key not in excluded} | own
