"""Times on the command line: dates, times before now, and corrections of a time of capture."""

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

#: The length of each unit of an interval that is exact.
SHIFT_UNITS = {"s": timedelta(seconds=1), **{unit: UNITS[unit] for unit in ("m", "h", "d", "w")}}

_SHIFT = re.compile(r"(?P<sign>[+-])(?P<terms>(?:\d{1,6}[smhdw]){1,5})", re.ASCII)
_TERM = re.compile(r"(\d+)([smhdw])", re.ASCII)
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


def parse_capture_time(text: str) -> datetime | timedelta | None:
    """Return a time of capture, or the interval to shift it by, such as `+1h30m`.

    An empty text returns None, which restores the time of the file. A time has an offset from UTC
    if the text has one. Raises `typer.BadParameter`.
    """
    if not text:
        return None
    if match := _SHIFT.fullmatch(text):
        terms = _TERM.findall(match["terms"])
        interval = sum((int(count) * SHIFT_UNITS[unit] for count, unit in terms), timedelta())
        return -interval if match["sign"] == "-" else interval
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter(
            f"{text!r} is no time; use a date and time (2021-07-03 14:05, with +02:00 if the "
            "offset from UTC is known) or a shift (+2h, -1d, +1h30m)"
        ) from None
