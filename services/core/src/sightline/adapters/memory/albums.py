"""The table of albums in memory."""

from collections.abc import Sequence

from sightline.adapters.memory.entries import select_page
from sightline.adapters.memory.state import MemoryState
from sightline.domain.albums import (
    MAX_ALBUMS,
    Album,
    AlbumKey,
    AlbumNotFound,
    AlbumSort,
    MoveSide,
    NotInAlbum,
)
from sightline.domain.clock import now
from sightline.domain.object_keys import ImageKey
from sightline.domain.ranks import (
    MAX_RANK_LENGTH,
    MAX_RESPACED_IMAGES,
    RANK_LIMIT,
    NoRoom,
    manual_position,
    new_ranks,
    place_ranks,
    respace,
)
from sightline.optimistic import Conflict
from sightline.ports.album_table import AddedImages, AlbumEntry, AlbumPage


class MemoryAlbumTable:
    """`AlbumTable` in a dictionary; each image names the albums that it belongs to."""

    def __init__(self, state: MemoryState) -> None:
        self._images = state.images
        self._albums = state.albums
        self._ranks = state.album_ranks

    async def create(self, album: Album) -> None:
        if self._albums.get(album.key, album) != album:
            raise Conflict
        self._albums[album.key] = album

    async def get(self, key: AlbumKey) -> Album:
        album = self._albums.get(key)
        if album is None or album.deleted_at is not None:
            raise AlbumNotFound(key.album_id)
        return album

    async def page(self, owner: str, limit: int, before: str | None = None) -> AlbumPage:
        older = sorted(
            (
                album
                for album in self._albums.values()
                if album.owner == owner
                and album.deleted_at is None
                and (before is None or album.album_id < before)
            ),
            key=lambda album: album.album_id,
            reverse=True,
        )
        more = len(older) > limit
        return AlbumPage(older[:limit], older[limit - 1].album_id if more else None)

    async def list_ids(self, owner: str, limit: int) -> list[str]:
        owned = [key.album_id for key in self._albums if key.owner == owner]
        return sorted(owned, reverse=True)[:limit]

    async def update(self, before: Album, after: Album) -> None:
        current = self._albums.get(before.key)
        if current is None or current.deleted_at is not None:
            raise Conflict
        if current.revision != before.revision:
            raise Conflict
        if after.cover_id is not None and after.cover_id != before.cover_id:
            image = self._images.get(ImageKey(before.owner, after.cover_id))
            if image is None or before.album_id not in image.albums:
                raise NotInAlbum(after.cover_id)
        self._change(
            current,
            title=after.title,
            description=after.description,
            sort=after.sort,
            cover_id=after.cover_id,
        )

    async def add_images(self, key: AlbumKey, image_ids: Sequence[str]) -> AddedImages:
        album = await self.get(key)
        inside, full = set(), set()
        new = 0
        for image_id in dict.fromkeys(image_ids):
            image = self._images.get(ImageKey(key.owner, image_id))
            if image is None or image.is_hidden:
                continue
            if key.album_id not in image.albums:
                if len(image.albums) >= MAX_ALBUMS:
                    full.add(image_id)
                    continue
                albums = image.albums | {key.album_id}
                kept = {"albums": albums, "expires_at": None}
                self._images[image.key] = image.model_copy(update=kept)
                (self._ranks[key, image_id],) = new_ranks(1)
                new += 1
            inside.add(image_id)
        if new:
            self._change(album, images=album.images + new)
        return AddedImages(frozenset(inside), frozenset(full))

    async def remove_images(self, key: AlbumKey, image_ids: Sequence[str]) -> frozenset[str]:
        removed = set()
        for image_id in image_ids:
            image = self._images.get(ImageKey(key.owner, image_id))
            if image is not None and key.album_id in image.albums:
                albums = image.albums - {key.album_id}
                self._images[image.key] = image.model_copy(update={"albums": albums})
                self._ranks.pop((key, image_id), None)
                removed.add(image_id)
        album = self._albums.get(key)
        if removed and album is not None:
            cover_id = None if album.cover_id in removed else album.cover_id
            self._change(album, images=album.images - len(removed), cover_id=cover_id)
        return frozenset(removed)

    async def list_entries(
        self, key: AlbumKey, sort: AlbumSort, limit: int, after: str | None = None
    ) -> list[AlbumEntry]:
        if sort is AlbumSort.MANUAL:
            entries = [
                AlbumEntry(image_id, manual_position(rank, image_id))
                for image_id, rank in self._list_ranks(key)
            ]
        else:
            entries = [
                AlbumEntry(image.image_id, position)
                for image in self._images.values()
                if image.owner == key.owner and key.album_id in image.albums
                if (position := image.image_id if sort.is_by_upload else image.album_position)
            ]
        return select_page(entries, sort, after, limit)

    async def move_images(
        self, key: AlbumKey, image_ids: Sequence[str], anchor: str, side: MoveSide
    ) -> frozenset[str]:
        await self.get(key)
        if (key, anchor) not in self._ranks:
            raise NotInAlbum(anchor)
        moved = [each for each in dict.fromkeys(image_ids) if (key, each) in self._ranks]
        moved = [each for each in moved if each != anchor]
        try:
            try:
                ranks = self._place(key, moved, anchor, side, MAX_RANK_LENGTH)
            except NoRoom:
                self._respace(key, anchor, side)
                ranks = self._place(key, moved, anchor, side, RANK_LIMIT)
        except NoRoom as error:
            raise Conflict from error
        for image_id, rank in zip(moved, ranks, strict=True):
            self._ranks[key, image_id] = rank
        return frozenset(moved)

    async def suspend_images(self, key: AlbumKey, image_ids: Sequence[str]) -> None:
        album = self._albums.get(key)
        for image_id in image_ids:
            image = self._images.get(ImageKey(key.owner, image_id))
            if image is None or not image.is_trashed or key.album_id not in image.albums:
                continue
            changes: dict[str, object] = {"trashed_albums": image.trashed_albums | {key.album_id}}
            if album is not None and album.cover_id == image_id:
                changes["trashed_covers"] = image.trashed_covers | {key.album_id}
            if rank := self._ranks.get((key, image_id)):
                changes["trashed_ranks"] = image.trashed_ranks | {f"{key.album_id}:{rank}"}
            self._images[image.key] = image.model_copy(update=changes)
            await self.remove_images(key, [image_id])

    async def resume_images(self, key: AlbumKey, image_ids: Sequence[str]) -> None:
        for image_id in image_ids:
            image = self._images.get(ImageKey(key.owner, image_id))
            if image is None or image.is_hidden or key.album_id not in image.trashed_albums:
                continue
            was_cover = key.album_id in image.trashed_covers
            left = {
                "trashed_albums": image.trashed_albums - {key.album_id},
                "trashed_covers": image.trashed_covers - {key.album_id},
                "trashed_ranks": image.without_trashed_rank(key.album_id),
            }
            self._images[image.key] = image.model_copy(update=left)
            try:
                added = await self.add_images(key, [image_id])
            except AlbumNotFound:
                continue
            if (rank := image.trashed_rank(key.album_id)) and image_id in added.inside:
                self._ranks[key, image_id] = rank
            album = self._albums[key]
            if was_cover and album.cover_id is None and image_id in added.inside:
                self._albums[key] = album.model_copy(update={"cover_id": image_id})

    async def begin_deletion(self, key: AlbumKey) -> Album:
        album = self._albums.get(key)
        if album is None:
            raise AlbumNotFound(key.album_id)
        hidden = album.model_copy(update={"deleted_at": album.deleted_at or now()})
        self._albums[key] = hidden
        return hidden

    async def remove(self, album: Album) -> None:
        current = self._albums.get(album.key)
        if current is not None and current.deleted_at is not None:
            await self.remove_images(
                album.key, [key.image_id for key in self._images if key.owner == album.owner]
            )
            del self._albums[album.key]

    def _list_ranks(self, key: AlbumKey) -> list[tuple[str, str]]:
        """Return the images of an album in manual order, with their ranks."""
        ranks = [
            (rank, image_id) for (album, image_id), rank in self._ranks.items() if album == key
        ]
        return [(image_id, rank) for rank, image_id in sorted(ranks)]

    def _place(
        self, key: AlbumKey, moved: Sequence[str], anchor: str, side: MoveSide, limit: int
    ) -> list[str]:
        """Return the ranks of the moved images. Raises `NoRoom`."""
        others = [each for each in self._list_ranks(key) if each[0] not in moved]
        at = [image_id for image_id, _ in others].index(anchor) + (side is MoveSide.AFTER)
        low = others[at - 1][1] if at else ""
        high = others[at][1] if at < len(others) else None
        return place_ranks(low, high, len(moved), limit)

    def _respace(self, key: AlbumKey, anchor: str, side: MoveSide) -> None:
        """Space the images around a gap evenly. Raises `NoRoom`."""
        images = self._list_ranks(key)
        at = [image_id for image_id, _ in images].index(anchor) + (side is MoveSide.AFTER)
        size = MAX_RESPACED_IMAGES // 2 + 1
        for image_id, _, rank in respace(images[max(0, at - size) : at], images[at : at + size]):
            self._ranks[key, image_id] = rank

    def _change(self, album: Album, **changes: object) -> None:
        moved = {**changes, "revision": album.revision + 1, "updated_at": now()}
        self._albums[album.key] = album.model_copy(update=moved)
