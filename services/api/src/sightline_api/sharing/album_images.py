"""The endpoints that return the images of an album to its owner and its members."""

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query

from sightline.domain.album_members import Contribution, Member
from sightline.domain.ids import image_id_adapter
from sightline.domain.images import Image
from sightline.domain.object_keys import ImageKey
from sightline.ports.image_table import ImageNotFound
from sightline_api.albums.access import AccessibleAlbum, AlbumAccess
from sightline_api.dependencies import (
    AlbumMembers,
    Albums,
    Contributions,
    Images,
    VisitorUrlSigner,
)
from sightline_api.images.originals import OriginalView, view_original
from sightline_api.images.schemas import sign_links
from sightline_api.pagination import MAX_PAGE_SIZE
from sightline_api.problems import (
    AUTHENTICATED,
    AlbumNotFoundProblem,
    ImageNotFoundProblem,
    InvalidCursor,
    documented,
)
from sightline_api.sharing.album_image_listing import AlbumImageListing, list_contributors
from sightline_api.sharing.album_image_schemas import (
    AlbumImagePage,
    AlbumImageSummary,
    AlbumImageView,
    FoundImage,
)
from sightline_api.sharing.visibility import is_visible

router = APIRouter(
    prefix="/v1/albums/{album_id}/images",
    tags=["members"],
    responses=documented(*AUTHENTICATED, AlbumNotFoundProblem),
)


@router.get(
    "",
    operation_id="list_album_images",
    summary="List the images of an album",
    responses=documented(InvalidCursor),
)
async def list_album_images(
    access: AccessibleAlbum,
    albums: Albums,
    members: AlbumMembers,
    contributions: Contributions,
    images: Images,
    signer: VisitorUrlSigner,
    limit: Annotated[int, Query(ge=1, le=MAX_PAGE_SIZE)] = 50,
    cursor: Annotated[str | None, Query(max_length=200)] = None,
) -> AlbumImagePage:
    """Return the images of an own or shared album, with those that members added, in its order.

    A cursor continues the order in which the list began. Titles and times of capture are null
    unless they are shown to the caller. A page may have fewer items than `limit`, and still have a
    `next_cursor`.
    """
    listing = AlbumImageListing(albums, members, contributions, images, access)
    page = await listing.page(limit, cursor)
    urls = await sign_links([each.image for each in page.images], signer)
    return AlbumImagePage(
        items=[
            AlbumImageSummary.build(image, _describe(access, contribution, page.contributors), urls)
            for image, contribution in page.images
        ],
        next_cursor=page.next_cursor,
    )


async def _album_image(
    access: AccessibleAlbum,
    image_id: Annotated[str, Path()],
    members: AlbumMembers,
    contributions: Contributions,
    images: Images,
) -> tuple[Image, FoundImage]:
    """Return an image of the album, and what the caller sees of it. Raises `ImageNotFound`."""
    try:
        image_id = image_id_adapter.validate_python(image_id)
    except ValueError:
        raise ImageNotFound(image_id) from None
    album = access.album.key
    contribution = await contributions.get(album, image_id)
    contributors = await list_contributors(access, members) if contribution else {}
    if contribution is None:
        image = await images.get(ImageKey(album.owner, image_id))
        is_inside = album.album_id in image.albums
    else:
        image = await images.get(contribution.image)
        is_inside = contribution.contributor in contributors
    if not is_inside or not is_visible(image):
        raise ImageNotFound(image_id)
    return image, _describe(access, contribution, contributors)


AlbumImage = Annotated[tuple[Image, FoundImage], Depends(_album_image)]


@router.get(
    "/{image_id}",
    operation_id="get_album_image",
    summary="Get an image of an album",
    responses=documented(ImageNotFoundProblem),
)
async def get_album_image(found: AlbumImage, signer: VisitorUrlSigner) -> AlbumImageView:
    """Return one image with all renditions, and with the metadata that is shown to the caller."""
    return await AlbumImageView.build(*found, signer)


@router.get(
    "/{image_id}/original",
    operation_id="get_album_original",
    summary="Get the original of an image of an album",
    responses=documented(ImageNotFoundProblem),
)
async def get_album_original(found: AlbumImage, signer: VisitorUrlSigner) -> OriginalView:
    """Return a URL that downloads the original. It is not found unless it is shown to the caller.

    For an image that a member added, both the owner of the album and that member must show it.
    """
    image, described = found
    if not described.visibility.original:
        raise ImageNotFound(image.image_id)
    return await view_original(image, signer)


def _describe(
    access: AlbumAccess, contribution: Contribution | None, contributors: dict[str, Member]
) -> FoundImage:
    contributor = contributors.get(contribution.contributor) if contribution else None
    image_owner = contribution.contributor if contribution else access.album.owner
    return FoundImage(
        visibility=access.visibility_of(contribution),
        contributor_id=contributor.member_id if contributor else None,
        is_own=access.caller == image_owner,
    )
