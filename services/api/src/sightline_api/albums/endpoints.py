"""The endpoints of albums."""

import zlib
from collections.abc import Collection
from typing import Annotated

from fastapi import APIRouter, Query, Response

from sightline.domain.albums import Album
from sightline.domain.api_keys import Scope
from sightline.domain.clock import now
from sightline.domain.ids import image_id_adapter, new_album_id
from sightline.optimistic import retry_conflicts
from sightline_api.albums.access import (
    AccessibleAlbum,
    RoleFilter,
    list_accessible,
    publish_to,
    publish_to_members,
)
from sightline_api.albums.contributing import contribute, withdraw
from sightline_api.albums.schemas import (
    AlbumAddition,
    AlbumChanges,
    AlbumImageBatch,
    AlbumMove,
    AlbumPage,
    AlbumRequest,
    AlbumView,
    CreatedAlbum,
)
from sightline_api.albums.searching import FoundIds, find_ids
from sightline_api.albums.views import AlbumViews
from sightline_api.asgi.headers import parse_if_match
from sightline_api.dependencies import (
    AlbumMembers,
    Albums,
    ChargeBatch,
    Contributions,
    CurrentUser,
    IfMatch,
    Images,
    Index,
    OwnAlbum,
    Remover,
    UrlSigner,
)
from sightline_api.events.dependencies import Changes
from sightline_api.images.schemas import ItemOutcome, ItemOutcomes
from sightline_api.pagination import MAX_PAGE_SIZE, decode_image_cursor, encode_cursor
from sightline_api.problems import (
    AUTHENTICATED,
    PRECONDITION,
    AlbumNotFoundProblem,
    Contended,
    ImageNotFoundProblem,
    InsufficientRole,
    InsufficientScope,
    InvalidCursor,
    InvalidText,
    NotInAlbumProblem,
    PreconditionFailed,
    TooManyAlbums,
    documented,
)
from sightline_api.routing.idempotency import IDEMPOTENCY, IDEMPOTENT, IdempotentRoute

router = APIRouter(
    prefix="/v1/albums",
    tags=["albums"],
    route_class=IdempotentRoute,
    responses=documented(*AUTHENTICATED),
)


@router.post(
    "",
    status_code=201,
    operation_id="create_album",
    summary="Create an album",
    openapi_extra=IDEMPOTENT,
    responses=documented(*IDEMPOTENCY, InvalidText, Contended),
)
async def create_album(
    request: AlbumRequest,
    user: CurrentUser,
    images: Images,
    index: Index,
    albums: Albums,
    signer: UrlSigner,
    changes: Changes,
    charge: ChargeBatch,
    response: Response,
) -> CreatedAlbum:
    """Create an album: an empty one, or with the newest images that a search finds.

    At most 500 images are added; `images` is their exact number, and `next_cursor` continues the
    search. Images that are found later do not enter the album. To search, an API key needs the
    scope `images:read` as well.
    """
    found = FoundIds([], None)
    if request.search is not None:
        # The result shows what the search finds.
        if user.scopes is not None and Scope.IMAGES_READ not in user.scopes:
            raise InsufficientScope(frozenset({Scope.IMAGES_READ}))
        found = await find_ids(request.search.to_filter(), images, index, user.owner)
        charge(len(found.ids))
    at = now()
    album = Album(
        owner=user.owner,
        album_id=new_album_id(),
        title=request.title,
        description=request.description,
        sort=request.sort,
        created_at=at,
        updated_at=at,
    )
    await albums.create(album)
    view = AlbumView.of(album, None)
    if found.ids:
        await albums.add_images(album.key, found.ids)
        album = await albums.get(album.key)
        (view,) = await AlbumViews(images, index, signer).build(user.owner, [album])
    changes.album(album.key, "created")
    response.headers["Location"] = f"/v1/albums/{album.album_id}"
    _with_etag(view, album, response)
    return CreatedAlbum(**dict(view), next_cursor=found.next_cursor)


@router.get(
    "", operation_id="list_albums", summary="List albums", responses=documented(InvalidCursor)
)
async def list_albums(
    user: CurrentUser,
    images: Images,
    index: Index,
    albums: Albums,
    members: AlbumMembers,
    signer: UrlSigner,
    role: Annotated[
        RoleFilter, Query(description="Albums in which the caller has this role.")
    ] = "owner",
    limit: Annotated[int, Query(ge=1, le=MAX_PAGE_SIZE)] = 50,
    cursor: Annotated[str | None, Query(max_length=200)] = None,
) -> AlbumPage:
    """Return the caller's albums, newest first; with `role`, also those that others share.

    A page of shared albums may have fewer items than `limit`, and still have a `next_cursor`.
    """
    before = decode_image_cursor(cursor) if cursor else None
    page = await list_accessible(user.owner, role, limit, before, albums, members)
    return AlbumPage(
        items=await AlbumViews(images, index, signer).build_accessible(page.albums),
        next_cursor=page.next_before and encode_cursor(page.next_before),
    )


@router.get(
    "/{album_id}",
    operation_id="get_album",
    summary="Get an album",
    responses=documented(AlbumNotFoundProblem),
)
async def get_album(
    access: AccessibleAlbum, images: Images, index: Index, signer: UrlSigner, response: Response
) -> AlbumView:
    """Return one album of the caller, or one that another owner shares with the caller.

    List its images with `GET /v1/albums/{album_id}/images`, and those of the caller alone with
    `GET /v1/images?album={album_id}`.
    """
    (view,) = await AlbumViews(images, index, signer).build_accessible([access])
    return _with_etag(view, access.album, response)


@router.patch(
    "/{album_id}",
    operation_id="update_album",
    summary="Update an album",
    responses=documented(AlbumNotFoundProblem, *PRECONDITION, Contended, NotInAlbumProblem),
)
async def update_album(
    changes: AlbumChanges,
    key: OwnAlbum,
    images: Images,
    index: Index,
    albums: Albums,
    signer: UrlSigner,
    published: Changes,
    response: Response,
    if_match: IfMatch = None,
) -> AlbumView:
    """Change the title, the description, the order or the cover of an album.

    With `If-Match`, only if the album and its content still have that `ETag`.
    """

    @retry_conflicts()
    async def update() -> None:
        album = await albums.get(key)
        _check_precondition(album, if_match)
        await albums.update(album, album.model_copy(update=changes.changed_fields()))

    await update()
    published.album(key, "updated")
    album = await albums.get(key)
    (view,) = await AlbumViews(images, index, signer).build(key.owner, [album])
    return _with_etag(view, album, response)


@router.delete(
    "/{album_id}",
    status_code=204,
    operation_id="delete_album",
    summary="Delete an album",
    responses=documented(AlbumNotFoundProblem, *PRECONDITION, Contended),
)
async def delete_album(
    key: OwnAlbum,
    albums: Albums,
    members: AlbumMembers,
    remover: Remover,
    changes: Changes,
    if_match: IfMatch = None,
) -> None:
    """Delete an album and keep its images. An interrupted request can be repeated.

    Images that members added leave it, and stay with the members.

    With `If-Match`, only if the album and its content still have that `ETag`.
    """
    if if_match is not None:
        _check_precondition(await albums.get(key), if_match)
    album = await albums.begin_deletion(key)
    former = await members.list_members(key)
    await remover.remove_all(key)
    await albums.remove(album)
    changes.album(key, "deleted")
    publish_to(former, changes)


@router.post(
    "/{album_id}/images",
    status_code=207,
    operation_id="add_to_album",
    summary="Add up to 100 images to an album",
    openapi_extra=IDEMPOTENT,
    responses=documented(*IDEMPOTENCY, AlbumNotFoundProblem, Contended, InsufficientRole),
)
async def add_to_album(
    batch: AlbumAddition,
    access: AccessibleAlbum,
    albums: Albums,
    members: AlbumMembers,
    contributions: Contributions,
    changes: Changes,
    charge: ChargeBatch,
) -> ItemOutcomes:
    """Add up to 100 of the caller's images to the album. Every image has an outcome of its own.

    A contributor adds images that have been uploaded. They stay those of the contributor, and leave
    the album when the contributor leaves it or deletes them. A viewer may not add images.
    """
    charge(len(batch.ids))
    key, ids = access.album.key, _valid_ids(batch.ids)
    if access.member is None:
        inside, full = await albums.add_images(key, ids)
    else:
        inside, full = await contribute(access.member, ids, batch.visibility, contributions)
    await publish_to_members(key, members, changes)
    return _outcomes(batch.ids, inside, full)


@router.post(
    "/{album_id}/images/delete",
    status_code=207,
    operation_id="remove_from_album",
    summary="Remove up to 100 images from an album",
    openapi_extra=IDEMPOTENT,
    responses=documented(*IDEMPOTENCY, AlbumNotFoundProblem, Contended),
)
async def remove_from_album(
    batch: AlbumImageBatch,
    access: AccessibleAlbum,
    albums: Albums,
    members: AlbumMembers,
    contributions: Contributions,
    changes: Changes,
    charge: ChargeBatch,
) -> ItemOutcomes:
    """Remove up to 100 images from the album, and keep the images themselves.

    The owner of the album removes any, and a member those that the member added.
    """
    charge(len(batch.ids))
    removed = await withdraw(access, _valid_ids(batch.ids), albums, contributions)
    await publish_to_members(access.album.key, members, changes)
    return _outcomes(batch.ids, removed)


@router.post(
    "/{album_id}/images/move",
    status_code=207,
    operation_id="move_in_album",
    summary="Move up to 100 images in the manual order of an album",
    openapi_extra=IDEMPOTENT,
    responses=documented(*IDEMPOTENCY, AlbumNotFoundProblem, NotInAlbumProblem, Contended),
)
async def move_in_album(
    move: AlbumMove,
    key: OwnAlbum,
    albums: Albums,
    members: AlbumMembers,
    changes: Changes,
    charge: ChargeBatch,
) -> ItemOutcomes:
    """Move up to 100 images of the album before or after another one, in the order of `ids`.

    The album shows this order if its `sort` is `manual`. Images enter it at the end. Within a
    second of other moves, a move may still find the images where they were before those.
    """
    charge(len(move.ids))
    moved = await albums.move_images(key, _valid_ids(move.ids), move.anchor, move.side)
    await publish_to_members(key, members, changes)
    return _outcomes(move.ids, moved)


def _valid_ids(ids: list[str]) -> list[str]:
    """Return those that have the format of an image id; no image has the others."""
    valid = []
    for image_id in ids:
        try:
            valid.append(image_id_adapter.validate_python(image_id))
        except ValueError:
            continue
    return valid


def _outcomes(ids: list[str], done: Collection[str], full: Collection[str] = ()) -> ItemOutcomes:
    """Return the outcome of each id; those that are neither done nor full were not found."""

    def outcome(image_id: str) -> ItemOutcome:
        if image_id in done:
            return ItemOutcome.success(image_id)
        problem = TooManyAlbums() if image_id in full else ImageNotFoundProblem()
        return ItemOutcome.failure(image_id, problem)

    return ItemOutcomes(items=list(map(outcome, ids)))


def _with_etag(view: AlbumView, album: Album, response: Response) -> AlbumView:
    """Set the `ETag`: the revision of the album, and how its cover looks now."""
    cover = view.cover.model_dump_json() if view.cover else ""
    response.headers["ETag"] = f'"{album.revision}-{zlib.crc32(cover.encode()):x}"'
    return view


def _check_precondition(album: Album, if_match: str | None) -> None:
    """Raise `PreconditionFailed` unless `if_match` is absent or names this revision.

    The look of the cover in the ETag does not matter.
    """
    if if_match is None or (tags := parse_if_match(if_match)) is None:
        return
    if str(album.revision) not in {tag.split("-", 1)[0] for tag in tags}:
        raise PreconditionFailed
