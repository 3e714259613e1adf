"""Points in time on the command line: dates, and times before now."""

import re
from datetime import datetime, timedelta

import typer

#: The length of each unit. A month has 30 days, a year 365.
UNITS = {
    "m": timedelta(minutes=1),
    "h": timedelta(hours=1),
    "d": timedelta(days=1),
    "w": timedelta(weeks=1),
    "mo": timedelta(days=30),
    "y": timedelta(days=365),
}

#: Accepted forms of a date, in local time.
FORMATS = ("%Y-%m-%d", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M:%S")

_RELATIVE = re.compile(r"(\d{1,6})(m|h|d|w|mo|y)")


def parse_time(text: str, now: datetime | None = None) -> datetime:
    """Return the local wall-clock time of a date, or of a time before `now`, such as `2d`.

    Raises `typer.BadParameter`.
    """
    if match := _RELATIVE.fullmatch(text):
        try:
            return (now or datetime.now()) - int(match[1]) * UNITS[match[2]]  # noqa: DTZ005
        except OverflowError:
            raise typer.BadParameter(f"{text!r} is before the year 1") from None
    for each in FORMATS:
        try:
            return datetime.strptime(text, each)  # noqa: DTZ007
        except ValueError:
            continue
    raise typer.BadParameter(
        f"{text!r} is no time; use a date (2026-07-01, 2026-07-01T12:00:00) or a time before now "
        "(30m, 12h, 2d, 3w, 6mo, 1y)"
    )
