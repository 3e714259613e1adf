"""Usage in memory."""

from sightline.adapters.memory.state import MemoryState
from sightline.domain.recognition import Feature
from sightline.ports.usage_table import MonthlyUsage, Usage


class MemoryUsageTable:
    """`UsageTable` over the images and months in memory."""

    def __init__(self, state: MemoryState) -> None:
        self._state = state

    async def read(self, owner: str) -> Usage:
        owned = self._state.owned_images(owner)
        uploaded = [image for image in owned if image.renditions.etag is not None]
        months = [
            MonthlyUsage(
                month=month,
                images=counts["images"],
                bytes=counts["bytes"],
                calls={feature: counts[feature] for feature in Feature if counts[feature]},
            )
            for (each, month), counts in self._state.usage.items()
            if each == owner
        ]
        total = sum(image.bytes for image in uploaded)
        trashed = [image for image in uploaded if image.is_trash_counted]
        return Usage(
            len(uploaded),
            total,
            sorted(months, reverse=True),
            len(trashed),
            sum(image.bytes for image in trashed),
        )
