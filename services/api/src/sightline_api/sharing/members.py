"""The endpoints with which an owner manages who sees an album, and with which a member leaves."""

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Response

from sightline.domain.album_members import (
    INVITATION_LIFETIME,
    MAX_MEMBERS,
    Invitation,
    InvitationNotFound,
    Member,
    MemberNotFound,
    Visibility,
)
from sightline.domain.albums import AlbumKey, AlbumNotFound
from sightline.domain.clock import now
from sightline.domain.ids import new_link_id
from sightline.domain.share_links import digest_token, new_token
from sightline.optimistic import retry_conflicts
from sightline.ports.album_member_table import AlbumMemberTable
from sightline_api.albums.access import publish_to, publish_to_members
from sightline_api.albums.member_schemas import (
    AlbumInvitationList,
    AlbumInvitationRequest,
    AlbumInvitationView,
    AlbumMemberChanges,
    AlbumMemberList,
    AlbumMemberView,
    CreatedAlbumInvitation,
)
from sightline_api.dependencies import AlbumMembers, Albums, OwnAlbum, Remover
from sightline_api.events.dependencies import Changes
from sightline_api.problems import (
    AUTHENTICATED,
    AlbumNotFoundProblem,
    Contended,
    InvitationNotFoundProblem,
    MemberNotFoundProblem,
    OriginalRequiresMetadata,
    TooManyInvitationsProblem,
    TooManyMembers,
    documented,
)
from sightline_api.sharing.dependencies import EmailNotifications, InvitationMailer

router = APIRouter(
    prefix="/v1/albums/{album_id}", tags=["members"], responses=documented(*AUTHENTICATED)
)

#: Path of an invitation, without its token.
INVITATIONS_PATH = "/v1/invitations/"


async def _own_invitation(
    key: OwnAlbum, albums: Albums, members: AlbumMembers, invitation_id: Annotated[str, Path()]
) -> Invitation:
    """Return an invitation to the caller's album."""
    await albums.get(key)
    for invitation in await members.list_invitations(key):
        if invitation.invitation_id == invitation_id:
            return invitation
    raise InvitationNotFound(invitation_id)


async def _own_member(
    key: OwnAlbum, albums: Albums, members: AlbumMembers, member_id: Annotated[str, Path()]
) -> Member:
    """Return a member of the caller's album, also one whose removal was interrupted."""
    await albums.get(key)
    for member in await members.list_members(key):
        if member.member_id == member_id:
            return member
    raise MemberNotFound(member_id)


OwnInvitation = Annotated[Invitation, Depends(_own_invitation)]
OwnMember = Annotated[Member, Depends(_own_member)]


@router.post(
    "/invitations",
    status_code=201,
    operation_id="create_album_invitation",
    summary="Invite someone to an album",
    responses=documented(
        AlbumNotFoundProblem,
        Contended,
        OriginalRequiresMetadata,
        TooManyInvitationsProblem,
        TooManyMembers,
    ),
)
async def create_album_invitation(
    request: AlbumInvitationRequest,
    key: OwnAlbum,
    albums: Albums,
    members: AlbumMembers,
    notifications: EmailNotifications,
    emails: InvitationMailer,
    response: Response,
) -> CreatedAlbumInvitation:
    """Invite someone by email to see the album, or to add images to it.

    The first person who accepts the invitation with its token becomes the member; whether the email
    address has an account makes no difference. The token is sent in an email if the deployment
    sends email, and returned only once. The operation has no `Idempotency-Key`: after a lost
    response, revoke the invitation and create another one.
    """
    await albums.get(key)
    _check_original(request.visibility)
    at = now()
    if await _count_members(key, members) >= MAX_MEMBERS:
        raise TooManyMembers
    token = new_token()
    language = request.language
    if language is None:
        language = (await notifications.get_preferences(key.owner)).language
    invitation = Invitation(
        owner=key.owner,
        album_id=key.album_id,
        invitation_id=new_link_id(),
        digest=digest_token(token),
        email=request.email,
        role=request.role,
        visibility=request.visibility,
        language=language,
        created_at=at,
        ends_at=at + INVITATION_LIFETIME,
    )
    await members.invite(invitation)
    await emails.request(token)
    # The token must not remain in a cache.
    response.headers["Cache-Control"] = "no-store"
    return CreatedAlbumInvitation(
        invitation=AlbumInvitationView.of(invitation),
        token=token,
        path=f"{INVITATIONS_PATH}{token}",
    )


@router.get(
    "/invitations",
    operation_id="list_album_invitations",
    summary="List the invitations to an album",
    responses=documented(AlbumNotFoundProblem),
)
async def list_album_invitations(
    key: OwnAlbum, albums: Albums, members: AlbumMembers
) -> AlbumInvitationList:
    """Return the open invitations to the caller's album, newest first."""
    await albums.get(key)
    at = now()
    invitations = await members.list_invitations(key)
    return AlbumInvitationList(
        items=[AlbumInvitationView.of(each) for each in invitations if not each.has_ended(at)]
    )


@router.delete(
    "/invitations/{invitation_id}",
    status_code=204,
    operation_id="revoke_album_invitation",
    summary="Revoke an invitation to an album",
    responses=documented(AlbumNotFoundProblem, InvitationNotFoundProblem),
)
async def revoke_album_invitation(invitation: OwnInvitation, members: AlbumMembers) -> None:
    """Revoke an invitation that was not accepted. Its token stops working at once."""
    await members.delete_invitation(invitation)


@router.get(
    "/members",
    operation_id="list_album_members",
    summary="List the members of an album",
    responses=documented(AlbumNotFoundProblem),
)
async def list_album_members(
    key: OwnAlbum, albums: Albums, members: AlbumMembers
) -> AlbumMemberList:
    """Return the people with whom the caller shares the album."""
    await albums.get(key)
    active = [each for each in await members.list_members(key) if each.is_active]
    active.sort(key=lambda each: each.member_id)
    return AlbumMemberList(items=[AlbumMemberView.of(each) for each in active])


@router.patch(
    "/members/{member_id}",
    operation_id="update_album_member",
    summary="Update a member of an album",
    responses=documented(
        AlbumNotFoundProblem, MemberNotFoundProblem, Contended, OriginalRequiresMetadata
    ),
)
async def update_album_member(
    changes: AlbumMemberChanges, found: OwnMember, members: AlbumMembers, published: Changes
) -> AlbumMemberView:
    """Change the role of a member, or what the member sees; it takes effect at once.

    Images that a former contributor added stay in the album.
    """

    @retry_conflicts()
    async def update() -> None:
        member = await _read_active(found, members)
        after = changes.apply(member)
        _check_original(after.visibility)
        await members.update(member, after)

    await update()
    publish_to([found], published)
    return AlbumMemberView.of(await _read_active(found, members))


@router.delete(
    "/members/{member_id}",
    status_code=204,
    operation_id="remove_album_member",
    summary="Remove a member from an album",
    responses=documented(AlbumNotFoundProblem, MemberNotFoundProblem, Contended),
)
async def remove_album_member(
    member: OwnMember, members: AlbumMembers, remover: Remover, changes: Changes
) -> None:
    """Remove a member, with the images that the member added.

    Access ends at once; URLs of renditions and originals that the member has already received
    expire on their own. An interrupted request can be repeated.
    """
    await remover.remove(member)
    publish_to([member], changes)
    await publish_to_members(member.album, members, changes)


@router.delete(
    "/membership",
    status_code=204,
    operation_id="leave_album",
    summary="Leave an album",
    responses=documented(AlbumNotFoundProblem, Contended),
)
async def leave_album(
    key: OwnAlbum,
    members: AlbumMembers,
    remover: Remover,
    changes: Changes,
) -> None:
    """Leave an album that another owner shares, with the images that the caller added to it.

    The images themselves stay. An interrupted request can be repeated.
    """
    try:
        member = await members.get(key.owner, key.album_id)
        await remover.remove(member)
    except MemberNotFound:
        raise AlbumNotFound(key.album_id) from None
    publish_to([member], changes)
    await publish_to_members(member.album, members, changes)


async def _count_members(key: AlbumKey, members: AlbumMemberTable) -> int:
    at = now()
    invitations = [each for each in await members.list_invitations(key) if not each.has_ended(at)]
    return len(invitations) + len(await members.list_members(key))


async def _read_active(member: Member, members: AlbumMemberTable) -> Member:
    """Return the member as last written. Raises `MemberNotFound`, also during a removal."""
    current = await members.get(member.member, member.album_id)
    if not current.is_active or current.member_id != member.member_id:
        raise MemberNotFound(member.member_id)
    return current


def _check_original(visibility: Visibility) -> None:
    """Raise `OriginalRequiresMetadata` if the original would show what is hidden."""
    if visibility.original and not (visibility.metadata and visibility.position):
        raise OriginalRequiresMetadata
