"""The endpoints of archives: ZIP files of originals, with their metadata."""

from collections.abc import AsyncIterator
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Header, Query, Response
from fastapi.responses import StreamingResponse

from sightline.domain.albums import AlbumKey
from sightline_api.archives.contents import build_archive
from sightline_api.archives.parts import MAX_TOKEN_LENGTH, Part
from sightline_api.archives.planning import Position, plan_library, plan_selection
from sightline_api.archives.responses import MEDIA_TYPE, ArchiveResponse, select_range
from sightline_api.archives.schemas import ArchiveRequest, ArchiveView
from sightline_api.archives.slots import DownloadSlots
from sightline_api.asgi.headers import matches
from sightline_api.dependencies import (
    Albums,
    CurrentUser,
    Images,
    Index,
    Originals,
    Settings,
    UrlSigner,
    from_state,
)
from sightline_api.images.index_search import Query as IndexQuery
from sightline_api.images.listing import Filter
from sightline_api.problems import (
    AUTHENTICATED,
    AlbumNotFoundProblem,
    ImageNotFoundProblem,
    InvalidArchivePart,
    InvalidCursor,
    NotUploaded,
    RangeNotSatisfiable,
    TooManyArchives,
    documented,
)
from sightline_api.routing.idempotency import IDEMPOTENCY, IDEMPOTENT, IdempotentRoute

_ZIP: dict[str, Any] = {"content": {MEDIA_TYPE: {"schema": {"type": "string", "format": "binary"}}}}

STREAM: dict[int | str, dict[str, Any]] = {
    200: {"description": "The ZIP file.", **_ZIP},
    206: {"description": "The requested range of the ZIP file.", **_ZIP},
    304: {"description": "The stored file is current."},
}

router = APIRouter(
    prefix="/v1/archives",
    tags=["archives"],
    route_class=IdempotentRoute,
    responses=documented(*AUTHENTICATED),
)


async def _take_slot(
    user: CurrentUser, slots: Annotated[DownloadSlots, Depends(from_state("archive_slots"))]
) -> AsyncIterator[None]:
    # A dependency always ends with its request, also if the stream never starts.
    with slots.take(user.owner):
        yield


@router.post(
    "",
    operation_id="create_archive",
    summary="Create an archive of originals",
    openapi_extra=IDEMPOTENT,
    responses=documented(
        *IDEMPOTENCY, InvalidCursor, AlbumNotFoundProblem, ImageNotFoundProblem, NotUploaded
    ),
)
async def create_archive(
    request: ArchiveRequest,
    user: CurrentUser,
    settings: Settings,
    images: Images,
    albums: Albums,
    index: Index,
) -> ArchiveView:
    """Split originals into ZIP files of bounded size, and return a URL for each of them.

    The images are those with the given `ids`, those of an album, or everything, newest first;
    images with the status `awaiting_upload` are left out of the latter two. Nothing is stored: the
    URLs do not expire, and a part is built from the images as they are when it is downloaded. A
    response has at most 5,000 images; pass its `next_cursor` to get further parts.
    """
    part_bytes = request.part_bytes or settings.archive_part_bytes
    if request.ids is not None:
        return ArchiveView.of(await plan_selection(images, user.owner, request.ids, part_bytes))
    start = Position.decode(request.cursor) if request.cursor else Position()
    selected = Filter()
    if request.album is not None:
        await albums.get(AlbumKey(user.owner, request.album))
        selected = Filter(query=IndexQuery(album=request.album))
    return ArchiveView.of(
        await plan_library(images, index, user.owner, selected, part_bytes, start)
    )


@router.get(
    "/download",
    operation_id="download_archive",
    summary="Download a part of an archive",
    response_class=StreamingResponse,
    dependencies=[Depends(_take_slot)],
    responses=STREAM | documented(InvalidArchivePart, RangeNotSatisfiable, TooManyArchives),
)
async def download_archive(
    user: CurrentUser,
    settings: Settings,
    images: Images,
    albums: Albums,
    originals: Originals,
    signer: UrlSigner,
    part: Annotated[
        str, Query(max_length=MAX_TOKEN_LENGTH, description="As in the `url` of the part.")
    ],
    if_none_match: Annotated[str | None, Header(max_length=200)] = None,
    if_range: Annotated[
        str | None,
        Header(
            max_length=200, description="The `ETag` that the file must still have for the range."
        ),
    ] = None,
    range_: Annotated[
        str | None,
        Header(alias="range", max_length=200, description="Bytes to return, as `bytes=1048576-`."),
    ] = None,
) -> Response:
    """Stream a ZIP file: originals, an XMP sidecar for each, and two JSON files.

    `sightline-001.json` has the metadata of the images and of their albums, and
    `sightline-001-missing.json` the ids of images that were deleted since the archive was created.
    File names are unique in all parts. The strong `ETag` changes whenever one of the images
    changes; it is also the comment of the ZIP file. To resume an interrupted download, pass it as
    `If-Range` with a `Range`: the response is the rest (206), or the whole file if it has changed
    (200).
    """
    archive = await build_archive(Part.parse(part), user.owner, images, albums, signer)
    if if_none_match is not None and matches(if_none_match, archive.etag):
        return Response(status_code=304, headers={"ETag": archive.etag})
    span = select_range(archive, range_, if_range)
    return ArchiveResponse(archive, originals.stream, span, settings.archive_seconds)
