"""The endpoints that return the images of an album to its owner and its members."""

from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query

from sightline.domain.album_members import Contribution, Member
from sightline.domain.albums import AlbumKey
from sightline.domain.ids import image_id_adapter
from sightline.domain.images import Image
from sightline.domain.object_keys import ImageKey
from sightline.domain.sort_order import SortOrder
from sightline.domain.summaries import ImageSummary
from sightline.ports.image_index import Term
from sightline.ports.image_table import ImageNotFound
from sightline_api.albums.access import AccessibleAlbum, AlbumAccess
from sightline_api.concurrency import map_concurrently
from sightline_api.dependencies import (
    AlbumMembers,
    Contributions,
    Images,
    Index,
    VisitorUrlSigner,
)
from sightline_api.images.originals import OriginalView, view_original
from sightline_api.images.schemas import sign_links
from sightline_api.pagination import MAX_PAGE_SIZE, decode_image_cursor, encode_cursor
from sightline_api.problems import (
    AUTHENTICATED,
    AlbumNotFoundProblem,
    ImageNotFoundProblem,
    InvalidCursor,
    documented,
)
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
    members: AlbumMembers,
    contributions: Contributions,
    images: Images,
    index: Index,
    signer: VisitorUrlSigner,
    limit: Annotated[int, Query(ge=1, le=MAX_PAGE_SIZE)] = 50,
    cursor: Annotated[str | None, Query(max_length=200)] = None,
) -> AlbumImagePage:
    """Return the images of an own or shared album, with those that members added, newest first.

    Titles and times of capture are null unless they are shown to the caller. A page may have fewer
    items than `limit`, and still have a `next_cursor`.
    """
    after = decode_image_cursor(cursor) if cursor else None
    album = access.album.key
    start = after and SortOrder.NEWEST.next_position(after)
    own = await index.find(album.owner, Term("album", album.album_id), limit + 1, start)
    added = {each.image_id: each for each in await contributions.page(album, limit + 1, after)}
    ids = sorted({*(each.image_id for each in own), *added}, reverse=True)
    listed, more = ids[:limit], len(ids) > limit
    contributors = await _read_contributors(album, members) if added else {}
    visible = {
        each: contribution
        for each in listed
        if (contribution := added.get(each)) is None or contribution.contributor in contributors
    }
    summaries = await _read_summaries(album.owner, visible, images)
    urls = await sign_links(list(summaries.values()), signer)
    return AlbumImagePage(
        items=[
            AlbumImageSummary.build(
                summaries[each], _describe(access, contribution, contributors), urls
            )
            for each, contribution in visible.items()
            if each in summaries
        ],
        next_cursor=encode_cursor(listed[-1]) if more else None,
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
    contributors = await _read_contributors(album, members) if contribution else {}
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


async def _read_contributors(album: AlbumKey, members: AlbumMembers) -> dict[str, Member]:
    """Return the members whose images are shown, by person: those who are not being removed."""
    found = await members.list_members(album)
    return {each.member: each for each in found if each.is_active}


async def _read_summaries(
    owner: str, contributions: dict[str, Contribution | None], images: Images
) -> dict[str, ImageSummary]:
    """Return the visible ones of these images of the owner and of contributors, by id."""
    ids: dict[str, list[str]] = {}
    for image_id, contribution in contributions.items():
        ids.setdefault(contribution.contributor if contribution else owner, []).append(image_id)

    async def read(of: tuple[str, list[str]]) -> Sequence[ImageSummary]:
        return await images.get_summaries(*of)

    found = await map_concurrently(list(ids.items()), read)
    return {each.image_id: each for page in found for each in page if is_visible(each)}


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
