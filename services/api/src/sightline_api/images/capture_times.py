"""Times of capture in requests and responses.

RFC 3339, and with it the format `date-time`, requires an offset from UTC. Most cameras record none,
and the owner of an old photo seldom knows it, so wall-clock times are strings with a pattern.
"""

from datetime import datetime
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


def known_instant(taken_at: datetime | None) -> datetime | None:
    """Return the time if it has an offset from UTC: only then is it an instant (RFC 3339)."""
    return taken_at if taken_at is not None and taken_at.tzinfo is not None else None


def format_local_time(taken_at: datetime | None) -> str | None:
    """Return the wall-clock time in ISO 8601, without its offset."""
    return None if taken_at is None else taken_at.replace(tzinfo=None).isoformat()
