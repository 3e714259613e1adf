"""Text as people write it: what is displayed, and how two texts are compared."""

import unicodedata

#: Joiners are invisible, but emoji and the scripts of Iran and India need them.
ZERO_WIDTH_NON_JOINER, ZERO_WIDTH_JOINER = "\u200c", "\u200d"

#: The tag characters of which the flags of regions are composed (UTS #51, emoji tag sequences).
_FIRST_TAG, _LAST_TAG = "\U000e0020", "\U000e007f"

#: Categories of characters that display nothing or must not be stored: control characters, formats
#: such as bidirectional overrides, and surrogates.
_INVISIBLE = frozenset({"Cc", "Cf", "Cs"})

#: Categories that text comparison ignores.
_IGNORED = frozenset({"Cf", "Cs"})

#: Other characters that text comparison ignores, or compares as another character.
_FOLDED = {
    "\u2018": "'",  # the typographic apostrophes
    "\u2019": "'",
    "\u02bc": "'",
    "\ufe0e": None,  # the selectors of text and emoji presentation
    "\ufe0f": None,
}
_FOLDING = str.maketrans(_FOLDED)


def clean_line(text: str) -> str:
    """Return one line of text to display: composed (NFC), with single spaces.

    Control characters, surrogates and bidirectional controls are removed; those that end a line
    become a space.
    """
    kept = " ".join(text.split())
    if not kept.isprintable():
        kept = "".join(filter(_is_visible, kept))
    return unicodedata.normalize("NFC", " ".join(kept.split()))


def clean_text(text: str) -> str:
    """Return text of several lines to display, each cleaned as `clean_line` does."""
    return "\n".join(map(clean_line, text.splitlines())).strip()


def fold_text(text: str) -> str:
    """Return the key that equal texts have, however they are composed or capitalized.

    NFKC_Casefold of Unicode (chapter 3, D146), with one kind of apostrophe.
    """
    folded = unicodedata.normalize("NFKC", text).casefold().translate(_FOLDING)
    kept = "".join(each for each in folded if unicodedata.category(each) not in _IGNORED)
    return unicodedata.normalize("NFKC", kept)


def _is_visible(character: str) -> bool:
    if character in (ZERO_WIDTH_NON_JOINER, ZERO_WIDTH_JOINER):
        return True
    if _FIRST_TAG <= character <= _LAST_TAG:
        return True
    return unicodedata.category(character) not in _INVISIBLE
