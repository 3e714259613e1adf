"""The words that an image is found by, and the fields of the image that have them."""

from collections.abc import Mapping
from enum import StrEnum
from functools import lru_cache

from sightline.domain.words import collect_words, fold_accents, split_words


class WordField(StrEnum):
    """A field of an image that is searched by its words.

    `label` is the names of the labels, and their synonyms. The title of an upload is the name of
    its file until the owner changes it.
    """

    TITLE = "title"
    DESCRIPTION = "description"
    CAMERA = "camera"
    LENS = "lens"
    PLACE = "place"
    LABEL = "label"
    TEXT = "text"


#: Indexed words of each field; further words of a longer text are not searched.
MAX_WORDS_BY_FIELD: Mapping[WordField, int] = {
    WordField.TITLE: 40,
    WordField.DESCRIPTION: 100,
    WordField.CAMERA: 10,
    WordField.LENS: 20,
    WordField.PLACE: 30,
    WordField.LABEL: 100,
    WordField.TEXT: 200,
}

#: The fields that the parameter `text` searches.
TEXT_FIELDS = frozenset({WordField.TEXT, WordField.PLACE})

#: Images whose words are cached: a search verifies the words of the same images page by page.
CACHED_IMAGES = 2_000

#: The texts of each field that has some.
FieldTexts = tuple[tuple[WordField, tuple[str, ...]], ...]

#: The fields that have each word.
WordFields = Mapping[str, frozenset[WordField]]


@lru_cache(CACHED_IMAGES)
def index_texts(texts: FieldTexts) -> WordFields:
    """Return the indexed words of these texts, with accents folded, and the fields of each."""
    found: dict[str, set[WordField]] = {}
    for name, lines in texts:
        for word in collect_words(map(fold_accents, lines), MAX_WORDS_BY_FIELD[name]):
            found.setdefault(word, set()).add(name)
    return {word: frozenset(fields) for word, fields in found.items()}


def find_phrase(texts: FieldTexts, phrase: tuple[str, ...]) -> frozenset[WordField]:
    """Return the fields with a line that has these folded words in sequence."""
    return frozenset(
        name for name, lines in texts if any(_has_sequence(line, phrase) for line in lines)
    )


def _has_sequence(text: str, phrase: tuple[str, ...]) -> bool:
    words = split_search_words(text)
    starts = range(len(words) - len(phrase) + 1)
    return any(tuple(words[start : start + len(phrase)]) == phrase for start in starts)


def split_search_words(text: str) -> list[str]:
    """Return the words of a text in order, folded as the index has them."""
    return split_words(fold_accents(text))
