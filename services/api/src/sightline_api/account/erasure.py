"""Erase everything of an owner, a part at each call."""

import asyncio
from contextlib import suppress
from dataclasses import dataclass

from sightline.deletion import ImageDeleter
from sightline.domain.albums import AlbumKey, AlbumNotFound
from sightline.domain.object_keys import ImageKey, owned_prefixes
from sightline.member_removal import MemberRemover
from sightline.ports.image_table import ImageNotFound
from sightline.ports.owner_data import OwnerData
from sightline_api.concurrency import MAX_CONCURRENCY, map_concurrently
from sightline_api.events.publisher import ChangePublisher

#: Images and albums that remain are counted up to this number.
MAX_COUNT = 1_000


@dataclass(frozen=True, slots=True)
class AccountEraser:
    """Erases the albums and images of an owner, then what remains without them.

    The owner leaves the albums of others first, with the images that were added to them.

    It keeps no state between calls: each call continues with whatever still exists.
    """

    deleter: ImageDeleter
    remover: MemberRemover
    owner_data: OwnerData
    changes: ChangePublisher

    async def erase(self, owner: str, seconds: float) -> int:
        """Erase for about this time; return how many images and albums remain, 0 when done."""
        images, albums = self.deleter.images, self.deleter.albums
        clock = asyncio.get_running_loop().time
        until = clock() + seconds

        async def delete_album(album_id: str) -> None:
            await self._delete_album(AlbumKey(owner, album_id))

        async def delete_image(image_id: str) -> None:
            await self._delete_image(ImageKey(owner, image_id))

        await self.remover.leave_all(owner)
        # Albums first: images that belong to none are deleted faster.
        for table, delete in ((albums, delete_album), (images, delete_image)):
            while ids := await table.list_ids(owner, MAX_CONCURRENCY):
                if clock() > until:
                    return await self._count(owner)
                await map_concurrently(ids, delete)
        # Objects that were uploaded after their rows had expired.
        of_originals, of_renditions = owned_prefixes(owner)
        await self.deleter.originals.delete_all(of_originals)
        await self.deleter.renditions.delete_all(of_renditions)
        await self.owner_data.erase(owner)
        return 0

    async def _delete_album(self, key: AlbumKey) -> None:
        albums = self.deleter.albums
        # Another call may be deleting the same album.
        with suppress(AlbumNotFound):
            album = await albums.begin_deletion(key)
            await self.remover.remove_all(key)
            await albums.remove(album)
        self.changes.album(key, "deleted")

    async def _delete_image(self, key: ImageKey) -> None:
        with suppress(ImageNotFound):
            await self.deleter.delete(key)
        self.changes.image(key, "deleted")

    async def _count(self, owner: str) -> int:
        images = await self.deleter.images.list_ids(owner, MAX_COUNT)
        albums = await self.deleter.albums.list_ids(owner, MAX_COUNT)
        return len(images) + len(albums)
