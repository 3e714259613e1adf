"""Listing an owner's images, all or some."""

from dataclasses import dataclass
from datetime import UTC, datetime

from sightline.domain.ids import first_image_id
from sightline.domain.images import Image, Status
from sightline.ports.image_table import ImagePage, ImageTable
from sightline_api.images.index_search import Query, find_images

#: Images read at once where some are passed over, and in all for one page. A page that ends there
#: may be short, or empty; its cursor goes on.
READ = 100
MAX_READ = 1_000


@dataclass(frozen=True, slots=True)
class Filter:
    """Which images are meant: those that the query finds, if there is one, of them those that all
    else holds of. Ranges include their beginning and exclude their end.

    A time without an offset, as most cameras write it, counts as UTC.
    """

    query: Query | None = None
    status: Status | None = None
    created_from: datetime | None = None
    created_until: datetime | None = None
    taken_from: datetime | None = None
    taken_until: datetime | None = None

    def passes_over(self) -> bool:
        """Whether an image may have to be read to see that it is not meant."""
        worded = self.query is not None and self.query.words
        return any((self.status, self.taken_from, self.taken_until, worded))

    def means(self, image: Image) -> bool:
        if self.status is not None and image.status is not self.status:
            return False
        if self.query is not None and not self.query.means(image):
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
) -> ImagePage:
    """At most `limit` of the images that are meant, newest first, older than `before`."""
    oldest = chosen.created_from
    down_to = None if oldest is None else first_image_id(_in_utc(oldest))
    if chosen.created_until is not None:
        end = first_image_id(_in_utc(chosen.created_until))
        before = end if before is None else min(before, end)
    # Where nothing is passed over, what is read is just the page.
    size = READ if chosen.passes_over() else limit
    found: list[Image] = []
    for _ in range(MAX_READ // READ):
        page = await _read(table, owner, chosen.query, size, before, down_to)
        before = page.next_before
        for image in filter(chosen.means, page.images):
            if len(found) == limit:
                return ImagePage(found, found[-1].image_id)
            found.append(image)
        if before is None or (size == limit == len(found)):
            break
    return ImagePage(found, before)


async def _read(
    table: ImageTable,
    owner: str,
    query: Query | None,
    size: int,
    before: str | None,
    down_to: str | None,
) -> ImagePage:
    """The next images in time that the query finds, or all of them."""
    if query is None:
        return await table.page(owner, size, before, down_to)
    ids: list[str] = []
    async for image_id in find_images(table, owner, query, before):
        if len(ids) == size:
            return ImagePage(await table.get_many(owner, ids), ids[-1])
        if down_to is not None and image_id < down_to:
            break
        ids.append(image_id)
    return ImagePage(await table.get_many(owner, ids), None)


def _in_utc(at: datetime) -> datetime:
    return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
