"""Parse the values of metadata tags, of EXIF as Pillow returns them and of XMP as text.

They are untrusted input: of any type, and of any value.
"""

import contextlib
import math
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from sightline.domain.text import clean_line

Value = TypeVar("Value")

#: The tags of one EXIF directory, by number.
Tags = Mapping[int, Any]


def parse_optional(parse: Callable[[], Value]) -> Value | None:
    """Return the parsed value; None if parsing raises any exception."""
    with contextlib.suppress(Exception):
        return parse()
    return None


def parse_text(value: Any) -> str:
    """Return the text up to the first NUL in one line; empty if the value is no text."""
    if isinstance(value, bytes):
        value = value.decode("utf-8", errors="replace")
    return clean_line(value.split("\0")[0]) if isinstance(value, str) else ""


def parse_number(value: Any) -> float:
    """Parse a number, or a fraction such as `1/250`. Raises an exception if it is neither."""
    if isinstance(value, str) and "/" in value:
        numerator, denominator = value.split("/")
        return _finite(float(numerator) / float(denominator))
    return _finite(float(value))


def parse_in_range(value: Any, minimum: float, maximum: float, decimals: int) -> float:
    """Parse a number within a range, and round it. Raises an exception if it is outside."""
    number = round(parse_number(value), decimals)
    if not minimum <= number <= maximum:
        raise ValueError("out of range")
    return number


def _finite(number: float) -> float:
    if not math.isfinite(number):
        raise ValueError("not finite")
    return number
