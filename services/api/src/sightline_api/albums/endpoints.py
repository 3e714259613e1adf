"""The endpoints of albums."""

import zlib
from typing import Annotated

from fastapi import APIRouter, Header, Query, Response

from sightline.domain.albums import Album, AlbumKey, AlbumNotFound, NotInAlbum
from sightline.domain.clock import now
from sightline.domain.ids import image_id_adapter, new_album_id
from sightline.ports.album_table import AlbumTable
from sightline.ports.image_table import Conflict, ImageTable, Term
from sightline_api.albums.schemas import (
    AlbumChanges,
    AlbumImageBatch,
    AlbumImageOutcome,
    AlbumImageOutcomes,
    AlbumPage,
    AlbumRequest,
    AlbumView,
    CoverView,
)
from sightline_api.concurrency import each_of
from sightline_api.dependencies import Albums, Announce, CurrentUser, OwnAlbum, PictureSigner, Table
from sightline_api.pagination import decode_image_cursor, encode_cursor
from sightline_api.problems import (
    AUTHENTICATED,
    AlbumNotFoundProblem,
    Contended,
    InvalidCursor,
    NotInAlbumProblem,
    PreconditionFailed,
    documented,
)
from sightline_api.routing.idempotency import IDEMPOTENCY, IDEMPOTENT, IdempotentRoute
from sightline_api.urls.signer import Signer

#: How often a change is made anew because the album moved meanwhile.
ATTEMPTS = 5

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
    dependencies=IDEMPOTENT,
    responses=documented(*IDEMPOTENCY),
)
async def create_album(
    asked: AlbumRequest, user: CurrentUser, albums: Albums, announce: Announce, response: Response
) -> AlbumView:
    """Make an album; pictures are put into it afterwards."""
    at = now()
    album = Album(
        owner=user.owner,
        album_id=new_album_id(),
        title=asked.title,
        created_at=at,
        updated_at=at,
    )
    await albums.create(album)
    announce.album(album.key, "created")
    response.headers["Location"] = f"/v1/albums/{album.album_id}"
    return _answer(AlbumView.of(album, None), album, response)


@router.get("", operation_id="list_albums", responses=documented(InvalidCursor))
async def list_albums(
    user: CurrentUser,
    table: Table,
    albums: Albums,
    signer: PictureSigner,
    limit: Annotated[int, Query(ge=1, le=100)] = 50,
    cursor: Annotated[str | None, Query(max_length=200)] = None,
) -> AlbumPage:
    """The caller's albums, newest first."""
    before = decode_image_cursor(cursor) if cursor else None
    page = await albums.page(user.owner, limit, before)
    return AlbumPage(
        items=await view_albums(user.owner, page.albums, table, signer),
        next_cursor=page.next_before and encode_cursor(page.next_before),
    )


@router.get("/{album_id}", operation_id="get_album", responses=documented(AlbumNotFoundProblem))
async def get_album(
    key: OwnAlbum, table: Table, albums: Albums, signer: PictureSigner, response: Response
) -> AlbumView:
    """One album; its pictures are listed by `GET /v1/images?album={album_id}`."""
    album = await _read(key, albums)
    return _answer(await _view(album, table, signer), album, response)


@router.patch(
    "/{album_id}",
    operation_id="update_album",
    responses=documented(AlbumNotFoundProblem, PreconditionFailed, Contended, NotInAlbumProblem),
)
async def update_album(
    changes: AlbumChanges,
    key: OwnAlbum,
    table: Table,
    albums: Albums,
    signer: PictureSigner,
    announce: Announce,
    response: Response,
    if_match: Annotated[str | None, Header(max_length=200)] = None,
) -> AlbumView:
    """Give the album another title or cover.

    With `If-Match`, only if the album and what it holds are still as with that `ETag`.
    """
    for _ in range(ATTEMPTS):
        album = await _read(key, albums)
        if if_match is not None and not _is_seen(album, if_match):
            raise PreconditionFailed
        edited = album.model_copy(update=changes.given())
        try:
            await albums.update(album, edited)
        except NotInAlbum:
            raise NotInAlbumProblem from None
        except Conflict:
            continue
        announce.album(key, "updated")
        album = await _read(key, albums)
        return _answer(await _view(album, table, signer), album, response)
    raise Contended


@router.delete(
    "/{album_id}",
    status_code=204,
    operation_id="delete_album",
    responses=documented(AlbumNotFoundProblem, Contended),
)
async def remove_album(key: OwnAlbum, albums: Albums, announce: Announce) -> None:
    """Delete the album; its pictures stay. A call that was cut off may be repeated."""
    try:
        album = await albums.begin_deletion(key)
        await albums.remove(album)
    except AlbumNotFound:
        raise AlbumNotFoundProblem from None
    except Conflict:
        raise Contended from None
    announce.album(key, "deleted")


@router.post(
    "/{album_id}/images",
    status_code=207,
    operation_id="add_to_album",
    dependencies=IDEMPOTENT,
    responses=documented(*IDEMPOTENCY, AlbumNotFoundProblem, Contended),
)
async def add_to_album(
    batch: AlbumImageBatch, key: OwnAlbum, albums: Albums, announce: Announce
) -> AlbumImageOutcomes:
    """Put up to 100 of the caller's pictures into the album; each has an outcome of its own."""
    try:
        added = await albums.add(key, _own(batch.ids))
    except AlbumNotFound:
        raise AlbumNotFoundProblem from None
    except Conflict:
        raise Contended from None
    announce.album(key, "updated")
    statuses = dict.fromkeys(added.inside, 204) | dict.fromkeys(added.full, 409)
    return _outcomes(batch.ids, statuses)


@router.post(
    "/{album_id}/images/delete",
    status_code=207,
    operation_id="remove_from_album",
    dependencies=IDEMPOTENT,
    responses=documented(*IDEMPOTENCY, AlbumNotFoundProblem, Contended),
)
async def remove_from_album(
    batch: AlbumImageBatch, key: OwnAlbum, albums: Albums, announce: Announce
) -> AlbumImageOutcomes:
    """Take up to 100 pictures out of the album; they stay otherwise as they are."""
    await _read(key, albums)
    try:
        taken = await albums.take(key, _own(batch.ids))
    except Conflict:
        raise Contended from None
    announce.album(key, "updated")
    return _outcomes(batch.ids, dict.fromkeys(taken, 204))


async def _read(key: AlbumKey, albums: AlbumTable) -> Album:
    try:
        return await albums.get(key)
    except AlbumNotFound:
        raise AlbumNotFoundProblem from None


def _own(ids: list[str]) -> list[str]:
    """Those that can be ids at all; the others are not there."""
    possible = []
    for image_id in ids:
        try:
            possible.append(image_id_adapter.validate_python(image_id))
        except ValueError:
            continue
    return possible


def _outcomes(ids: list[str], statuses: dict[str, int]) -> AlbumImageOutcomes:
    items = [AlbumImageOutcome(id=each, status=statuses.get(each, 404)) for each in ids]
    return AlbumImageOutcomes(items=items)


async def _view(album: Album, table: ImageTable, signer: Signer) -> AlbumView:
    (view,) = await view_albums(album.owner, [album], table, signer)
    return view


async def view_albums(
    owner: str, albums: list[Album], table: ImageTable, signer: Signer
) -> list[AlbumView]:
    async def choose_cover(album: Album) -> str | None:
        """The owner's choice, else the newest picture."""
        if album.cover_id is not None or not album.images:
            return album.cover_id
        newest = await table.find_marked(owner, Term("album", album.album_id), 1)
        return newest[0].image_id if newest else None

    chosen = await each_of(albums, choose_cover)
    images = await table.get_many(owner, [each for each in chosen if each is not None])
    covers = {image.image_id: await CoverView.of(image, signer) for image in images}
    return [
        AlbumView.of(album, covers.get(cover_id or ""))
        for album, cover_id in zip(albums, chosen, strict=True)
    ]


def _answer(view: AlbumView, album: Album, response: Response) -> AlbumView:
    """With an `ETag` that names the album's revision, and how its cover looks at this moment."""
    look = view.cover.model_dump_json() if view.cover else ""
    response.headers["ETag"] = f'"{album.revision}-{zlib.crc32(look.encode()):x}"'
    return view


def _is_seen(album: Album, if_match: str) -> bool:
    """Whether the caller has seen this revision; how the cover looks does not matter."""
    tags = {tag.strip().strip('"').split("-", 1)[0] for tag in if_match.split(",")}
    return "*" in tags or str(album.revision) in tags
