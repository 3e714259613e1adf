"""The words of recognized text, as they are indexed and searched for."""

import re
import unicodedata
from collections.abc import Iterable
from itertools import islice

#: Indexed words of one image; a page of a book has more, a sign or a receipt does not.
MAX_WORDS = 200

#: Indexed characters of a word; anything longer is hardly a word.
MAX_WORD_LENGTH = 50

_WORD = re.compile(r"\w+")


def split_words(text: str) -> list[str]:
    """Return the words of a text in order, normalized (NFKC) and case-folded."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return [word[:MAX_WORD_LENGTH] for word in _WORD.findall(folded)]


def collect_words(texts: Iterable[str]) -> frozenset[str]:
    """Return the first `MAX_WORDS` distinct words of several texts."""
    words = dict.fromkeys(word for text in texts for word in split_words(text))
    return frozenset(islice(words, MAX_WORDS))
