"""What an owner uses: the port."""

from typing import NamedTuple, Protocol

from sightline.domain.quotas import Quotas, Reservation
from sightline.domain.recognition import Feature


class MonthlyUsage(NamedTuple):
    """Uploads, their bytes, and paid recognition calls in one month (`2026-11`)."""

    month: str
    images: int
    bytes: int
    calls: dict[Feature, int]


class Usage(NamedTuple):
    """What an owner stores now, and the months since the first upload, newest first.

    `images` and `bytes` include those in the trash: `trashed_images` and `trashed_bytes`. They do
    not include what outstanding uploads reserve: `reserved_images` and `reserved_bytes`.
    """

    images: int
    bytes: int
    months: list[MonthlyUsage]
    trashed_images: int = 0
    trashed_bytes: int = 0
    reserved_images: int = 0
    reserved_bytes: int = 0

    def calls_in(self, month: str) -> int:
        """Return the number of paid calls in a month, for all features."""
        return sum(sum(each.calls.values()) for each in self.months if each.month == month)


class UsageTable(Protocol):
    """Usage by owner and month. `ImageTable` maintains it."""

    async def read(self, owner: str) -> Usage:
        """Return what the owner stores now, and the usage by month."""

    async def reserve(self, reservation: Reservation, quotas: Quotas) -> None:
        """Reserve an image for an upload, if it fits into the quotas with all other reservations.

        The image takes its place when it arrives; `ImageTable.remove` gives it back. A caller that
        does not create the image calls `give_back`. Raises `StorageFull`, `TooManyUploads`.
        """

    async def give_back(self, reservation: Reservation) -> None:
        """End a reservation of which no image was created."""
