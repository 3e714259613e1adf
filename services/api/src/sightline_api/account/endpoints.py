"""The endpoints of an account: everything that one owner has, to take along or to erase."""

from collections.abc import AsyncIterable
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Query, Response
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field

from sightline.domain.images import Image, Status
from sightline.ports.image_table import Usage
from sightline_api.account.erasure import erase_some
from sightline_api.account.usage import UsageView, view_usage
from sightline_api.albums.endpoints import view_albums
from sightline_api.albums.schemas import AlbumView
from sightline_api.dependencies import (
    Albums,
    Announce,
    CurrentUser,
    Originals,
    PictureSigner,
    Renditions,
    Settings,
    Table,
)
from sightline_api.images.originals import OriginalView, view_original
from sightline_api.images.schemas import ImageView
from sightline_api.pagination import decode_image_cursor, encode_cursor
from sightline_api.problems import AUTHENTICATED, InvalidCursor, documented
from sightline_api.routing.route import Route
from sightline_api.urls.signer import Signer

router = APIRouter(
    prefix="/v1/account",
    tags=["account"],
    route_class=Route,
    responses=documented(*AUTHENTICATED),
)

#: Images or albums that are read at once for an export.
READ = 100


class ExportRecord(BaseModel):
    """One line; what it has by default is there too."""

    model_config = {"json_schema_serialization_defaults_required": True}


class ExportAccountRecord(ExportRecord):
    """Whose it is, and what was used; the first line."""

    kind: Literal["account"] = "account"
    owner: str
    usage: UsageView


class ExportAlbumRecord(ExportRecord):
    """One album."""

    kind: Literal["album"] = "album"
    album: AlbumView


class ExportImageRecord(ExportRecord):
    """One image with the address of its original, null where nothing was uploaded.

    An export that broke off goes on behind this line with its `cursor`.
    """

    kind: Literal["image"] = "image"
    image: ImageView
    original: OriginalView | None
    cursor: str


class ExportEndRecord(ExportRecord):
    """The last line: an export without it is not complete. `images` counts those above it."""

    kind: Literal["end"] = "end"
    images: int


AnyExportRecord = Annotated[
    ExportAccountRecord | ExportAlbumRecord | ExportImageRecord | ExportEndRecord,
    Field(discriminator="kind"),
]


class ErasureView(BaseModel):
    """What is left to erase."""

    remaining: int = Field(description="Images and albums; counted up to 1,000.", examples=[812])


async def _confirm(confirm: Annotated[Literal["everything"], Query()]) -> None:
    """Nobody erases an account by a slip of the hand."""


async def _start(
    user: CurrentUser,
    table: Table,
    cursor: Annotated[str | None, Query(max_length=200)] = None,
) -> tuple[str | None, Usage]:
    """What can fail, before the answer begins and could only break off."""
    return cursor and decode_image_cursor(cursor), await table.read_usage(user.owner)


@router.get("/export", operation_id="export_account", responses=documented(InvalidCursor))
async def export_account(
    user: CurrentUser,
    settings: Settings,
    table: Table,
    albums: Albums,
    signer: PictureSigner,
    start: Annotated[tuple[str | None, Usage], Depends(_start)],
) -> AsyncIterable[AnyExportRecord]:
    """Everything that the caller has, one JSON document a line: the account, its albums, and its
    images, newest first, each with addresses from which its files can be fetched for an hour.

    An export that broke off is continued with the `cursor` of its last image.
    """
    before, usage = start
    if before is None:
        yield ExportAccountRecord(owner=user.owner, usage=view_usage(usage, settings))
        album: str | None = None
        while True:
            some = await albums.page(user.owner, READ, album)
            for view in await view_albums(user.owner, some.albums, table, signer):
                yield ExportAlbumRecord(album=view)
            if (album := some.next_before) is None:
                break
    count = 0
    while True:
        page = await table.page(user.owner, READ, before)
        for image in page.images:
            yield await _describe(image, signer)
        count += len(page.images)
        if (before := page.next_before) is None:
            break
    yield ExportEndRecord(images=count)


async def _describe(image: Image, signer: Signer) -> ExportImageRecord:
    uploaded = image.status is not Status.AWAITING_UPLOAD
    return ExportImageRecord(
        image=await ImageView.of(image, signer),
        original=await view_original(image, signer) if uploaded else None,
        cursor=encode_cursor(image.image_id),
    )


@router.delete(
    "",
    status_code=204,
    operation_id="erase_account",
    dependencies=[Depends(_confirm)],
    responses={202: {"model": ErasureView, "description": "Some is left: call again."}},
)
async def erase_account(
    user: CurrentUser,
    settings: Settings,
    table: Table,
    albums: Albums,
    originals: Originals,
    renditions: Renditions,
    announce: Announce,
) -> Response:
    """Erase everything that the caller has, for good: pictures, albums, labels, usage.

    As much as one call can do; while something is left the answer is 202, and the call is to be
    repeated, as after any failure. The user itself is Cognito's, to be deleted there.
    """
    left = await erase_some(
        user.owner, table, albums, originals, renditions, announce, settings.erasure_seconds
    )
    if left:
        view = ErasureView(remaining=left)
        return JSONResponse(view.model_dump(), 202, headers={"Retry-After": "1"})
    return Response(status_code=204)
