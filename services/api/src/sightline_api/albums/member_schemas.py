"""Invitations to albums, and members, as clients see them."""

from datetime import datetime
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, Field

from sightline.domain.album_members import AlbumRole, Invitation, Member, Visibility
from sightline.domain.albums import Album
from sightline.domain.email_notifications import Language
from sightline.domain.ids import AlbumId, LinkId
from sightline_api.auth.tokens import MAX_TOKEN_LENGTH

#: A valid email address as browsers define it:
#: https://html.spec.whatwg.org/multipage/input.html#valid-e-mail-address
EMAIL_PATTERN = (
    r"^[a-zA-Z0-9.!#$%&'*+/=?^_`{|}~-]+@[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?"
    r"(?:\.[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?)+$"
)

#: Longest email address, in characters: https://www.rfc-editor.org/errata/eid1690
MAX_EMAIL_LENGTH = 254

Role = Annotated[
    AlbumRole,
    Field(description="A `viewer` sees the images; a `contributor` may also add own images."),
]

ORIGINAL_DESCRIPTION = "Whether the member may download originals; requires the other two."
METADATA_DESCRIPTION = (
    "Whether the member sees titles, descriptions, times of capture and cameras of images."
)
POSITION_DESCRIPTION = "Whether the member sees where images were captured."


class AlbumInvitationRequest(BaseModel):
    """An invitation to create."""

    model_config = {"extra": "forbid"}

    email: Annotated[str, Field(pattern=EMAIL_PATTERN, max_length=MAX_EMAIL_LENGTH)] = Field(
        description="Where the invitation is sent.", examples=["friend@example.com"]
    )
    role: Role = AlbumRole.VIEWER
    original: bool = Field(False, description=ORIGINAL_DESCRIPTION)
    metadata: bool = Field(False, description=METADATA_DESCRIPTION)
    position: bool = Field(False, description=POSITION_DESCRIPTION)
    language: Language | None = Field(
        None, description="Language of the email. Null: that of the caller's notifications."
    )

    @property
    def visibility(self) -> Visibility:
        return Visibility(original=self.original, metadata=self.metadata, position=self.position)


class AlbumInvitationView(BaseModel):
    """An open invitation, without its token."""

    id: LinkId = Field(examples=["0199a3c0-9d5e-7b0a-8c1e-3f1f6a0b2c4d"])
    email: str = Field(description="Where it was sent.", examples=["friend@example.com"])
    role: Role
    original: bool = Field(description=ORIGINAL_DESCRIPTION)
    metadata: bool = Field(description=METADATA_DESCRIPTION)
    position: bool = Field(description=POSITION_DESCRIPTION)
    created_at: datetime
    expires_at: datetime
    emailed_at: datetime | None = Field(
        description="Null: not sent yet, or this deployment sends no email."
    )

    @classmethod
    def of(cls, invitation: Invitation) -> Self:
        return cls(
            id=invitation.invitation_id,
            email=invitation.email,
            role=invitation.role,
            **invitation.visibility.model_dump(),
            created_at=invitation.created_at,
            expires_at=invitation.ends_at,
            emailed_at=invitation.emailed_at,
        )


class CreatedAlbumInvitation(BaseModel):
    """A new invitation, with its token."""

    invitation: AlbumInvitationView
    token: str = Field(
        description="What the invited person accepts it with. It is returned only here.",
        examples=["k3FvbQ0x8Jm2kTz5WcR7nYp4Ld"],
    )
    path: str = Field(
        description="Path of the invitation, below the URL of the API.",
        examples=["/v1/invitations/k3FvbQ0x8Jm2kTz5WcR7nYp4Ld"],
    )


class AlbumInvitationList(BaseModel):
    """The open invitations to an album, newest first."""

    items: list[AlbumInvitationView]


class AlbumMemberView(BaseModel):
    """A person with access to an album."""

    id: LinkId = Field(examples=["0199a3c0-9d5e-7b0a-8c1e-3f1f6a0b2c4d"])
    email: str = Field(
        description="Where the accepted invitation was sent.", examples=["friend@example.com"]
    )
    verified_email: str | None = Field(
        description="The verified email address of the person who accepted; null if the client "
        "sent no ID token. It differs from `email` if the invitation was passed on."
    )
    role: Role
    original: bool = Field(description=ORIGINAL_DESCRIPTION)
    metadata: bool = Field(description=METADATA_DESCRIPTION)
    position: bool = Field(description=POSITION_DESCRIPTION)
    joined_at: datetime

    @classmethod
    def of(cls, member: Member) -> Self:
        return cls(
            id=member.member_id,
            email=member.email,
            verified_email=member.verified_email,
            role=member.role,
            **member.visibility.model_dump(),
            joined_at=member.joined_at,
        )


class AlbumMemberList(BaseModel):
    """The members of an album, in the order in which they were invited."""

    items: list[AlbumMemberView]


class AlbumMemberChanges(BaseModel):
    """The fields to change. A field that is left out stays as it is."""

    model_config = {"extra": "forbid"}

    role: Role = AlbumRole.VIEWER
    original: bool = Field(False, description=ORIGINAL_DESCRIPTION)
    metadata: bool = Field(False, description=METADATA_DESCRIPTION)
    position: bool = Field(False, description=POSITION_DESCRIPTION)

    def apply(self, member: Member) -> Member:
        """Return the member with these changes."""
        changes: dict[str, Any] = self.model_dump(exclude_unset=True)
        role = AlbumRole(changes.pop("role", member.role))
        visibility = member.visibility.model_copy(update=changes)
        return member.model_copy(update={"role": role, "visibility": visibility})


class InvitationView(BaseModel):
    """An invitation as the invited person sees it."""

    album_id: AlbumId
    album_title: str = Field(examples=["Summer"])
    role: Role
    expires_at: datetime

    @classmethod
    def of(cls, invitation: Invitation, album: Album) -> Self:
        return cls(
            album_id=album.album_id,
            album_title=album.title,
            role=invitation.role,
            expires_at=invitation.ends_at,
        )


class InvitationAcceptance(BaseModel):
    """How the invited person accepts."""

    model_config = {"extra": "forbid"}

    id_token: Annotated[str, Field(min_length=1, max_length=MAX_TOKEN_LENGTH)] | None = Field(
        None,
        description="The Cognito ID token of the caller, so that the owner of the album sees the "
        "verified email address in it.",
    )


class AlbumMembershipView(BaseModel):
    """The access that the caller has to an album of another owner."""

    album_id: AlbumId
    role: Literal["viewer", "contributor"]
    joined_at: datetime

    @classmethod
    def of(cls, member: Member) -> Self:
        return cls(album_id=member.album_id, role=member.role.value, joined_at=member.joined_at)
