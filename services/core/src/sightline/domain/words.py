"""Words that are found in pictures, and searched for."""

import re
import unicodedata
from collections.abc import Iterable
from itertools import islice

#: Words of one image that it is found by; a page of a book has more, a sign or a receipt has not.
MAX_WORDS = 200

#: Characters of a word that count; longer ones are hardly words.
MAX_LENGTH = 50

_WORD = re.compile(r"\w+")


def split_words(text: str) -> list[str]:
    """The words of a text in their order, folded: the same however they are written."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return [word[:MAX_LENGTH] for word in _WORD.findall(folded)]


def collect_words(texts: Iterable[str]) -> frozenset[str]:
    """The first `MAX_WORDS` different words of several texts."""
    words = dict.fromkeys(word for text in texts for word in split_words(text))
    return frozenset(islice(words, MAX_WORDS))
