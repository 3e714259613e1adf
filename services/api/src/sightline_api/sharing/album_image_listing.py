"""List the images of an album for its owner and members, in the order of the album.

The images of the owner and those that members added have positions of their own, which two queries
read and a merge orders. In manual order, one query reads both.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from sightline.domain.album_members import Contribution, Member
from sightline.domain.albums import AlbumSort
from sightline.domain.object_keys import ImageKey
from sightline.domain.summaries import ImageSummary
from sightline.ports.album_member_table import AlbumMemberTable
from sightline.ports.album_table import AlbumTable
from sightline.ports.contribution_table import ContributionTable
from sightline.ports.image_table import ImageNotFound, ImageTable
from sightline_api.albums.access import AlbumAccess
from sightline_api.concurrency import map_concurrently
from sightline_api.images.album_listing import (
    decode_album_cursor,
    encode_album_cursor,
    read_album_sort,
)
from sightline_api.pagination import decode_image_cursor, encode_cursor
from sightline_api.problems import InvalidCursor
from sightline_api.sharing.hidden_cursors import decode_hidden_cursor, encode_hidden_cursor
from sightline_api.sharing.visibility import is_visible


class ListedImage(NamedTuple):
    """An image of the album, and the contribution that added it, None for those of the owner."""

    image: ImageSummary
    contribution: Contribution | None


class AlbumImages(NamedTuple):
    """A page of visible images, the members who added some of them, and the next cursor.

    The cursor is None on the last page.
    """

    images: list[ListedImage]
    contributors: dict[str, Member]
    next_cursor: str | None


class _Entry(NamedTuple):
    position: str
    image_id: str
    contribution: Contribution | None


@dataclass(frozen=True, slots=True)
class AlbumImageListing:
    """Lists the images of an album for a caller who may see it."""

    albums: AlbumTable
    members: AlbumMemberTable
    contributions: ContributionTable
    images: ImageTable
    access: AlbumAccess

    async def page(self, limit: int, cursor: str | None) -> AlbumImages:
        """Return the visible ones of the next `limit` images. Raises `InvalidCursor`."""
        sort, after = await self._start(cursor)
        contributors = await list_contributors(self.access, self.members)
        own = await self.albums.list_entries(self.access.album.key, sort, limit + 1, after)
        entries = [_Entry(each.position, each.image_id, None) for each in own]
        # An album without members has only images of its owner.
        if contributors:
            if sort is AlbumSort.MANUAL:
                entries = await self._name_added(entries)
            else:
                entries = await self._merge(entries, sort, limit + 1, after)
        listed = entries[:limit]
        following = self._encode(listed[-1], sort) if len(entries) > limit else None
        shown = [
            each
            for each in listed
            if each.contribution is None or each.contribution.contributor in contributors
        ]
        summaries = await self._read_summaries(shown)
        images = [
            ListedImage(summaries[each.image_id], each.contribution)
            for each in shown
            if each.image_id in summaries
        ]
        return AlbumImages(images, contributors, following)

    async def _merge(
        self, own: list[_Entry], sort: AlbumSort, limit: int, after: str | None
    ) -> list[_Entry]:
        """Return the first `limit` of the owner's images and those of members, in this order."""
        added = await self.contributions.list_entries(self.access.album.key, sort, limit, after)
        entries = [_Entry(position, each.image_id, each) for each, position in added]
        merged = sorted(
            [*own, *entries], key=lambda entry: entry.position, reverse=not sort.is_ascending
        )
        return merged[:limit]

    async def _name_added(self, entries: list[_Entry]) -> list[_Entry]:
        """Return entries in manual order with the contributions that they are of."""
        ids = [each.image_id for each in entries]
        found = await self.contributions.get_many(self.access.album.key, ids)
        added = {each.image_id: each for each in found}
        return [each._replace(contribution=added.get(each.image_id)) for each in entries]

    async def _read_summaries(self, entries: Sequence[_Entry]) -> dict[str, ImageSummary]:
        """Return the visible ones of these images of the owner and of contributors, by id."""
        ids: dict[str, list[str]] = {}
        for each in entries:
            owner = each.contribution.contributor if each.contribution else self.access.album.owner
            ids.setdefault(owner, []).append(each.image_id)

        async def read(of: tuple[str, list[str]]) -> Sequence[ImageSummary]:
            return await self.images.get_summaries(*of)

        found = await map_concurrently(list(ids.items()), read)
        return {each.image_id: each for page in found for each in page if is_visible(each)}

    async def _start(self, cursor: str | None) -> tuple[AlbumSort, str | None]:
        """Return the order of the list, and the position after which the page starts."""
        if cursor is None:
            return self.access.album.sort, None
        if hidden := decode_hidden_cursor(cursor):
            return hidden.sort, await self._read_position(hidden.image_id)
        sort = await read_album_sort(self.albums, self.access.album.key, cursor)
        return sort, decode_album_cursor(cursor, sort)

    def _encode(self, entry: _Entry, sort: AlbumSort) -> str:
        """Return the cursor of an image. It shows a time of capture only to who sees it."""
        is_shown = self.access.visibility_of(entry.contribution).metadata
        if is_shown or sort.is_by_upload or sort is AlbumSort.MANUAL:
            return encode_album_cursor(entry.position, sort)
        return encode_hidden_cursor(sort, entry.image_id)

    async def _read_position(self, image_id: str) -> str:
        """Return the position of an image by the time of capture, also of one in the trash.

        Raises `InvalidCursor` if the image was deleted, or if its contributor has removed it.
        """
        image_id = decode_image_cursor(encode_cursor(image_id))
        album = self.access.album.key
        contribution = await self.contributions.get(album, image_id)
        key = contribution.image if contribution else ImageKey(album.owner, image_id)
        try:
            return (await self.images.get_stored(key)).capture_position
        except ImageNotFound:
            raise InvalidCursor from None


async def list_contributors(access: AlbumAccess, members: AlbumMemberTable) -> dict[str, Member]:
    """Return the members whose images are shown, by person: those who are not being removed."""
    found = await members.list_members(access.album.key)
    return {each.member: each for each in found if each.is_active}
