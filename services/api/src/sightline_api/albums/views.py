"""Build the views of albums with their covers."""

from collections.abc import Sequence
from dataclasses import dataclass

from sightline.domain.albums import Album, AlbumKey
from sightline.domain.states import Status
from sightline.domain.summaries import ImageSummary
from sightline.ports.image_index import ImageIndex, Term
from sightline.ports.image_table import ImageTable
from sightline_api.albums.access import AlbumAccess
from sightline_api.albums.schemas import AlbumView, CoverView
from sightline_api.concurrency import map_concurrently
from sightline_api.images.schemas import sign_links
from sightline_api.urls.signer import Signer

#: The newest images of an album among which a cover is looked for while the newest one awaits its
#: upload.
MAX_COVER_CANDIDATES = 100


@dataclass(frozen=True, slots=True)
class AlbumViews:
    """Builds views of albums; all covers are read and signed together."""

    images: ImageTable
    index: ImageIndex
    signer: Signer

    async def build(self, owner: str, albums: Sequence[Album]) -> list[AlbumView]:
        """Return a view of each album of the owner."""
        candidates = await map_concurrently(albums, self._find_cover_candidates)
        ids = [image_id for found in candidates for image_id in found]
        covers = await self._read_uploaded(owner, ids)
        for number, album in enumerate(albums):
            if album.images and not any(each in covers for each in candidates[number]):
                candidates[number] = await self._find_newest(album, MAX_COVER_CANDIDATES)
                covers |= await self._read_uploaded(owner, candidates[number])
        chosen = [
            next((covers[each] for each in found if each in covers), None) for found in candidates
        ]
        urls = await sign_links([cover for cover in chosen if cover], self.signer)
        return [
            AlbumView.of(album, CoverView.of(cover, urls) if cover else None)
            for album, cover in zip(albums, chosen, strict=True)
        ]

    async def build_accessible(self, accesses: Sequence[AlbumAccess]) -> list[AlbumView]:
        """Return a view of each album, which may belong to several owners, in this order."""
        views: dict[AlbumKey, AlbumView] = {}
        for owner in dict.fromkeys(each.album.owner for each in accesses):
            owned = [each for each in accesses if each.album.owner == owner]
            built = await self.build(owner, [each.album for each in owned])
            for access, view in zip(owned, built, strict=True):
                views[access.album.key] = view.model_copy(update={"role": access.role})
        return [views[each.album.key] for each in accesses]

    async def _find_cover_candidates(self, album: Album) -> list[str]:
        """Return the cover that the owner chose, or else the newest image."""
        if album.cover_id is not None:
            return [album.cover_id]
        return await self._find_newest(album, 1) if album.images else []

    async def _find_newest(self, album: Album, limit: int) -> list[str]:
        found = await self.index.find(album.owner, Term("album", album.album_id), limit)
        return [each.image_id for each in found]

    async def _read_uploaded(self, owner: str, ids: list[str]) -> dict[str, ImageSummary]:
        """Return the images that have been uploaded, by id."""
        found = await self.images.get_summaries(owner, ids)
        return {
            image.image_id: image for image in found if image.status is not Status.AWAITING_UPLOAD
        }
