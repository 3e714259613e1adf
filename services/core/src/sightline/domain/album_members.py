"""People with whom an owner shares an album: invitations, members, and what members contribute.

An invitation belongs to whoever accepts it with its token, which only its email and the owner have.
As for share links, the service stores the SHA-256 digest of the token: see `share_links`.
"""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Self

from sightline.domain.albums import AlbumKey
from sightline.domain.email_notifications import Language
from sightline.domain.model import Value
from sightline.domain.object_keys import ImageKey

#: Time until an invitation expires.
INVITATION_LIFETIME = timedelta(days=14)

#: Members and open invitations of an album. It is checked before each invitation, so that a few
#: simultaneous ones may exceed it.
MAX_MEMBERS = 100

#: Invitations that an owner may create in a day (UTC), over all albums.
MAX_INVITATIONS_PER_DAY = 50


class InvitationNotFound(Exception):
    """There is no such invitation: it was accepted, declined or revoked, or it has expired."""


class TooManyInvitations(Exception):
    """The owner has created all invitations of the day."""


class MemberNotFound(Exception):
    """The album has no such member; callers cannot distinguish this from a missing album."""


class AlreadyMember(Exception):
    """The person who accepts is a member of the album already."""


class AlbumRole(StrEnum):
    """What a member may do with an album."""

    #: See the images of the album.
    VIEWER = "viewer"
    #: See them, and add own images.
    CONTRIBUTOR = "contributor"


class Visibility(Value):
    """What someone sees of an image beyond its renditions."""

    original: bool = False
    metadata: bool = False
    position: bool = False

    def limit(self, other: "Visibility") -> Self:
        """Return what both allow."""
        return self.model_copy(
            update={
                "original": self.original and other.original,
                "metadata": self.metadata and other.metadata,
                "position": self.position and other.position,
            }
        )


#: What the owner of an image sees of it.
EVERYTHING = Visibility(original=True, metadata=True, position=True)


class Invitation(Value):
    """An invitation to an album, without its token.

    `email` is where it was sent, and `emailed_at` when the email was handed over.
    """

    owner: str
    album_id: str
    invitation_id: str
    digest: str
    email: str
    role: AlbumRole
    visibility: Visibility = Visibility()
    language: Language = Language.ENGLISH
    created_at: datetime
    ends_at: datetime
    emailed_at: datetime | None = None

    @property
    def album(self) -> AlbumKey:
        return AlbumKey(self.owner, self.album_id)

    def has_ended(self, at: datetime) -> bool:
        """Return whether the invitation has expired at this time."""
        return self.ends_at <= at


class Member(Value):
    """A person who accepted an invitation to an album.

    `member` is the owner id of the person, which others never see; they see `member_id`. `email` is
    the address that was invited, and `verified_email` the one that the person proved to have.
    `visibility` limits what the member sees of the owner's images and of those of other members.
    `ended_at` marks a member who is being removed. `revision` counts the writes.
    """

    owner: str
    album_id: str
    member: str
    member_id: str
    role: AlbumRole
    visibility: Visibility = Visibility()
    email: str
    verified_email: str | None = None
    joined_at: datetime
    ended_at: datetime | None = None
    revision: int = 0

    @property
    def album(self) -> AlbumKey:
        return AlbumKey(self.owner, self.album_id)

    @property
    def is_active(self) -> bool:
        """Whether the person is still a member."""
        return self.ended_at is None

    @property
    def may_contribute(self) -> bool:
        """Whether the member may add images."""
        return self.is_active and self.role is AlbumRole.CONTRIBUTOR

    def end(self, at: datetime) -> Self:
        """Return the member as being removed; itself if that has begun."""
        if not self.is_active:
            return self
        return self.model_copy(update={"ended_at": at, "revision": self.revision + 1})


class Contribution(Value):
    """An image of a member in the album of another owner.

    `visibility` is what the contributor shows of it to the owner and the other members.
    """

    owner: str
    album_id: str
    contributor: str
    image_id: str
    visibility: Visibility = Visibility()
    added_at: datetime

    @property
    def album(self) -> AlbumKey:
        return AlbumKey(self.owner, self.album_id)

    @property
    def image(self) -> ImageKey:
        return ImageKey(self.contributor, self.image_id)


def contribute(member: Member, image_id: str, visibility: Visibility, at: datetime) -> Contribution:
    """Return the contribution that an image of a member becomes."""
    return Contribution(
        owner=member.owner,
        album_id=member.album_id,
        contributor=member.member,
        image_id=image_id,
        visibility=visibility,
        added_at=at,
    )


def accept_invitation(
    invitation: Invitation, member: str, verified_email: str | None, at: datetime
) -> Member:
    """Return the member that a person becomes by accepting an invitation."""
    return Member(
        owner=invitation.owner,
        album_id=invitation.album_id,
        member=member,
        member_id=invitation.invitation_id,
        role=invitation.role,
        visibility=invitation.visibility,
        email=invitation.email,
        verified_email=verified_email,
        joined_at=at,
    )
