"""The timeline in memory: derived from the images at every call."""

from collections import Counter

from sightline.adapters.memory.state import MemoryState
from sightline.domain.sort_order import SortOrder
from sightline.domain.timeline import MonthCount, TimelineRange
from sightline.ports.timeline_table import TimelinePage


class MemoryTimelineTable:
    """`TimelineTable` over the images in memory."""

    def __init__(self, state: MemoryState) -> None:
        self._state = state

    async def page(
        self,
        owner: str,
        limit: int,
        within: TimelineRange,
        order: SortOrder = SortOrder.NEWEST,
    ) -> TimelinePage:
        positions = {
            position: image.summary
            for image in self._state.owned_images(owner)
            if (position := image.timeline_position) and within.start <= position < within.end
        }
        found = sorted(positions, reverse=order is SortOrder.NEWEST)
        return TimelinePage(
            [positions[each] for each in found[:limit]],
            found[limit - 1] if len(found) > limit else None,
        )

    async def count_months(self, owner: str) -> list[MonthCount]:
        months = Counter(
            month for image in self._state.owned_images(owner) if (month := image.timeline_month)
        )
        return [MonthCount(month, months[month]) for month in sorted(months, reverse=True)]
