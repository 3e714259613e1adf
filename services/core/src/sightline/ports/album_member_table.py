"""The table of album members and invitations: the port."""

from datetime import datetime
from typing import NamedTuple, Protocol

from sightline.domain.album_members import MAX_INVITATIONS_PER_DAY, Invitation, Member
from sightline.domain.albums import AlbumKey


class MembershipPage(NamedTuple):
    """A page of albums shared with a person, newest first; `next_before` continues it.

    `next_before` is the id of an album, None on the last page.
    """

    members: list[Member]
    next_before: str | None


class AlbumMemberTable(Protocol):
    """Invitations by digest and by album; members by album and by person.

    Both rows of an invitation or member change in one transaction.
    """

    async def invite(self, invitation: Invitation, limit: int = MAX_INVITATIONS_PER_DAY) -> None:
        """Add an invitation, and count it for the owner and day.

        Raises `AlbumNotFound`, `TooManyInvitations` above the limit of the day, and `Conflict` if
        the id or the digest is in use.
        """

    async def find_invitation(self, digest: str) -> Invitation | None:
        """Return the invitation of this digest, None if there is none; it may have expired."""

    async def list_invitations(self, album: AlbumKey) -> list[Invitation]:
        """Return the invitations of an album, newest first; some may have expired."""

    async def record_email(self, invitation: Invitation, at: datetime) -> None:
        """Note that the email was sent, unless the invitation is gone."""

    async def delete_invitation(self, invitation: Invitation) -> None:
        """Delete an invitation. Raises `InvitationNotFound` if it is gone."""

    async def accept(self, invitation: Invitation, member: Member) -> None:
        """Replace an invitation by a member.

        Raises `InvitationNotFound` if it is gone, `AlreadyMember` if the person has a row, and
        `AlbumNotFound`.
        """

    async def get(self, member: str, album_id: str) -> Member:
        """Return the membership of a person, also one that is ending. Raises `MemberNotFound`."""

    async def list_members(self, album: AlbumKey) -> list[Member]:
        """Return the members of an album in no order, also those being removed."""

    async def page_memberships(
        self, member: str, limit: int, before: str | None = None
    ) -> MembershipPage:
        """Return at most `limit` memberships of a person in albums older than the id `before`.

        Memberships that are ending are included.
        """

    async def update(self, before: Member, after: Member) -> None:
        """Write another role or visibility unless the member changed since `before`.

        Raises `Conflict`, also if the member is being removed.
        """

    async def begin_removal(self, member: Member) -> Member:
        """End the membership: from now on nothing can be added. Idempotent.

        Raises `MemberNotFound` if there is no row.
        """

    async def remove(self, member: Member) -> None:
        """Remove the rows of a member who is being removed; idempotent."""
