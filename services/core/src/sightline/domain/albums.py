"""Albums: sets of an owner's images, and the port of the table that keeps them."""

from datetime import datetime
from typing import NamedTuple

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
