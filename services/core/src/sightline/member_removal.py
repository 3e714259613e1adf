"""Remove members from albums, with the images that they added."""

from contextlib import suppress
from dataclasses import dataclass

from sightline.domain.album_members import InvitationNotFound, Member, MemberNotFound
from sightline.domain.albums import AlbumKey
from sightline.ports.album_member_table import AlbumMemberTable
from sightline.ports.contribution_table import ContributionTable

#: Memberships that are read at once.
READ_SIZE = 100


@dataclass(frozen=True, slots=True)
class MemberRemover:
    """Ends memberships. Each method can be repeated after an interruption.

    The membership is marked first and removed last: from the mark on, the person has no access and
    can add nothing, so that no image is left behind.
    """

    members: AlbumMemberTable
    contributions: ContributionTable

    async def remove(self, member: Member) -> None:
        """Remove a member. Raises `MemberNotFound` if there is no row any more."""
        ended = await self.members.begin_removal(member)
        await self.contributions.remove_contributor(member.album, member.member)
        await self.members.remove(ended)

    async def remove_all(self, album: AlbumKey) -> None:
        """Remove all members, invitations and contributions of an album that is being deleted.

        The mark of its deletion keeps new ones out.
        """
        for invitation in await self.members.list_invitations(album):
            with suppress(InvitationNotFound):
                await self.members.delete_invitation(invitation)
        for member in await self.members.list_members(album):
            with suppress(MemberNotFound):
                await self.members.remove(await self.members.begin_removal(member))
        await self.contributions.remove_all(album)

    async def leave_all(self, person: str) -> None:
        """Remove a person from all albums of others."""
        before: str | None = None
        while True:
            page = await self.members.page_memberships(person, READ_SIZE, before)
            for member in page.members:
                with suppress(MemberNotFound):
                    await self.remove(member)
            if (before := page.next_before) is None:
                break
