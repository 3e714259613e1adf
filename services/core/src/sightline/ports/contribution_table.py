"""The table of images that members add to the albums of others: the port."""

from collections.abc import Sequence
from typing import NamedTuple, Protocol

from sightline.domain.album_members import Contribution, Member, Visibility
from sightline.domain.albums import AlbumKey, AlbumSort
from sightline.domain.object_keys import ImageKey


class ContributionEntry(NamedTuple):
    """A contribution, and its position in one of the album's orders."""

    contribution: Contribution
    position: str


class ContributionTable(Protocol):
    """Contributions by album, and by image of the contributor; both change in one transaction.

    The rows of the images themselves do not change. An image in the trash keeps its contributions,
    and readers leave it out. A new contribution takes the last place in the manual order, which
    `AlbumTable` lists and changes.
    """

    async def add(
        self, member: Member, image_ids: Sequence[str], visibility: Visibility
    ) -> frozenset[str]:
        """Add images of a member to the album; return those that are in it now.

        An image that is in it already gets the new visibility. Images that are missing, hidden or
        await their upload are left out. Raises `MemberNotFound` unless the member may contribute at
        the time of the write, `AlbumNotFound`, and `Conflict` if the images change too often.
        """

    async def remove(
        self, album: AlbumKey, image_ids: Sequence[str], contributor: str | None = None
    ) -> frozenset[str]:
        """Remove images from the album, only those of `contributor` if given; return them."""

    async def list_entries(
        self, album: AlbumKey, sort: AlbumSort, limit: int, after: str | None = None
    ) -> list[ContributionEntry]:
        """Return the first `limit` contributions that follow the position `after` in this order.

        In manual order, `AlbumTable.list_entries` returns those of the owner and of members. Raises
        `ValueError` for it.
        """

    async def get(self, album: AlbumKey, image_id: str) -> Contribution | None:
        """Return the contribution of an image, None if it is not in the album."""

    async def get_many(self, album: AlbumKey, image_ids: Sequence[str]) -> list[Contribution]:
        """Return the contributions of those of the images that members added, in no order."""

    async def list_albums(self, image: ImageKey) -> list[AlbumKey]:
        """Return the albums of others that the image is in."""

    async def remove_contributor(self, album: AlbumKey, contributor: str) -> None:
        """Remove all images of a contributor from the album."""

    async def remove_all(self, album: AlbumKey) -> None:
        """Remove all contributed images from the album."""
