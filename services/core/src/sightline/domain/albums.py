"""Albums: sets of images of one owner."""

from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from sightline.domain.model import Value

#: Albums that one image may belong to: each is named in the row of the image.
MAX_ALBUMS = 100


class AlbumSort(StrEnum):
    """The order of the images of an album.

    By the time of upload or of capture, as lists are; or as the owner arranged them.
    """

    UPLOADED_NEWEST = "uploaded_newest"
    UPLOADED_OLDEST = "uploaded_oldest"
    TAKEN_NEWEST = "taken_newest"
    TAKEN_OLDEST = "taken_oldest"
    MANUAL = "manual"

    @property
    def is_ascending(self) -> bool:
        """Whether positions increase from one image to the next."""
        return self not in {AlbumSort.UPLOADED_NEWEST, AlbumSort.TAKEN_NEWEST}

    @property
    def is_by_upload(self) -> bool:
        """Whether the position of an image is its id."""
        return self in {AlbumSort.UPLOADED_NEWEST, AlbumSort.UPLOADED_OLDEST}


class MoveSide(StrEnum):
    """The side of another image to which images of an album are moved."""

    BEFORE = "before"
    AFTER = "after"


class AlbumKey(NamedTuple):
    """The owner and the id of an album."""

    owner: str
    album_id: str


class AlbumNotFound(Exception):
    """The album does not exist or is being deleted; callers cannot distinguish the two."""


class NotInAlbum(Exception):
    """An image that a change of an album refers to does not belong to it."""


class Album(Value):
    """A set of images with a title, shown in the order of `sort`.

    `images` is their number, and `cover_id` the cover that the owner chose. `revision` counts every
    change, also those of the contents. `deleted_at` marks an album that is being deleted: only the
    deletion itself still sees it.
    """

    owner: str
    album_id: str
    title: str
    description: str | None = None
    sort: AlbumSort = AlbumSort.UPLOADED_NEWEST
    created_at: datetime
    updated_at: datetime
    revision: int = 0
    images: int = 0
    cover_id: str | None = None
    deleted_at: datetime | None = None

    @property
    def key(self) -> AlbumKey:
        return AlbumKey(self.owner, self.album_id)
