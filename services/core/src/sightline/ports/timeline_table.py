"""The timeline of an owner: the port."""

from typing import NamedTuple, Protocol

from sightline.domain.sort_order import SortOrder
from sightline.domain.summaries import ImageSummary
from sightline.domain.timeline import MonthCount, TimelineRange


class TimelinePage(NamedTuple):
    """A page of summaries; the next page follows `next_after`, None on the last page."""

    images: list[ImageSummary]
    next_after: str | None


class TimelineTable(Protocol):
    """Images by the time of capture, or else of upload: `sightline.domain.timeline`.

    It contains the uploaded images: those of the archive only in the ranges of
    `TimelineRange.in_archive`, and those in the trash only in `TimelineRange.of_trash`, by the time
    at which they were moved there. Months count neither. `ImageTable` maintains it, in the
    transactions that change an image.
    """

    async def page(
        self,
        owner: str,
        limit: int,
        within: TimelineRange,
        order: SortOrder = SortOrder.NEWEST,
    ) -> TimelinePage:
        """Return the first `limit` summaries of the range in this order."""

    async def count_months(self, owner: str) -> list[MonthCount]:
        """Return the months that have images with their exact number, newest first."""
