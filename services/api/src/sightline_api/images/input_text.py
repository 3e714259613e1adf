"""Validators that clean the text which clients send, before its length is checked.

Control characters, unpaired surrogates and bidirectional controls are removed, because they would
disturb whatever is displayed beside them.
"""

from collections.abc import Callable
from typing import Any

from pydantic import BeforeValidator

from sightline.domain.text import clean_line, clean_text


def _clean_strings(clean: Callable[[str], str]) -> BeforeValidator:
    """Return a validator that cleans strings; other values are rejected by their type."""

    def clean_value(value: Any) -> Any:
        return clean(value) if isinstance(value, str) else value

    return BeforeValidator(clean_value)


#: For text of one line, and for text of several.
CLEAN_LINE = _clean_strings(clean_line)
CLEAN_TEXT = _clean_strings(clean_text)
