"""The port of the table that keeps albums."""

from collections.abc import Sequence
from typing import NamedTuple, Protocol

from sightline.domain.albums import Album, AlbumKey


class AlbumPage(NamedTuple):
    """Some albums, newest first; `next_before` continues the listing, None at its end."""

    albums: list[Album]
    next_before: str | None


class AddedImages(NamedTuple):
    """Of the images that were to be added: those in the album now, and those in too many."""

    inside: frozenset[str]
    full: frozenset[str]


class AlbumTable(Protocol):
    """Albums by owner and time. An album's count, its list of images and what each image says of
    its albums change in the same transaction."""

    async def create(self, album: Album) -> None:
        """Add a new album; repeatable. Raises `Conflict` where another one has the id."""

    async def get(self, key: AlbumKey) -> Album:
        """The album as last written. Raises `AlbumNotFound`."""

    async def page(self, owner: str, limit: int, before: str | None = None) -> AlbumPage:
        """At most `limit` of the owner's albums that are older than the album id `before`."""

    async def list_ids(self, owner: str, limit: int) -> list[str]:
        """The newest of the owner's albums, those in deletion among them: all that has a row."""

    async def update(self, before: Album, after: Album) -> None:
        """Write another title or cover, unless the album has changed since `before`.

        Raises `Conflict`, also where the album has gone, and `NotInAlbum`.
        """

    async def add(self, key: AlbumKey, image_ids: Sequence[str]) -> AddedImages:
        """Put images of the same owner into the album; repeatable. Raises `AlbumNotFound`,
        and `Conflict` where the album is contended."""

    async def take(self, key: AlbumKey, image_ids: Sequence[str]) -> frozenset[str]:
        """Take images out, those included whose deletion has begun; answers which were inside.

        Raises `Conflict` where the album is contended.
        """

    async def begin_deletion(self, key: AlbumKey) -> Album:
        """Hide the album from everyone and forbid every later change but `take`; repeatable.

        Raises `AlbumNotFound` where there is no row at all.
        """

    async def remove(self, album: Album) -> None:
        """Take everything out of an album whose deletion has begun, then remove it; repeatable."""
