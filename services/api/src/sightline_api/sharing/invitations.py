"""The endpoints with which an invited person sees, accepts or declines an invitation.

The token is the credential of the invitation, and the access token that of the person: neither
suffices alone.
"""

from typing import Annotated

from fastapi import APIRouter, Depends

from sightline.domain.album_members import (
    AlreadyMember,
    Invitation,
    InvitationNotFound,
    Member,
    accept_invitation,
)
from sightline.domain.albums import Album, AlbumNotFound
from sightline.domain.clock import now
from sightline.domain.share_links import digest_token, is_token
from sightline.member_removal import MemberRemover
from sightline.ports.album_table import AlbumTable
from sightline_api.albums.access import publish_to_members
from sightline_api.albums.member_schemas import (
    AlbumMembershipView,
    InvitationAcceptance,
    InvitationView,
)
from sightline_api.auth.user import InvalidToken
from sightline_api.dependencies import AlbumMembers, Albums, CurrentUser, Remover
from sightline_api.events.dependencies import Changes
from sightline_api.problems import (
    AUTHENTICATED,
    AlreadyMemberProblem,
    Contended,
    EmailNotVerified,
    InvitationNotFoundProblem,
    documented,
)
from sightline_api.routing.idempotency import IDEMPOTENCY, IDEMPOTENT, IdempotentRoute
from sightline_api.sharing.dependencies import Token, Tokens

router = APIRouter(
    prefix="/v1/invitations/{token}",
    tags=["members"],
    route_class=IdempotentRoute,
    responses=documented(*AUTHENTICATED, InvitationNotFoundProblem),
)


async def _find_invitation(token: Token, members: AlbumMembers) -> Invitation:
    """Return the invitation of a token. Raises `InvitationNotFound`, also once it has expired."""
    invitation = await members.find_invitation(digest_token(token)) if is_token(token) else None
    if invitation is None or invitation.has_ended(now()):
        raise InvitationNotFound
    return invitation


FoundInvitation = Annotated[Invitation, Depends(_find_invitation)]


@router.get("", operation_id="get_invitation", summary="Get an invitation")
async def get_invitation(invitation: FoundInvitation, albums: Albums) -> InvitationView:
    """Return the album and the role that the invitation offers."""
    return InvitationView.of(invitation, await _find_album(invitation, albums))


@router.post(
    "/accept",
    operation_id="accept_invitation",
    summary="Accept an invitation",
    openapi_extra=IDEMPOTENT,
    responses=documented(*IDEMPOTENCY, AlreadyMemberProblem, EmailNotVerified, Contended),
)
async def accept_album_invitation(
    acceptance: InvitationAcceptance,
    invitation: FoundInvitation,
    user: CurrentUser,
    members: AlbumMembers,
    remover: Remover,
    tokens: Tokens,
    changes: Changes,
) -> AlbumMembershipView:
    """Become a member of the album. The invitation can be accepted only once, by anyone who has it.

    The owner of the album sees which invitation was accepted, and with `id_token` the verified
    email address of the caller.
    """
    if user.owner == invitation.owner:
        raise AlreadyMember
    verified_email = None
    if acceptance.id_token is not None:
        try:
            verified_email = await tokens.verify_email(acceptance.id_token, user.owner)
        except InvalidToken:
            raise EmailNotVerified from None
    member = accept_invitation(invitation, user.owner, verified_email, now())
    try:
        await _accept(invitation, member, remover)
    except AlbumNotFound:
        raise InvitationNotFound from None
    await publish_to_members(member.album, members, changes)
    return AlbumMembershipView.of(member)


@router.post(
    "/decline",
    status_code=204,
    operation_id="decline_invitation",
    summary="Decline an invitation",
    openapi_extra=IDEMPOTENT,
    responses=documented(*IDEMPOTENCY),
)
async def decline_invitation(invitation: FoundInvitation, members: AlbumMembers) -> None:
    """Decline an invitation. Its token stops working at once."""
    await members.delete_invitation(invitation)


async def _find_album(invitation: Invitation, albums: AlbumTable) -> Album:
    """Return the album of an invitation. Raises `InvitationNotFound` if it was deleted."""
    try:
        return await albums.get(invitation.album)
    except AlbumNotFound:
        raise InvitationNotFound from None


async def _accept(invitation: Invitation, member: Member, remover: MemberRemover) -> None:
    """Store the member, after an interrupted removal of the same person is complete.

    Raises the errors of `AlbumMemberTable.accept`.
    """
    try:
        await remover.members.accept(invitation, member)
    except AlreadyMember:
        earlier = await remover.members.get(member.member, member.album_id)
        if earlier.is_active:
            raise
        await remover.remove(earlier)
        await remover.members.accept(invitation, member)
