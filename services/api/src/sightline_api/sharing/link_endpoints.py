"""The endpoints with which an owner manages share links."""

from datetime import timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Query, Response

from sightline.domain.albums import AlbumKey
from sightline.domain.clock import now
from sightline.domain.ids import new_link_id
from sightline.domain.object_keys import ImageKey
from sightline.domain.share_links import SHOWN_LENGTH, ShareLink, digest_token, new_token
from sightline.optimistic import retry_conflicts
from sightline_api.auth.middleware import PUBLIC_PREFIX
from sightline_api.dependencies import Albums, CurrentUser, Images
from sightline_api.pagination import MAX_PAGE_SIZE, decode_image_cursor, encode_cursor
from sightline_api.problems import (
    AUTHENTICATED,
    AlbumNotFoundProblem,
    Contended,
    ImageNotFoundProblem,
    InvalidCursor,
    OriginalRequiresMetadata,
    ShareLinkNotFoundProblem,
    documented,
)
from sightline_api.sharing.dependencies import LinkId, Passwords, ShareLinks
from sightline_api.sharing.link_schemas import (
    CreatedShareLink,
    ShareLinkChanges,
    ShareLinkPage,
    ShareLinkRequest,
    ShareLinkView,
)
from sightline_api.sharing.passwords import PasswordHasher

router = APIRouter(
    prefix="/v1/share-links", tags=["share-links"], responses=documented(*AUTHENTICATED)
)


@router.post(
    "",
    status_code=201,
    operation_id="create_share_link",
    summary="Create a share link",
    responses=documented(ImageNotFoundProblem, AlbumNotFoundProblem, OriginalRequiresMetadata),
)
async def create_share_link(
    request: ShareLinkRequest,
    user: CurrentUser,
    links: ShareLinks,
    images: Images,
    albums: Albums,
    passwords: Passwords,
    response: Response,
) -> CreatedShareLink:
    """Create a link with which anyone who has it sees an image, or the images of an album.

    The token is returned only once. The operation has no `Idempotency-Key`: after a lost response,
    revoke the link and create another one.
    """
    if request.image_id is not None:
        await images.get(ImageKey(user.owner, request.image_id))
    if request.album_id is not None:
        await albums.get(AlbumKey(user.owner, request.album_id))
    token, at = new_token(), now()
    created = ShareLink(
        owner=user.owner,
        link_id=new_link_id(),
        image_id=request.image_id,
        album_id=request.album_id,
        shown=token[:SHOWN_LENGTH],
        digest=digest_token(token),
        created_at=at,
    )
    settings = request.model_dump(exclude={"image_id", "album_id"})
    link = created.model_copy(update=await _derive_settings(created, settings, passwords))
    await links.create(link)
    # The token must not remain in a cache.
    response.headers["Cache-Control"] = "no-store"
    return CreatedShareLink(
        share_link=ShareLinkView.of(link), token=token, path=f"{PUBLIC_PREFIX}{token}"
    )


@router.get(
    "",
    operation_id="list_share_links",
    summary="List share links",
    responses=documented(InvalidCursor),
)
async def list_share_links(
    user: CurrentUser,
    links: ShareLinks,
    limit: Annotated[int, Query(ge=1, le=MAX_PAGE_SIZE)] = 50,
    cursor: Annotated[str | None, Query(max_length=200)] = None,
) -> ShareLinkPage:
    """Return the caller's links, newest first. An expired link is listed for 30 days."""
    before = decode_image_cursor(cursor) if cursor else None
    page = await links.page(user.owner, limit, before)
    return ShareLinkPage(
        items=[ShareLinkView.of(link) for link in page.links],
        next_cursor=page.next_before and encode_cursor(page.next_before),
    )


@router.get(
    "/{share_link_id}",
    operation_id="get_share_link",
    summary="Get a share link",
    responses=documented(ShareLinkNotFoundProblem),
)
async def get_share_link(user: CurrentUser, links: ShareLinks, link_id: LinkId) -> ShareLinkView:
    """Return one link, without its token."""
    return ShareLinkView.of(await links.get(user.owner, link_id))


@router.patch(
    "/{share_link_id}",
    operation_id="update_share_link",
    summary="Update a share link",
    responses=documented(ShareLinkNotFoundProblem, Contended, OriginalRequiresMetadata),
)
async def update_share_link(
    changes: ShareLinkChanges,
    user: CurrentUser,
    links: ShareLinks,
    passwords: Passwords,
    link_id: LinkId,
) -> ShareLinkView:
    """Change the expiry, the password, or what visitors see; it takes effect at once.

    Another password, or none, ends the access of visitors who entered the earlier one.
    """
    link = await links.get(user.owner, link_id)
    # Derived once, because the hash of a password is slow.
    settings = await _derive_settings(link, changes.changed_fields(), passwords)

    @retry_conflicts()
    async def update() -> None:
        before = await links.get(user.owner, link_id)
        after = before.model_copy(update=settings)
        _check_original(after)
        await links.update(before, after)

    await update()
    return ShareLinkView.of(await links.get(user.owner, link_id))


@router.delete(
    "/{share_link_id}",
    status_code=204,
    operation_id="revoke_share_link",
    summary="Revoke a share link",
    responses=documented(ShareLinkNotFoundProblem),
)
async def revoke_share_link(user: CurrentUser, links: ShareLinks, link_id: LinkId) -> Response:
    """Revoke a link for good. It stops working at once.

    URLs of renditions and originals that visitors have already received expire on their own.
    """
    await links.revoke(user.owner, link_id)
    return Response(status_code=204)


async def _derive_settings(
    link: ShareLink, requested: dict[str, Any], passwords: PasswordHasher
) -> dict[str, Any]:
    """Return the fields of the link for what was requested of it.

    Raises `OriginalRequiresMetadata`, `RateLimited`.
    """
    settings = dict(requested)
    if "expires_in_days" in settings:
        days = settings.pop("expires_in_days")
        settings["ends_at"] = None if days is None else now() + timedelta(days=days)
    _check_original(link.model_copy(update=settings))
    if settings.get("password") is not None:
        settings["password"] = await passwords.hash(settings["password"], link.owner)
    return settings


def _check_original(link: ShareLink) -> None:
    """Raise `OriginalRequiresMetadata` if the original would show what the link hides."""
    if link.original and not (link.metadata and link.position):
        raise OriginalRequiresMetadata
