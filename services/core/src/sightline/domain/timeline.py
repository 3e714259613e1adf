"""The timeline: the images of an owner by the time of capture, or else of upload.

A position in it is a string that sorts by time, then by image id. All positions have one length, so
an opaque cursor that holds one stays valid when the image at it changes or disappears.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import NamedTuple

from sightline.domain.sort_order import SortOrder

#: Sort after every digit, and after every character of a position.
_AFTER_DIGITS, _AFTER_CHARACTERS = ":", "~"


#: Begin the positions in the archive and in the trash. They sort after every year, so that no range
#: of times has them.
_ARCHIVE, _TRASH = "archive#", "trash#"


class MonthCount(NamedTuple):
    """A month (`2026-11`), and the number of images that the timeline has in it."""

    month: str
    images: int


def timeline_time(taken_at: datetime | None, created_at: datetime) -> datetime:
    """Return the wall-clock time of capture without its offset, or else that of upload in UTC."""
    return (taken_at or created_at).replace(tzinfo=None)


def timeline_position(at: datetime, image_id: str) -> str:
    """Return the position of an image at this wall-clock time."""
    return f"{at.isoformat(timespec='microseconds')}#{image_id}"


def archive_position(at: datetime, image_id: str) -> str:
    """Return the position in the archive of an image at this wall-clock time."""
    return _ARCHIVE + timeline_position(at, image_id)


def trash_position(trashed_at: datetime, image_id: str) -> str:
    """Return the position in the trash of an image that was moved there at this time, in UTC."""
    return _TRASH + timeline_position(trashed_at.replace(tzinfo=None), image_id)


def month_of(at: datetime) -> str:
    """Return the month of a time, as in `2026-11`."""
    return at.isoformat()[:7]


@dataclass(frozen=True, slots=True)
class TimelineRange:
    """Positions from `start` on and before `end`; both may be prefixes of positions."""

    start: str = "0"
    end: str = _AFTER_DIGITS

    @classmethod
    def of_trash(cls) -> "TimelineRange":
        """Return the range of the images in the trash, which are in no other one."""
        return cls(_TRASH, _TRASH + _AFTER_CHARACTERS)

    @classmethod
    def of_month(cls, month: str) -> "TimelineRange":
        """Return the range of a month, as in `2026-11`."""
        return cls(month, month + _AFTER_CHARACTERS)

    @classmethod
    def between(cls, start: datetime | None, end: datetime | None) -> "TimelineRange":
        """Return the range from one wall-clock time until another; None is unlimited."""
        every = cls()
        return cls(
            every.start if start is None else start.isoformat(timespec="microseconds"),
            every.end if end is None else end.isoformat(timespec="microseconds"),
        )

    def in_archive(self) -> "TimelineRange":
        """Return the same range of the archive, whose images are in no range of the timeline."""
        return TimelineRange(_ARCHIVE + self.start, _ARCHIVE + self.end)

    def __contains__(self, position: str) -> bool:
        return self.start <= position < self.end

    @property
    def is_empty(self) -> bool:
        return self.start >= self.end

    @property
    def last(self) -> str:
        """The inclusive end: every position of the range is at most this, no other one is."""
        return self.end[:-1] + chr(ord(self.end[-1]) - 1) + _AFTER_CHARACTERS

    def after(self, position: str, order: SortOrder) -> "TimelineRange":
        """Return the part of the range that follows a position in this order."""
        if order is SortOrder.NEWEST:
            return replace(self, end=min(self.end, position))
        return replace(self, start=max(self.start, position + _AFTER_CHARACTERS))

    def intersect(self, other: "TimelineRange") -> "TimelineRange":
        return TimelineRange(max(self.start, other.start), min(self.end, other.end))
