"""The time at which an image was captured, from the first source that has a plausible one.

The sources, in this order: EXIF DateTimeOriginal, EXIF DateTimeDigitized, XMP
exif:DateTimeOriginal, photoshop:DateCreated and xmp:CreateDate, EXIF DateTime, the GPS date and
time of EXIF, and exif:GPSTimeStamp of XMP. Each has its own offset and its own fraction of a
second. docs/metadata.md describes them.
"""

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

from PIL.ExifTags import GPS, Base

from sightline.domain.clock import now
from sightline_resizer.tag_values import Tags, parse_number, parse_optional, parse_text
from sightline_resizer.xmp import Xmp

#: Year of the oldest surviving photograph; earlier times are errors.
MIN_YEAR = 1826

#: How far the clock of a camera may be ahead; later times are errors.
MAX_CLOCK_AHEAD = timedelta(days=366)

#: The largest offset from UTC in use (Line Islands, UTC+14).
MAX_OFFSET = timedelta(hours=14)

#: A date and time of EXIF or XMP, with any separators that cameras write, perhaps without seconds
#: or, in XMP, without a time; then the fraction of a second and the offset.
_TIME = re.compile(
    r"(?P<year>\d{4})[-:/.](?P<month>[\d ]?\d)[-:/.](?P<day>[\d ]?\d)"
    r"(?:(?:T| +)(?P<hour>[\d ]?\d):(?P<minute>[\d ]?\d)(?::(?P<second>[\d ]?\d))?"
    r"(?:[.,](?P<fraction>\d+))?\s*(?P<offset>\D.*)?)?",
    re.ASCII,
)
_OFFSET = re.compile(
    r"(?:UTC|GMT)?(?P<sign>[-+\u2212])(?P<hours>\d{1,2}):?(?P<minutes>\d{2})?", re.ASCII
)
_DIGITS = re.compile(r"\d+", re.ASCII)

#: Ways to write the offset zero.
_ZERO_OFFSETS = frozenset({"Z", "UTC", "GMT"})

#: The times of XMP, in their order. A date without a time is valid here, but not in EXIF.
_XMP_TIMES = ("exif:DateTimeOriginal", "photoshop:DateCreated", "xmp:CreateDate")


def read_time(exif: Tags, details: Tags, position: Tags, xmp: Xmp) -> datetime | None:
    """Return the capture time, with an offset if its source has one.

    `details` and `position` are the EXIF and GPS directories.
    """
    for parse in _sources(exif, details, position, xmp):
        taken_at = parse_optional(parse)
        if taken_at is not None and _is_plausible(taken_at):
            return taken_at
    return None


def _sources(
    exif: Tags, details: Tags, position: Tags, xmp: Xmp
) -> Iterator[Callable[[], datetime | None]]:
    yield lambda: _parse_exif_time(
        details[Base.DateTimeOriginal],
        details.get(Base.SubsecTimeOriginal),
        details.get(Base.OffsetTimeOriginal),
    )
    yield lambda: _parse_exif_time(
        details[Base.DateTimeDigitized],
        details.get(Base.SubsecTimeDigitized),
        details.get(Base.OffsetTimeDigitized),
    )
    for name in _XMP_TIMES:
        yield lambda name=name: _parse_xmp_time(xmp[name])  # type: ignore[misc]
    yield lambda: _parse_exif_time(
        exif[Base.DateTime], details.get(Base.SubsecTime), details.get(Base.OffsetTime)
    )
    yield lambda: _parse_gps_time(position[GPS.GPSDateStamp], position[GPS.GPSTimeStamp])
    yield lambda: _parse_xmp_time(xmp["exif:GPSTimeStamp"])


def _is_plausible(taken_at: datetime) -> bool:
    # Compared as if in UTC, because an extreme time has no equivalent there.
    return taken_at.year >= MIN_YEAR and taken_at.replace(tzinfo=UTC) <= now() + MAX_CLOCK_AHEAD


def _parse_exif_time(value: Any, fraction: Any, offset: Any) -> datetime:
    match = _match_time(value)
    if match["hour"] is None:
        raise ValueError("a date only")
    return _build_time(match, match["fraction"] or _parse_digits(fraction), parse_text(offset))


def _parse_xmp_time(value: str) -> datetime:
    match = _match_time(value)
    return _build_time(match, match["fraction"] or "", "")


def _match_time(value: Any) -> re.Match[str]:
    match = _TIME.fullmatch(parse_text(value))
    if match is None:
        raise ValueError("not a time")
    return match


def _build_time(match: re.Match[str], fraction: str, offset: str) -> datetime:
    """Build the time; an offset within the text itself takes precedence over `offset`."""
    return datetime(
        year=int(match["year"]),
        month=int(match["month"]),
        day=int(match["day"]),
        hour=int(match["hour"] or 0),
        minute=int(match["minute"] or 0),
        second=int(match["second"] or 0),
        microsecond=int(fraction[:6].ljust(6, "0")),
        tzinfo=_parse_offset(match["offset"] or "") or _parse_offset(offset),
    )


def _parse_digits(value: Any) -> str:
    """Return a fraction of a second as digits; empty if it is none."""
    text = str(value) if isinstance(value, int) else parse_text(value)
    return text if _DIGITS.fullmatch(text) else ""


def _parse_offset(text: str) -> timezone | None:
    """Parse an offset in any form that cameras write; None for anything else, such as blanks."""
    text = text.strip().upper()
    if text in _ZERO_OFFSETS:
        return UTC
    match = _OFFSET.fullmatch(text)
    if match is None or int(match["minutes"] or 0) >= 60:
        return None
    offset = timedelta(hours=int(match["hours"]), minutes=int(match["minutes"] or 0))
    if offset > MAX_OFFSET:
        return None
    return timezone(offset if match["sign"] == "+" else -offset)


def _parse_gps_time(date: Any, time: Any) -> datetime:
    """Parse the date and the time of a GPS receiver, which are in UTC."""
    day = _match_time(date)
    hours, minutes, seconds = (parse_number(part) for part in time)
    if not (0 <= hours < 24 and 0 <= minutes < 60 and 0 <= seconds < 61):
        raise ValueError("not a time of day")
    midnight = _build_time(day, "", "").replace(hour=0, minute=0, second=0, tzinfo=UTC)
    return midnight + timedelta(hours=hours, minutes=minutes, seconds=seconds)
