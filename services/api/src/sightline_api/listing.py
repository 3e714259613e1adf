"""Listing an owner's images, all or some."""

from dataclasses import dataclass
from datetime import UTC, datetime

from sightline.identifiers import first_image_id
from sightline.images import Image, Status
from sightline.table import ImageTable, Page

#: Images read at once where some are passed over, and in all for one page. A page that ends there
#: may be short, or empty; its cursor goes on.
READ = 100
MAX_READ = 1_000


@dataclass(frozen=True, slots=True)
class Filter:
    """Which images are meant. Ranges include their beginning and exclude their end.

    A time without an offset, as most cameras write it, counts as UTC.
    """

    status: Status | None = None
    created_from: datetime | None = None
    created_until: datetime | None = None
    taken_from: datetime | None = None
    taken_until: datetime | None = None

    def passes_over(self) -> bool:
        """Whether an image may have to be read to see that it is not meant."""
        return any((self.status, self.taken_from, self.taken_until))

    def means(self, image: Image) -> bool:
        if self.status is not None and image.status is not self.status:
            return False
        if self.taken_from is None and self.taken_until is None:
            return True
        developed = image.renditions.result
        taken_at = developed.capture.taken_at if developed else None
        return taken_at is not None and self._holds(_in_utc(taken_at))

    def _holds(self, taken_at: datetime) -> bool:
        if self.taken_from is not None and taken_at < _in_utc(self.taken_from):
            return False
        return self.taken_until is None or taken_at < _in_utc(self.taken_until)


async def list_some(
    table: ImageTable, owner: str, chosen: Filter, limit: int, before: str | None
) -> Page:
    """At most `limit` of the images that are meant, newest first, older than `before`."""
    oldest = chosen.created_from
    down_to = None if oldest is None else first_image_id(_in_utc(oldest))
    if chosen.created_until is not None:
        end = first_image_id(_in_utc(chosen.created_until))
        before = end if before is None else min(before, end)
    if not chosen.passes_over():
        return await table.page(owner, limit, before, down_to)
    found: list[Image] = []
    for _ in range(MAX_READ // READ):
        page = await table.page(owner, READ, before, down_to)
        for image in page.images:
            if chosen.means(image):
                if len(found) == limit:
                    return Page(found, found[-1].image_id)
                found.append(image)
        before = page.next_before
        if before is None:
            break
    return Page(found, before)


def _in_utc(at: datetime) -> datetime:
    return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
