"""Members of albums, and invitations, in memory."""

from datetime import datetime

from sightline.adapters.memory.state import MemoryState
from sightline.domain.album_members import (
    MAX_INVITATIONS_PER_DAY,
    AlreadyMember,
    Invitation,
    InvitationNotFound,
    Member,
    MemberNotFound,
    TooManyInvitations,
)
from sightline.domain.albums import AlbumKey, AlbumNotFound
from sightline.domain.clock import now
from sightline.optimistic import Conflict
from sightline.ports.album_member_table import MembershipPage


class MemoryAlbumMemberTable:
    """`AlbumMemberTable` over dictionaries."""

    def __init__(self, state: MemoryState) -> None:
        self._albums = state.albums
        self._invitations = state.invitations
        self._counts = state.invitation_counts
        self._members = state.members

    async def invite(self, invitation: Invitation, limit: int = MAX_INVITATIONS_PER_DAY) -> None:
        self._require_album(invitation.album)
        day = invitation.owner, invitation.created_at.date().isoformat()
        if self._counts[day] >= limit:
            raise TooManyInvitations
        for other in self._invitations.values():
            if invitation.digest == other.digest or invitation.invitation_id == other.invitation_id:
                raise Conflict
        self._counts[day] += 1
        self._invitations[invitation.digest] = invitation

    async def find_invitation(self, digest: str) -> Invitation | None:
        return self._invitations.get(digest)

    async def list_invitations(self, album: AlbumKey) -> list[Invitation]:
        found = [each for each in self._invitations.values() if each.album == album]
        return sorted(found, key=lambda each: each.invitation_id, reverse=True)

    async def record_email(self, invitation: Invitation, at: datetime) -> None:
        held = self._invitations.get(invitation.digest)
        if held is not None:
            emailed = held.model_copy(update={"emailed_at": at})
            self._invitations[invitation.digest] = emailed

    async def delete_invitation(self, invitation: Invitation) -> None:
        if self._invitations.pop(invitation.digest, None) is None:
            raise InvitationNotFound(invitation.invitation_id)

    async def accept(self, invitation: Invitation, member: Member) -> None:
        if invitation.digest not in self._invitations:
            raise InvitationNotFound(invitation.invitation_id)
        if self._find(member.member, member.album_id) is not None:
            raise AlreadyMember
        self._require_album(invitation.album)
        del self._invitations[invitation.digest]
        self._members[member.album, member.member] = member

    async def get(self, member: str, album_id: str) -> Member:
        found = self._find(member, album_id)
        if found is None:
            raise MemberNotFound(album_id)
        return found

    async def list_members(self, album: AlbumKey) -> list[Member]:
        return [each for each in self._members.values() if each.album == album]

    async def page_memberships(
        self, member: str, limit: int, before: str | None = None
    ) -> MembershipPage:
        found = sorted(
            (
                each
                for each in self._members.values()
                if each.member == member and (before is None or each.album_id < before)
            ),
            key=lambda each: each.album_id,
            reverse=True,
        )
        more = len(found) > limit
        return MembershipPage(found[:limit], found[limit - 1].album_id if more else None)

    async def update(self, before: Member, after: Member) -> None:
        current = self._members.get((before.album, before.member))
        if current is None or not current.is_active or current.revision != before.revision:
            raise Conflict
        written = after.model_copy(update={"revision": before.revision + 1})
        self._members[before.album, before.member] = written

    async def begin_removal(self, member: Member) -> Member:
        current = self._members.get((member.album, member.member))
        if current is None or current.member_id != member.member_id:
            raise MemberNotFound(member.member_id)
        ended = current.end(now())
        self._members[member.album, member.member] = ended
        return ended

    async def remove(self, member: Member) -> None:
        current = self._members.get((member.album, member.member))
        if current is not None and current.member_id == member.member_id and not current.is_active:
            del self._members[member.album, member.member]

    def _find(self, member: str, album_id: str) -> Member | None:
        for each in self._members.values():
            if (each.member, each.album_id) == (member, album_id):
                return each
        return None

    def _require_album(self, key: AlbumKey) -> None:
        album = self._albums.get(key)
        if album is None or album.deleted_at is not None:
            raise AlbumNotFound(key.album_id)
