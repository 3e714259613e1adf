"""Usage in memory."""

import time

from sightline.adapters.memory.state import MemoryState
from sightline.domain.quotas import Amount, Quotas, Reservation, check_quotas
from sightline.domain.recognition import Feature
from sightline.ports.usage_table import MonthlyUsage, Usage


class MemoryUsageTable:
    """`UsageTable` over the images and months in memory."""

    def __init__(self, state: MemoryState) -> None:
        self._state = state

    async def read(self, owner: str) -> Usage:
        owned = self._state.owned_images(owner)
        uploaded = [image for image in owned if image.renditions.etag is not None]
        reserved = self._count_reserved(owner)
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
            *reserved,
        )

    async def reserve(self, reservation: Reservation, quotas: Quotas) -> None:
        owner, added, until = reservation
        usage = await self.read(owner)
        used = Amount(usage.images, usage.bytes)
        check_quotas(quotas, used, self._count_reserved(owner), added)
        images, size = self._state.reservations.get((owner, until), Amount(0, 0))
        self._state.reservations[owner, until] = Amount(images + 1, size + added)

    async def give_back(self, reservation: Reservation) -> None:
        self._state.end_reservation(reservation)

    def _count_reserved(self, owner: str) -> Amount:
        amounts = [
            amount
            for (each, until), amount in self._state.reservations.items()
            if each == owner and until > time.time()
        ]
        return Amount(
            sum(amount.images for amount in amounts), sum(amount.bytes for amount in amounts)
        )
