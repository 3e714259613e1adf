"""Delete an image with everything that belongs to it, or move it to the trash and back."""

from dataclasses import dataclass

from sightline.domain.albums import AlbumKey
from sightline.domain.clock import now
from sightline.domain.images import Image
from sightline.domain.object_keys import ImageKey, original_key, rendition_prefix
from sightline.optimistic import retry_conflicts
from sightline.ports.album_table import AlbumTable
from sightline.ports.contribution_table import ContributionTable
from sightline.ports.image_table import ImageNotFound, ImageTable
from sightline.ports.object_store import ObjectStore

#: Days for which the trash keeps an image by default.
TRASH_DAYS = 30


@dataclass(frozen=True, slots=True)
class ImageDeleter:
    """Deletes the row, index entries, counts, album entries, original and renditions of images.

    Images that were added to albums of other owners leave them.
    """

    images: ImageTable
    albums: AlbumTable
    originals: ObjectStore
    renditions: ObjectStore
    contributions: ContributionTable

    async def delete(self, key: ImageKey, revision: int | None = None) -> None:
        """Delete an image; everything is gone when this returns.

        The row is marked first and removed last: an interrupted call can be repeated, and work in
        progress cannot bring anything back. With `revision`, only while the details have it, so
        that an image which is restored meanwhile stays. Raises `ImageNotFound`, and `Conflict` for
        another revision.
        """
        image = await self.images.begin_deletion(key, revision)
        await self.renditions.delete_all(rendition_prefix(key))
        await self.originals.delete(original_key(key))
        for album_id in image.albums:
            await self.albums.remove_images(AlbumKey(key.owner, album_id), [key.image_id])
        for album in await self.contributions.list_albums(key):
            await self.contributions.remove(album, [key.image_id])
        await self.images.remove(image)


@dataclass(frozen=True, slots=True)
class ImageTrash:
    """Moves images to the trash and back.

    One transaction takes the image out of the lists, the index of labels and the counts. Albums
    follow one by one; their ids stay in the row, so that an interrupted call can be repeated.
    """

    images: ImageTable
    albums: AlbumTable

    async def move(self, key: ImageKey) -> None:
        """Move an image to the trash. Raises `ImageNotFound`, also if it is there already."""
        await self._leave_albums(await self._mark(key))

    async def restore(self, key: ImageKey) -> Image:
        """Restore an image with its place in lists, index and albums, and return it; idempotent.

        Raises `ImageNotFound`.
        """
        await self._unmark(key)
        return await self.finish_restoration(key)

    async def finish_move(self, key: ImageKey) -> None:
        """Take an image in the trash out of its albums; do nothing to one that is not in it.

        Raises `ImageNotFound`.
        """
        image = await self.images.get_stored(key)
        if image.is_trashed:
            await self._leave_albums(image)

    async def finish_restoration(self, key: ImageKey) -> Image:
        """Return an image to its albums. Raises `ImageNotFound`, also if it is in the trash."""
        image = await self.images.get(key)
        for album_id in image.trashed_albums:
            await self.albums.resume_images(AlbumKey(key.owner, album_id), [key.image_id])
        return await self.images.get(key)

    async def _leave_albums(self, image: Image) -> None:
        for album_id in image.albums:
            await self.albums.suspend_images(AlbumKey(image.owner, album_id), [image.image_id])

    @retry_conflicts()
    async def _mark(self, key: ImageKey) -> Image:
        """Return the image in the trash, with the albums that it has not left yet."""
        image = await self.images.get_stored(key)
        if image.is_trashed:
            if not image.albums:
                raise ImageNotFound(key.image_id)
            return image
        changes = {"trashed_at": now(), "revision": image.details.revision + 1}
        await self.images.store(image, image.with_details(image.details.model_copy(update=changes)))
        # From now on no album takes the image, but one may have done so since it was read.
        return await self.images.get_stored(key)

    @retry_conflicts()
    async def _unmark(self, key: ImageKey) -> None:
        image = await self.images.get_stored(key)
        if image.is_trashed:
            changes = {"trashed_at": None, "revision": image.details.revision + 1}
            details = image.details.model_copy(update=changes)
            await self.images.store(image, image.with_details(details))
