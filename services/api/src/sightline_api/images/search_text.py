"""Parse the text of a search: words, phrases in quotes, and a prefix at the end."""

import re
from dataclasses import dataclass

from sightline.domain.image_words import split_search_words

#: Characters that a prefix has at least: a single letter starts too many words.
MIN_PREFIX_LENGTH = 2

#: A phrase in quotes, or what is between two of them. A quote that is not closed is ignored.
_QUOTES = '"\u201c\u201d\u201e'
_SEGMENT = re.compile(f"[{_QUOTES}]([^{_QUOTES}]*)[{_QUOTES}]|([^{_QUOTES}]+)")


@dataclass(frozen=True, slots=True)
class SearchText:
    """What a search looks for: every word, every phrase, and a word that starts with the prefix.

    All of them are folded; the words include those of the phrases.
    """

    words: tuple[str, ...] = ()
    phrases: tuple[tuple[str, ...], ...] = ()
    prefix: str | None = None

    @property
    def size(self) -> int:
        """The number of words."""
        return len(self.words) + (self.prefix is not None)


#: A search for anything.
NO_TEXT = SearchText()


def parse_search_text(text: str) -> SearchText:
    """Parse the text of a search.

    The last word is a prefix, unless it is in quotes, followed by a space, or too short.
    """
    words: list[str] = []
    phrases: list[tuple[str, ...]] = []
    ends_in_word = False
    for quoted, plain in _SEGMENT.findall(text):
        found = split_search_words(quoted or plain)
        words += found
        if quoted and len(found) > 1:
            phrases.append(tuple(found))
        ends_in_word = bool(plain) and plain[-1].isalnum() and bool(found)
    prefix = None
    if ends_in_word and len(words[-1]) >= MIN_PREFIX_LENGTH:
        prefix = words.pop()
    return SearchText(tuple(dict.fromkeys(words)), tuple(dict.fromkeys(phrases)), prefix)
