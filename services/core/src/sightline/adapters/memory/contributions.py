"""Contributions to albums in memory."""

from collections.abc import Sequence

from sightline.adapters.memory.entries import select_page
from sightline.adapters.memory.state import MemoryState
from sightline.domain.album_members import (
    Contribution,
    Member,
    MemberNotFound,
    Visibility,
    contribute,
)
from sightline.domain.albums import AlbumKey, AlbumNotFound, AlbumSort
from sightline.domain.clock import now
from sightline.domain.object_keys import ImageKey
from sightline.domain.ranks import new_ranks
from sightline.domain.states import Status
from sightline.ports.contribution_table import ContributionEntry


class MemoryContributionTable:
    """`ContributionTable` over a dictionary."""

    def __init__(self, state: MemoryState) -> None:
        self._state = state
        self._contributions = state.contributions
        self._ranks = state.album_ranks

    async def add(
        self, member: Member, image_ids: Sequence[str], visibility: Visibility
    ) -> frozenset[str]:
        album = self._state.albums.get(member.album)
        if album is None or album.deleted_at is not None:
            raise AlbumNotFound(member.album_id)
        current = self._state.members.get((member.album, member.member))
        if current is None or not current.may_contribute:
            raise MemberNotFound(member.member_id)
        inside = set()
        for image_id in image_ids:
            image = self._state.images.get(ImageKey(member.member, image_id))
            if image is None or image.is_hidden or image.status is Status.AWAITING_UPLOAD:
                continue
            self._contributions[member.album, image_id] = contribute(
                member, image_id, visibility, now()
            )
            if (member.album, image_id) not in self._ranks:
                (self._ranks[member.album, image_id],) = new_ranks(1)
            inside.add(image_id)
        return frozenset(inside)

    async def remove(
        self, album: AlbumKey, image_ids: Sequence[str], contributor: str | None = None
    ) -> frozenset[str]:
        removed = set()
        for image_id in image_ids:
            held = self._contributions.get((album, image_id))
            if held is not None and contributor in {None, held.contributor}:
                self._delete(album, image_id)
                removed.add(image_id)
        return frozenset(removed)

    async def list_entries(
        self, album: AlbumKey, sort: AlbumSort, limit: int, after: str | None = None
    ) -> list[ContributionEntry]:
        if sort is AlbumSort.MANUAL:
            raise ValueError(sort)
        entries = [
            ContributionEntry(each, position)
            for (key, _), each in self._contributions.items()
            if key == album and (position := self._position(each, sort)) is not None
        ]
        return select_page(entries, sort, after, limit)

    async def get(self, album: AlbumKey, image_id: str) -> Contribution | None:
        return self._contributions.get((album, image_id))

    async def get_many(self, album: AlbumKey, image_ids: Sequence[str]) -> list[Contribution]:
        found = (self._contributions.get((album, image_id)) for image_id in image_ids)
        return [each for each in found if each is not None]

    async def list_albums(self, image: ImageKey) -> list[AlbumKey]:
        return [each.album for each in self._contributions.values() if each.image == image]

    async def remove_contributor(self, album: AlbumKey, contributor: str) -> None:
        for key, each in list(self._contributions.items()):
            if key[0] == album and each.contributor == contributor:
                self._delete(*key)

    async def remove_all(self, album: AlbumKey) -> None:
        for key in [each for each in self._contributions if each[0] == album]:
            self._delete(*key)

    def _position(self, contribution: Contribution, sort: AlbumSort) -> str | None:
        if sort.is_by_upload:
            return contribution.image_id
        image = self._state.images.get(contribution.image)
        return None if image is None else image.capture_position

    def _delete(self, album: AlbumKey, image_id: str) -> None:
        del self._contributions[album, image_id]
        self._ranks.pop((album, image_id), None)
