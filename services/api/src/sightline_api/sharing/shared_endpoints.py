"""The public endpoints: what a share link shows. The token in the path is the only credential."""

from typing import Annotated

from fastapi import APIRouter, Query

from sightline.domain.images import Image
from sightline_api.dependencies import Albums, Images, VisitorUrlSigner
from sightline_api.images.originals import OriginalView, view_original
from sightline_api.images.schemas import sign_links
from sightline_api.pagination import MAX_PAGE_SIZE, decode_image_cursor
from sightline_api.problems import (
    SHARED,
    InvalidCursor,
    SharedNotFound,
    SharePasswordRequired,
    WrongSharePassword,
    documented,
)
from sightline_api.sharing.dependencies import (
    LinkVisitors,
    Network,
    OpenedLink,
    SharedImage,
    Token,
    find_album,
    find_image,
)
from sightline_api.sharing.shared_listing import SharedListing, SharedPage
from sightline_api.sharing.shared_schemas import (
    ShareAccess,
    SharedImagePage,
    SharedImageSummary,
    SharedView,
    ShareUnlock,
)
from sightline_api.sharing.shared_schemas import SharedImage as SharedImageView

router = APIRouter(
    prefix="/v1/shared/{token}",
    tags=["shared"],
    responses=documented(*SHARED),
)


@router.get(
    "",
    operation_id="get_shared",
    summary="Open a share link",
    responses=documented(SharePasswordRequired),
)
async def get_shared(
    link: OpenedLink, visitors: LinkVisitors, images: Images, albums: Albums
) -> SharedView:
    """Return what the link shows, and count the visit.

    A link that was revoked or has expired is not found, as is one to an image or album that was
    deleted.
    """
    target = await find_album(link, albums) or await find_image(link, link.image_id or "", images)
    await visitors.record_open(link)
    return SharedView.of(link, target)


@router.post(
    "/access",
    operation_id="unlock_shared",
    summary="Enter the password of a share link",
    responses=documented(WrongSharePassword),
)
async def unlock_shared(
    unlock: ShareUnlock, token: Token, visitors: LinkVisitors, network: Network
) -> ShareAccess:
    """Return a proof for the password, valid for 12 hours, to send in the header `Share-Access`.

    Attempts are limited per link and per client address.
    """
    access = await visitors.unlock(token, unlock.password, network)
    return ShareAccess(access=access.proof, expires_at=access.expires_at)


@router.get(
    "/images",
    operation_id="list_shared_images",
    summary="List shared images",
    responses=documented(SharePasswordRequired, InvalidCursor),
)
async def list_shared_images(
    link: OpenedLink,
    images: Images,
    albums: Albums,
    signer: VisitorUrlSigner,
    limit: Annotated[int, Query(ge=1, le=MAX_PAGE_SIZE)] = 50,
    cursor: Annotated[str | None, Query(max_length=200)] = None,
) -> SharedImagePage:
    """Return the images of the album in its order, or the one image that the link shows.

    A page may have fewer items than `limit`, and still have a `next_cursor`.
    """
    album = await find_album(link, albums)
    if album is None:
        after = decode_image_cursor(cursor) if cursor else None
        image: Image = await find_image(link, link.image_id or "", images)
        is_before = after is not None and image.image_id >= after
        page = SharedPage([] if is_before else [image.summary], None)
    else:
        page = await SharedListing(albums, images, album, link).page(limit, cursor)
    urls = await sign_links(page.images, signer)
    return SharedImagePage(
        items=[SharedImageSummary.of(image, link, urls) for image in page.images],
        next_cursor=page.next_cursor,
    )


@router.get(
    "/images/{image_id}",
    operation_id="get_shared_image",
    summary="Get a shared image",
    responses=documented(SharePasswordRequired),
)
async def get_shared_image(
    image: SharedImage, link: OpenedLink, signer: VisitorUrlSigner
) -> SharedImageView:
    """Return one image with all renditions, and with the metadata that the link shows."""
    return await SharedImageView.of(image, link, signer)


@router.get(
    "/images/{image_id}/original",
    operation_id="get_shared_original",
    summary="Get the original of a shared image",
    responses=documented(SharePasswordRequired),
)
async def get_shared_original(
    image: SharedImage, link: OpenedLink, signer: VisitorUrlSigner
) -> OriginalView:
    """Return a URL that downloads the original. It is not found unless the link allows it."""
    if not link.original:
        raise SharedNotFound
    return await view_original(image, signer)
