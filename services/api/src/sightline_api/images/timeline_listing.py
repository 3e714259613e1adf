"""List an owner's images by the time of capture, or else of upload."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from sightline.domain.sort_order import SortOrder
from sightline.domain.summaries import ImageSummary
from sightline.domain.timeline import TimelineRange, timeline_position
from sightline.ports.timeline_table import TimelinePage, TimelineTable
from sightline_api.images.listing import MAX_READ, READ_SIZE, Filter
from sightline_api.images.searching import FoundImage, SearchPage
from sightline_api.pagination import decode_prefixed_cursor, encode_cursor

#: The offsets from UTC that a time of capture may have, and the wall-clock time with it.
MAX_OFFSET = timedelta(hours=14)


class ListOrder(StrEnum):
    """The order of a list: by the time of upload, or of capture and else of upload, or manual."""

    UPLOADED = "uploaded"
    TAKEN = "taken"
    MANUAL = "manual"


def encode_timeline_cursor(position: str, order: SortOrder) -> str:
    """Encode the position of the last image of a page in this order."""
    return encode_cursor(f"taken:{order}:{position}")


def decode_timeline_cursor(cursor: str, order: SortOrder) -> str:
    """Decode the position in a cursor of a list in this order. Raises `InvalidCursor`."""
    return decode_prefixed_cursor(cursor, f"taken:{order}:")


@dataclass(frozen=True, slots=True)
class TimelineListing:
    """Lists the images in the timeline of one owner in one order, without a query.

    The cost is proportional to the images that are returned and passed over.
    """

    timeline: TimelineTable
    owner: str
    order: SortOrder = SortOrder.NEWEST

    async def page(self, selected: Filter, limit: int, after: str | None) -> SearchPage:
        """Return the first `limit` of the selected images that follow the position `after`."""
        remaining = range_of(selected)
        if after is not None:
            remaining = remaining.after(after, self.order)
        size = READ_SIZE if selected.is_selective else limit
        found: list[FoundImage] = []
        for _ in range(MAX_READ // READ_SIZE):
            page = await self.read(selected, size, remaining)
            after = page.next_after
            for image in page.images:
                if not is_selected(image, selected):
                    continue
                if len(found) == limit:
                    return SearchPage(found, position_of(found[-1].summary))
                found.append(FoundImage(image, {}))
            if after is None or (size == limit == len(found)):
                break
            remaining = remaining.after(after, self.order)
            size = READ_SIZE
        return SearchPage(found, after)

    async def read(self, selected: Filter, size: int, within: TimelineRange) -> TimelinePage:
        """Return the first `size` images of the timeline, of the archive, or of both together."""
        if selected.archived is False:
            return await self.timeline.page(self.owner, size, within, self.order)
        ranges = [within.in_archive()] if selected.archived else [within, within.in_archive()]
        pages = await asyncio.gather(
            *(self.timeline.page(self.owner, size, each, self.order) for each in ranges)
        )
        return _merge(pages, size, self.order)


def _merge(pages: Sequence[TimelinePage], size: int, order: SortOrder) -> TimelinePage:
    """Merge pages of up to `size` images into one, whatever part of the timeline they are from."""
    images = sorted(
        (image for page in pages for image in page.images),
        key=position_of,
        reverse=order is SortOrder.NEWEST,
    )
    # A page with a successor is full, so that all of its positions are at most the last one.
    more = len(images) > size or any(page.next_after is not None for page in pages)
    return TimelinePage(images[:size], position_of(images[:size][-1]) if more else None)


def position_of(image: ImageSummary) -> str:
    """Return the position of an image among those of the timeline and of the archive."""
    return timeline_position(image.timeline_at, image.image_id)


def is_selected(image: ImageSummary, selected: Filter) -> bool:
    """Return whether a list shows the image, whatever the query of the filter finds."""
    return not image.is_hidden and image.image_id in selected.created and selected.matches(image)


def range_of(selected: Filter) -> TimelineRange:
    """Return the part of the timeline outside of which the filter matches nothing."""
    within = TimelineRange() if selected.month is None else TimelineRange.of_month(selected.month)
    return within.intersect(
        TimelineRange.between(
            _shift(selected.taken_from, -MAX_OFFSET), _shift(selected.taken_until, MAX_OFFSET)
        )
    )


def _shift(at: datetime | None, step: timedelta) -> datetime | None:
    """Return the wall-clock time in UTC, moved by the step; None beyond the calendar."""
    if at is None:
        return None
    try:
        in_utc = at if at.tzinfo is None else at.astimezone(UTC)
        return (in_utc + step).replace(tzinfo=None)
    except OverflowError:
        return None
