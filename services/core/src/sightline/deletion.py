"""Deleting an image with all that belongs to it."""

from sightline.domain.albums import AlbumKey
from sightline.domain.object_keys import ImageKey, original_key, rendition_prefix
from sightline.ports.album_table import AlbumTable
from sightline.ports.image_table import ImageTable
from sightline.ports.object_store import ObjectStore


async def delete_image(
    key: ImageKey,
    table: ImageTable,
    albums: AlbumTable,
    originals: ObjectStore,
    renditions: ObjectStore,
) -> None:
    """Row, index, counts, albums, original and renditions; done when it returns.

    The row goes last and is marked first: a call that was cut off can be repeated, and work in
    flight cannot bring anything back. Raises `ImageNotFound`.
    """
    image = await table.begin_deletion(key)
    await renditions.delete_all(rendition_prefix(key))
    await originals.delete(original_key(key))
    for album_id in image.albums:
        await albums.take(AlbumKey(key.owner, album_id), [key.image_id])
    await table.remove(image)
