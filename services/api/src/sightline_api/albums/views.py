"""Build the views of albums with their covers."""

from collections.abc import Sequence
from dataclasses import dataclass

from sightline.domain.albums import Album
from sightline.ports.image_index import ImageIndex, Term
from sightline.ports.image_table import ImageTable
from sightline_api.albums.schemas import AlbumView, CoverView
from sightline_api.concurrency import map_concurrently
from sightline_api.images.schemas import sign_links
from sightline_api.urls.signer import Signer


@dataclass(frozen=True, slots=True)
class AlbumViews:
    """Builds views of albums; all covers are read and signed together."""

    images: ImageTable
    index: ImageIndex
    signer: Signer

    async def build(self, owner: str, albums: Sequence[Album]) -> list[AlbumView]:
        """Return a view of each album of the owner."""
        cover_ids = await map_concurrently(albums, self._choose_cover)
        summaries = await self.images.get_summaries(owner, [each for each in cover_ids if each])
        urls = await sign_links(summaries, self.signer)
        covers = {image.image_id: CoverView.of(image, urls) for image in summaries}
        return [
            AlbumView.of(album, covers.get(cover_id or ""))
            for album, cover_id in zip(albums, cover_ids, strict=True)
        ]

    async def _choose_cover(self, album: Album) -> str | None:
        """Return the cover that the owner chose, or else the newest image."""
        if album.cover_id is not None or not album.images:
            return album.cover_id
        newest = await self.index.find(album.owner, Term("album", album.album_id), 1)
        return newest[0].image_id if newest else None
