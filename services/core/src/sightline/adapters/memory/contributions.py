"""Contributions to albums in memory."""

from collections.abc import Sequence

from sightline.adapters.memory.state import MemoryState
from sightline.domain.album_members import Contribution, Member, MemberNotFound, Visibility
from sightline.domain.albums import AlbumKey, AlbumNotFound
from sightline.domain.clock import now
from sightline.domain.object_keys import ImageKey
from sightline.domain.states import Status


class MemoryContributionTable:
    """`ContributionTable` over a dictionary."""

    def __init__(self, state: MemoryState) -> None:
        self._state = state
        self._contributions = state.contributions

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
            self._contributions[member.album, image_id] = Contribution(
                owner=member.owner,
                album_id=member.album_id,
                contributor=member.member,
                image_id=image_id,
                visibility=visibility,
                added_at=now(),
            )
            inside.add(image_id)
        return frozenset(inside)

    async def remove(
        self, album: AlbumKey, image_ids: Sequence[str], contributor: str | None = None
    ) -> frozenset[str]:
        removed = set()
        for image_id in image_ids:
            held = self._contributions.get((album, image_id))
            if held is not None and contributor in {None, held.contributor}:
                del self._contributions[album, image_id]
                removed.add(image_id)
        return frozenset(removed)

    async def page(
        self, album: AlbumKey, limit: int, before: str | None = None
    ) -> list[Contribution]:
        found = [
            each
            for (key, image_id), each in self._contributions.items()
            if key == album and (before is None or image_id < before)
        ]
        return sorted(found, key=lambda each: each.image_id, reverse=True)[:limit]

    async def get(self, album: AlbumKey, image_id: str) -> Contribution | None:
        return self._contributions.get((album, image_id))

    async def list_albums(self, image: ImageKey) -> list[AlbumKey]:
        return [each.album for each in self._contributions.values() if each.image == image]

    async def remove_contributor(self, album: AlbumKey, contributor: str) -> None:
        for key, each in list(self._contributions.items()):
            if key[0] == album and each.contributor == contributor:
                del self._contributions[key]

    async def remove_all(self, album: AlbumKey) -> None:
        for key in [each for each in self._contributions if each[0] == album]:
            del self._contributions[key]
