"""Who may see an album: its owner and its members. For everyone else it does not exist."""

from collections.abc import Sequence
from typing import Annotated, Literal, NamedTuple

from fastapi import Depends, Path

from sightline.domain.album_members import (
    EVERYTHING,
    Contribution,
    Member,
    MemberNotFound,
    Visibility,
)
from sightline.domain.albums import Album, AlbumKey, AlbumNotFound
from sightline.domain.ids import album_id_adapter
from sightline.ports.album_member_table import AlbumMemberTable
from sightline.ports.album_table import AlbumTable
from sightline_api.concurrency import map_concurrently
from sightline_api.dependencies import AlbumMembers, Albums, CurrentUser
from sightline_api.events.publisher import ChangePublisher

#: What a caller is in an album.
CallerRole = Literal["owner", "viewer", "contributor"]

#: Selects albums by the role of the caller.
RoleFilter = Literal["owner", "viewer", "contributor", "any"]


class AlbumAccess(NamedTuple):
    """An album that the caller may see; `member` is None if it is the caller's own."""

    album: Album
    caller: str
    member: Member | None = None

    @property
    def role(self) -> CallerRole:
        return find_role(self.member)

    def visibility_of(self, contribution: Contribution | None) -> Visibility:
        """Return what the caller sees of an image, which may have been contributed."""
        if contribution is not None and contribution.contributor == self.caller:
            return EVERYTHING
        own = EVERYTHING if self.member is None else self.member.visibility
        return own if contribution is None else own.limit(contribution.visibility)


class AccessiblePage(NamedTuple):
    """A page of albums, newest first; the next page follows the id `next_before`."""

    albums: list[AlbumAccess]
    next_before: str | None


def find_role(member: Member | None) -> CallerRole:
    """Return the role of a member, or of the owner."""
    return "owner" if member is None else member.role.value


async def find_access(
    caller: str, album_id: str, albums: AlbumTable, members: AlbumMemberTable
) -> AlbumAccess:
    """Return an album of the caller, or one that is shared with the caller.

    Raises `AlbumNotFound`.
    """
    try:
        return AlbumAccess(await albums.get(AlbumKey(caller, album_id)), caller)
    except AlbumNotFound:
        member = await find_member(caller, album_id, members)
        return AlbumAccess(await albums.get(member.album), caller, member)


async def find_member(caller: str, album_id: str, members: AlbumMemberTable) -> Member:
    """Return the caller's membership in an album. Raises `AlbumNotFound`."""
    try:
        member = await members.get(caller, album_id)
    except MemberNotFound:
        raise AlbumNotFound(album_id) from None
    if not member.is_active:
        raise AlbumNotFound(album_id)
    return member


async def list_accessible(
    caller: str,
    role: RoleFilter,
    limit: int,
    before: str | None,
    albums: AlbumTable,
    members: AlbumMemberTable,
) -> AccessiblePage:
    """Return albums with this role of the caller that are older than the id `before`.

    A page may have fewer items than `limit`, and still be continued.
    """
    found: list[tuple[str, Album | Member]] = []
    has_more = False
    if role in {"owner", "any"}:
        page = await albums.page(caller, limit, before)
        found += [(album.album_id, album) for album in page.albums]
        has_more |= page.next_before is not None
    if role != "owner":
        shared = await members.page_memberships(caller, limit, before)
        found += [(member.album_id, member) for member in shared.members]
        has_more |= shared.next_before is not None
    found.sort(key=lambda each: each[0], reverse=True)
    listed = found[:limit]
    has_more |= len(found) > limit

    async def read(each: tuple[str, Album | Member]) -> AlbumAccess | None:
        _, value = each
        if isinstance(value, Album):
            return AlbumAccess(value, caller)
        if not value.is_active or role not in {"any", value.role.value}:
            return None
        try:
            return AlbumAccess(await albums.get(value.album), caller, value)
        except AlbumNotFound:
            return None

    accesses = await map_concurrently(listed, read)
    return AccessiblePage(
        [each for each in accesses if each is not None], listed[-1][0] if has_more else None
    )


async def _accessible_album(
    user: CurrentUser,
    albums: Albums,
    members: AlbumMembers,
    album_id: Annotated[str, Path()],
) -> AlbumAccess:
    """Return an album that the caller may see; an id in another format belongs to no album."""
    try:
        album_id = album_id_adapter.validate_python(album_id)
    except ValueError:
        raise AlbumNotFound(album_id) from None
    return await find_access(user.owner, album_id, albums, members)


AccessibleAlbum = Annotated[AlbumAccess, Depends(_accessible_album)]


async def publish_to_members(
    album: AlbumKey, members: AlbumMemberTable, changes: ChangePublisher
) -> None:
    """Publish an update of the album to its owner and its members, once it is durable."""
    changes.album(album, "updated")
    publish_to(await members.list_members(album), changes)


def publish_to(members: Sequence[Member], changes: ChangePublisher) -> None:
    """Publish an update of the album to these members, also if they have just been removed.

    It is never a deletion, which webhooks would report as one of their owner's own album.
    """
    for member in members:
        changes.album(AlbumKey(member.member, member.album_id), "updated")
