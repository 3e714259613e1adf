"""The words of a text, as they are indexed and searched for.

Unicode's rules (UAX #29) cut a text, with ICU's dictionaries for the scripts that are written
without spaces. A word is a run of letters, marks and digits within such a segment, so that a search
for a part of "d'été", "www.example.com" or "IMG_1234" finds the whole.
"""

import unicodedata
from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import chain, combinations, islice

from icu4py.breakers import WordBreaker

from sightline.domain.text import fold_text

#: Indexed characters of a word; anything longer is hardly a word.
MAX_WORD_LENGTH = 50

#: Characters of a compound word of which the parts are indexed.
MIN_COMPOUND_LENGTH, MAX_COMPOUND_LENGTH = 3, 20

#: Compound words whose parts are cached.
CACHED_COMPOUNDS = 10_000

#: The combining marks of Latin, Greek and Cyrillic (the block Combining Diacritical Marks).
_FIRST_ACCENT, _LAST_ACCENT = "\u0300", "\u036f"

#: ICU uses the same dictionaries in every locale.
_LOCALE = "en"


def split_words(text: str) -> list[str]:
    """Return the words of a text in order, each folded (see `fold_text`)."""
    folded = fold_text(text)
    words = (word for segment in WordBreaker(folded, _LOCALE) for word in _find_runs(segment))
    return [word[:MAX_WORD_LENGTH] for word in words]


def fold_accents(text: str) -> str:
    """Return the text without the accents of Latin, Greek and Cyrillic letters.

    Marks of other scripts stay: in those of India, they are the vowels. A letter that Unicode does
    not decompose stays as well, such as \u00f8.
    """
    if text.isascii():
        return text
    decomposed = unicodedata.normalize("NFD", text)
    kept = "".join(each for each in decomposed if not _FIRST_ACCENT <= each <= _LAST_ACCENT)
    return unicodedata.normalize("NFC", kept)


def collect_words(texts: Iterable[str], limit: int) -> frozenset[str]:
    """Return the first `limit` distinct words of several texts, and the parts of compounds.

    A search is for whole words. The parts are indexed beside them, so that the name of a city finds
    the name of its tower: Chinese and Japanese compounds are written as one word.
    """
    words = dict.fromkeys(word for text in texts for word in split_words(text))
    parts = (part for word in words for part in split_parts(word))
    return frozenset(islice(dict.fromkeys(chain(words, parts)), limit))


@lru_cache(CACHED_COMPOUNDS)
def split_parts(word: str) -> frozenset[str]:
    """Return the words within a word of Chinese or Japanese, and its single Han characters.

    A search for a name that the dictionary lacks is one for its characters. Empty for a word of
    another script, and for one that is too short or too long to be a compound.
    """
    if not MIN_COMPOUND_LENGTH <= len(word) <= MAX_COMPOUND_LENGTH:
        return frozenset()
    han = [_is_han(character) for character in word]
    # Kana are not cut: the dictionary takes any run of them for a word.
    ends = [0, *(end for end in range(1, len(word)) if han[end - 1] or han[end]), len(word)]
    parts = {word[start:end] for start, end in combinations(ends, 2)} - {word}
    return frozenset(filter(_is_one_word, parts))


def _is_one_word(text: str) -> bool:
    """Return whether the dictionary has the text: it cuts unknown Han text into characters."""
    return len(list(WordBreaker(text, _LOCALE))) == 1


def _is_han(character: str) -> bool:
    return unicodedata.name(character, "").startswith("CJK UNIFIED IDEOGRAPH")


def _find_runs(segment: str) -> Iterator[str]:
    """Yield the runs of letters, marks and digits that have at least one letter or digit."""
    start = 0
    for end, character in enumerate(f"{segment} "):
        if unicodedata.category(character)[0] not in "LMN":
            run = segment[start:end]
            if any(map(str.isalnum, run)):
                yield run
            start = end + 1
