"""Times of capture in requests and responses.

RFC 3339, and with it the format `date-time`, requires an offset from UTC. Most cameras record none,
and the owner of an old photo seldom knows it, so wall-clock times are strings with a pattern.
"""

import re
from datetime import datetime, timedelta
from typing import Annotated

from pydantic import (
    Field,
    PlainSerializer,
    PlainValidator,
    StringConstraints,
    TypeAdapter,
    WithJsonSchema,
)

#: A wall-clock time without an offset from UTC, in ISO 8601.
LocalTime = Annotated[
    str,
    StringConstraints(pattern=r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,6})?$"),
    Field(
        description="The time on a clock at the place of capture, or in UTC if a GPS receiver is "
        "its only source.",
        examples=["2026-06-21T21:14:08"],
    ),
]

#: A wall-clock time in ISO 8601, with its offset from UTC if it is known.
TAKEN_AT_PATTERN = (
    r"^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])"
    r"T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\.[0-9]{1,6})?"
    r"(Z|[+-](0[0-9]|1[0-4]):[0-5][0-9])?$"
)

_text_adapter: TypeAdapter[str] = TypeAdapter(
    Annotated[str, StringConstraints(strict=True, pattern=TAKEN_AT_PATTERN)]
)


def _parse(value: object) -> datetime:
    """Return the time. Raises `ValueError`, also for a day that the calendar does not have."""
    if isinstance(value, datetime):
        return value
    return datetime.fromisoformat(_text_adapter.validate_python(value))


#: A time of capture that the owner gives.
TakenAt = Annotated[
    datetime,
    PlainValidator(_parse),
    PlainSerializer(datetime.isoformat, when_used="json"),
    WithJsonSchema(
        {"type": "string", "pattern": TAKEN_AT_PATTERN, "examples": ["1987-08-02T16:30:00"]}
    ),
]


#: A duration of ISO 8601 without years and months, whose lengths vary; it may be negative.
_DATE = "([0-9]{1,4}W([0-9]{1,6}D)?|[0-9]{1,6}D)"
_TIME = "(T([0-9]{1,6}H([0-9]{1,6}M)?([0-9]{1,8}S)?|[0-9]{1,6}M([0-9]{1,8}S)?|[0-9]{1,8}S))"
SHIFT_PATTERN = f"^-?P({_DATE}{_TIME}?|{_TIME})$"

_SHIFT_TERM = re.compile(r"([0-9]+)([WDHMS])")
_SHIFT_UNITS = {
    "W": timedelta(weeks=1),
    "D": timedelta(days=1),
    "H": timedelta(hours=1),
    "M": timedelta(minutes=1),
    "S": timedelta(seconds=1),
}

_shift_adapter: TypeAdapter[str] = TypeAdapter(
    Annotated[str, StringConstraints(strict=True, pattern=SHIFT_PATTERN, max_length=40)]
)


def _parse_shift(value: object) -> timedelta:
    """Return the duration. Raises `ValueError`."""
    if isinstance(value, timedelta):
        return value
    text = _shift_adapter.validate_python(value)
    terms = ((int(count), _SHIFT_UNITS[unit]) for count, unit in _SHIFT_TERM.findall(text))
    length = sum((count * unit for count, unit in terms), timedelta())
    return -length if text.startswith("-") else length


#: A duration by which the owner moves a time of capture.
Shift = Annotated[
    timedelta,
    PlainValidator(_parse_shift),
    WithJsonSchema(
        {
            "type": "string",
            "pattern": SHIFT_PATTERN,
            "maxLength": 40,
            "examples": ["PT2H", "-P1DT30M"],
        }
    ),
]


def known_instant(taken_at: datetime | None) -> datetime | None:
    """Return the time if it has an offset from UTC: only then is it an instant (RFC 3339)."""
    return taken_at if taken_at is not None and taken_at.tzinfo is not None else None


def format_local_time(taken_at: datetime | None) -> str | None:
    """Return the wall-clock time in ISO 8601, without its offset."""
    return None if taken_at is None else taken_at.replace(tzinfo=None).isoformat()
