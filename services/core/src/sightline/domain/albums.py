"""Albums: sets of images of one owner."""

from datetime import datetime
from typing import NamedTuple

from sightline.domain.model import Value

#: Albums that one image may belong to: each is named in the row of the image.
MAX_ALBUMS = 100


class AlbumKey(NamedTuple):
    """The owner and the id of an album."""

    owner: str
    album_id: str


class AlbumNotFound(Exception):
    """The album does not exist or is being deleted; callers cannot distinguish the two."""


class NotInAlbum(Exception):
    """The image chosen as the cover of an album does not belong to it."""


class Album(Value):
    """A set of images with a title.

    `images` is their number, and `cover_id` the cover that the owner chose. `revision` counts every
    change, also those of the contents. `deleted_at` marks an album that is being deleted: only the
    deletion itself still sees it.
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
