"""Erasing all that an owner has, a piece at a time."""

import asyncio
from contextlib import suppress

from sightline.deletion import delete_image
from sightline.domain.albums import AlbumKey, AlbumNotFound
from sightline.domain.object_keys import ImageKey, owned_prefixes
from sightline.ports.album_table import AlbumTable
from sightline.ports.image_table import ImageNotFound, ImageTable
from sightline.ports.object_store import ObjectStore
from sightline_api.concurrency import AT_ONCE, each_of
from sightline_api.events.publisher import ChangePublisher

#: What is left is counted up to here.
COUNTED = 1_000


async def erase_some(
    owner: str,
    table: ImageTable,
    albums: AlbumTable,
    originals: ObjectStore,
    renditions: ObjectStore,
    announce: ChangePublisher,
    seconds: float,
) -> int:
    """Erase for about so long; answers how many images and albums are left, 0 when all is gone.

    Nothing needs to be remembered in between: each call takes what it finds.
    """

    async def remove_album(album_id: str) -> None:
        key = AlbumKey(owner, album_id)
        # Another call may be at the same.
        with suppress(AlbumNotFound):
            await albums.remove(await albums.begin_deletion(key))
        announce.album(key, "deleted")

    async def remove_image(image_id: str) -> None:
        key = ImageKey(owner, image_id)
        with suppress(ImageNotFound):
            await delete_image(key, table, albums, originals, renditions)
        announce.image(key, "deleted")

    clock = asyncio.get_running_loop().time
    until = clock() + seconds
    # Albums first: an image that is in none is quicker to remove.
    while ids := await albums.list_ids(owner, AT_ONCE):
        if clock() > until:
            return await _count(owner, table, albums)
        await each_of(ids, remove_album)
    while ids := await table.list_ids(owner, AT_ONCE):
        if clock() > until:
            return await _count(owner, table, albums)
        await each_of(ids, remove_image)
    # What was uploaded for a ticket whose row is gone already, and what counted the rest.
    of_originals, of_renditions = owned_prefixes(owner)
    await originals.delete_all(of_originals)
    await renditions.delete_all(of_renditions)
    await table.forget(owner)
    return 0


async def _count(owner: str, table: ImageTable, albums: AlbumTable) -> int:
    images = await table.list_ids(owner, COUNTED)
    return len(images) + len(await albums.list_ids(owner, COUNTED))
