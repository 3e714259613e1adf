"""Delete an image with everything that belongs to it."""

from dataclasses import dataclass

from sightline.domain.albums import AlbumKey
from sightline.domain.object_keys import ImageKey, original_key, rendition_prefix
from sightline.ports.album_table import AlbumTable
from sightline.ports.image_table import ImageTable
from sightline.ports.object_store import ObjectStore


@dataclass(frozen=True, slots=True)
class ImageDeleter:
    """Deletes the row, index entries, counts, album entries, original and renditions of images."""

    images: ImageTable
    albums: AlbumTable
    originals: ObjectStore
    renditions: ObjectStore

    async def delete(self, key: ImageKey) -> None:
        """Delete an image; everything is gone when this returns.

        The row is marked first and removed last: an interrupted call can be repeated, and work in
        progress cannot bring anything back. Raises `ImageNotFound`.
        """
        image = await self.images.begin_deletion(key)
        await self.renditions.delete_all(rendition_prefix(key))
        await self.originals.delete(original_key(key))
        for album_id in image.albums:
            await self.albums.remove_images(AlbumKey(key.owner, album_id), [key.image_id])
        await self.images.remove(image)
