"""Albums: sets of an owner's images, and the port of the table that keeps them."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple, Protocol

from sightline.domain.model import Value

#: Albums that one image may be in: each is named in the image's row.
MAX_ALBUMS = 100


class AlbumKey(NamedTuple):
    """Which album of whom."""

    owner: str
    album_id: str


class AlbumNotFound(Exception):
    """No such album, or its deletion has begun; the two are not told apart."""


class NotInAlbum(Exception):
    """The image that is to be an album's cover is not in it."""


class Album(Value):
    """A set of images with a title.

    `images` is how many there are, `cover_id` the one that the owner chose to stand for all.
    `revision` counts every change, of its images too. `deleted_at` marks an album whose deletion
    has begun: to everyone but the deletion itself it is gone.
    """

    owner: str
    album_id: str
    title: str
    created_at: datetime
    updated_at: datetime
    revision: int = 0
    images: int = 0
    cover_id: str | None = None
    deleted_at: datetime | None = None

    @property
    def key(self) -> AlbumKey:
        return AlbumKey(self.owner, self.album_id)


class AlbumPage(NamedTuple):
    """Some albums, newest first; `next_before` continues the listing, None at its end."""

    albums: list[Album]
    next_before: str | None


class Added(NamedTuple):
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

    async def add(self, key: AlbumKey, image_ids: Sequence[str]) -> Added:
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
