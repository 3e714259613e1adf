"""List an owner's images by the time of capture, or else of upload."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from sightline.domain.sort_order import SortOrder
from sightline.domain.summaries import ImageSummary
from sightline.domain.timeline import TimelineRange, timeline_position
from sightline.ports.image_index import ImageIndex
from sightline.ports.image_table import ImageTable
from sightline.ports.timeline_table import TimelinePage, TimelineTable
from sightline_api.images.image_selection import ImageSelection
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
    """Lists the images in the timeline of one owner in one order.

    The terms of a query are looked up for the images of each read. The cost is proportional to the
    images that are returned and passed over.
    """

    timeline: TimelineTable
    images: ImageTable
    index: ImageIndex
    owner: str
    order: SortOrder = SortOrder.NEWEST

    async def page(self, selected: Filter, limit: int, after: str | None) -> SearchPage:
        """Return the first `limit` of the selected images that follow the position `after`."""
        remaining = _range_of(selected)
        if after is not None:
            remaining = remaining.after(after, self.order)
        is_selective = selected.is_selective or selected.query is not None
        size = READ_SIZE if is_selective else limit
        selection = ImageSelection(self.images, self.index, self.owner)
        found: list[FoundImage] = []
        for _ in range(MAX_READ // READ_SIZE):
            page = await self._read(selected, size, remaining)
            after = page.next_after
            for image in await selection.select(selected, page.images):
                if len(found) == limit:
                    return SearchPage(found, _position(found[-1].summary))
                found.append(image)
            if after is None or (size == limit == len(found)):
                break
            remaining = remaining.after(after, self.order)
            size = READ_SIZE
        return SearchPage(found, after)

    async def _read(self, selected: Filter, size: int, within: TimelineRange) -> TimelinePage:
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
        key=_position,
        reverse=order is SortOrder.NEWEST,
    )
    # A page with a successor is full, so that all of its positions are at most the last one.
    more = len(images) > size or any(page.next_after is not None for page in pages)
    return TimelinePage(images[:size], _position(images[:size][-1]) if more else None)


def _position(image: ImageSummary) -> str:
    """Return the position of an image among those of the timeline and of the archive."""
    return timeline_position(image.timeline_at, image.image_id)


def _range_of(selected: Filter) -> TimelineRange:
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
