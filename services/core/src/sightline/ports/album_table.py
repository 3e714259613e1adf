"""The table of albums: the port."""

from collections.abc import Sequence
from typing import NamedTuple, Protocol

from sightline.domain.albums import Album, AlbumKey, AlbumSort, MoveSide


class AlbumPage(NamedTuple):
    """A page of albums, newest first; `next_before` continues it, None on the last page."""

    albums: list[Album]
    next_before: str | None


class AddedImages(NamedTuple):
    """Images that are in the album now, and images that are in too many albums already."""

    inside: frozenset[str]
    full: frozenset[str]


class AlbumEntry(NamedTuple):
    """An image of an album, and its position in one of the album's orders."""

    image_id: str
    position: str


class AlbumTable(Protocol):
    """Albums by owner and time.

    The count of an album, its list of images, and the albums in each image's row change in the same
    transaction.
    """

    async def create(self, album: Album) -> None:
        """Add a new album; idempotent. Raises `Conflict` if another album has the id."""

    async def get(self, key: AlbumKey) -> Album:
        """Return the album as last written. Raises `AlbumNotFound`."""

    async def page(self, owner: str, limit: int, before: str | None = None) -> AlbumPage:
        """Return at most `limit` of the owner's albums that are older than the id `before`."""

    async def list_ids(self, owner: str, limit: int) -> list[str]:
        """Return the newest ids of the owner's albums, including those being deleted."""

    async def update(self, before: Album, after: Album) -> None:
        """Write other details or another cover unless the album changed since `before`.

        Raises `Conflict`, also if the album was deleted, and `NotInAlbum`.
        """

    async def add_images(self, key: AlbumKey, image_ids: Sequence[str]) -> AddedImages:
        """Add images of the same owner to the album; idempotent.

        Raises `AlbumNotFound`, and `Conflict` if the album is contended.
        """

    async def remove_images(self, key: AlbumKey, image_ids: Sequence[str]) -> frozenset[str]:
        """Remove images from the album, also those being deleted; return those that were in it.

        Raises `Conflict` if the album is contended.
        """

    async def list_entries(
        self, key: AlbumKey, sort: AlbumSort, limit: int, after: str | None = None
    ) -> list[AlbumEntry]:
        """Return the first `limit` images that follow the position `after` in this order.

        By the time of capture, only images whose processing has begun. In manual order, images that
        members added are among them, and only there. Images that are being deleted may be among
        them. An album that does not exist has none.
        """

    async def move_images(
        self, key: AlbumKey, image_ids: Sequence[str], anchor: str, side: MoveSide
    ) -> frozenset[str]:
        """Move up to 100 images next to another one, in this order; return those in the album.

        They include images that members added. Only their manual order changes. Raises
        `AlbumNotFound`, `NotInAlbum` for the anchor, and `Conflict` if the album is contended.
        """

    async def suspend_images(self, key: AlbumKey, image_ids: Sequence[str]) -> None:
        """Remove images in the trash from the album, which their rows keep for `resume_images`.

        Images that are not in the trash stay. Raises `Conflict` if the album is contended.
        """

    async def resume_images(self, key: AlbumKey, image_ids: Sequence[str]) -> None:
        """Add images to the album that were removed when they were moved to the trash.

        An image that was the cover becomes it again, unless the album has another one. If the album
        does not exist any more, the rows forget it. Images in the trash stay as they are. Raises
        `Conflict` if the album is contended.
        """

    async def begin_deletion(self, key: AlbumKey) -> Album:
        """Hide the album and forbid every later change but `remove_images`; idempotent.

        Raises `AlbumNotFound` if there is no row.
        """

    async def remove(self, album: Album) -> None:
        """Empty an album that is being deleted, then remove it; idempotent."""
