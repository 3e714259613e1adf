"""List the images of a shared album in its order."""

from dataclasses import dataclass
from typing import NamedTuple

from sightline.domain.albums import Album, AlbumSort
from sightline.domain.object_keys import ImageKey
from sightline.domain.share_links import ShareLink
from sightline.domain.summaries import ImageSummary
from sightline.ports.album_table import AlbumTable
from sightline.ports.image_table import ImageNotFound, ImageTable
from sightline_api.images.album_listing import (
    decode_album_cursor,
    encode_album_cursor,
    read_album_sort,
)
from sightline_api.pagination import decode_image_cursor, encode_cursor
from sightline_api.problems import InvalidCursor
from sightline_api.sharing.hidden_cursors import decode_hidden_cursor, encode_hidden_cursor
from sightline_api.sharing.visibility import is_visible


class SharedPage(NamedTuple):
    """A page of what a link shows; None on the last page."""

    images: list[ImageSummary]
    next_cursor: str | None


@dataclass(frozen=True, slots=True)
class SharedListing:
    """Lists the images of an album for the visitors of a link."""

    albums: AlbumTable
    images: ImageTable
    album: Album
    link: ShareLink

    async def page(self, limit: int, cursor: str | None) -> SharedPage:
        """Return the visible ones of the next `limit` images. Raises `InvalidCursor`."""
        sort, after = await self._start(cursor)
        entries = await self.albums.list_entries(self.album.key, sort, limit + 1, after)
        ids = [entry.image_id for entry in entries[:limit]]
        found = await self.images.get_summaries(self.album.owner, ids)
        following = None
        if len(entries) > limit:
            following = self._encode(ids[-1], entries[limit - 1].position, sort)
        return SharedPage([image for image in found if is_visible(image)], following)

    async def _start(self, cursor: str | None) -> tuple[AlbumSort, str | None]:
        """Return the order of the list, and the position after which the page starts."""
        if cursor is None:
            return self.album.sort, None
        if hidden := decode_hidden_cursor(cursor):
            return hidden.sort, await self._read_position(encode_cursor(hidden.image_id))
        sort = await read_album_sort(self.albums, self.album.key, cursor)
        return sort, decode_album_cursor(cursor, sort)

    def _encode(self, image_id: str, position: str, sort: AlbumSort) -> str:
        """Return the cursor of a position. It shows the time of capture only if the link does."""
        if self.link.metadata or sort.is_by_upload or sort is AlbumSort.MANUAL:
            return encode_album_cursor(position, sort)
        return encode_hidden_cursor(sort, image_id)

    async def _read_position(self, cursor: str) -> str:
        """Return the position of an image by the time of capture, also of one in the trash.

        Raises `InvalidCursor` if the image was deleted.
        """
        key = ImageKey(self.album.owner, decode_image_cursor(cursor))
        try:
            image = await self.images.get_stored(key)
        except ImageNotFound:
            raise InvalidCursor from None
        return image.capture_position
