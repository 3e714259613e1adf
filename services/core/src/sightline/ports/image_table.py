"""The table of images: the port, and what it returns or raises."""

from collections.abc import Sequence
from typing import NamedTuple, Protocol

from sightline.domain.images import Image
from sightline.domain.object_keys import ImageKey
from sightline.domain.sort_order import SortOrder
from sightline.domain.summaries import ImageSummary


class ImageNotFound(Exception):
    """The image does not exist, is in the trash or is being deleted, without distinction."""


class ImagePage(NamedTuple):
    """A page of images, newest first; `next_before` continues it, and is None on the last page."""

    images: list[Image]
    next_before: str | None


class SummaryPage(NamedTuple):
    """A page of summaries; the next page follows the id `next_after`, None on the last page."""

    images: list[ImageSummary]
    next_after: str | None


class ImageTable(Protocol):
    """Images by owner and time. Lists leave out those in the trash.

    Everything derived from an image (the label and word index, label counts, usage, the recognition
    cache) changes in the same transaction as the image, so it never disagrees with it. The ports
    `ImageIndex`, `UsageTable` and `RecognitionCache` read it.
    """

    async def create(self, image: Image) -> None:
        """Add a new image; idempotent. Raises `Conflict` if another image has the id."""

    async def get(self, key: ImageKey) -> Image:
        """Return the image as last written. Raises `ImageNotFound`, also for one in the trash."""

    async def get_stored(self, key: ImageKey) -> Image:
        """Return the image as last written, also one in the trash. Raises `ImageNotFound`."""

    async def get_many(self, owner: str, image_ids: Sequence[str]) -> list[Image]:
        """Return those of up to 100 images that exist, in the requested order."""

    async def get_summaries(self, owner: str, image_ids: Sequence[str]) -> list[ImageSummary]:
        """Return the summaries of those of up to 100 images that exist, in the requested order."""

    async def page(self, owner: str, limit: int, before: str | None = None) -> ImagePage:
        """Return at most `limit` of the owner's images that are older than the id `before`."""

    async def page_summaries(
        self,
        owner: str,
        limit: int,
        before: str | None = None,
        down_to: str | None = None,
        order: SortOrder = SortOrder.NEWEST,
    ) -> SummaryPage:
        """Return the first `limit` summaries of the owner's images in this order.

        They are older than the image id `before`, and not older than `down_to`.
        """

    async def store(self, before: Image, after: Image) -> None:
        """Write the parts, details and home in which `after` differs, and what derives from them.

        Raises `Conflict`, and writes nothing, if one of `find_preconditions` or the home changed
        since `before`, or the image was deleted.
        """

    async def begin_deletion(self, key: ImageKey, revision: int | None = None) -> Image:
        """Hide the image and forbid every later `store`; idempotent.

        With `revision`, only while the details have it. Raises `ImageNotFound` if there is no row,
        and `Conflict` if the details have another revision.
        """

    async def remove(self, image: Image) -> None:
        """Remove an image that is being deleted, with its index entries and counts; idempotent."""

    async def list_ids(self, owner: str, limit: int) -> list[str]:
        """Return the newest ids of the owner's images, hidden ones included."""
