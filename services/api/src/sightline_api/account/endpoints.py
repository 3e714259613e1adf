"""The endpoints of an account: export or erase everything of one owner."""

from collections.abc import AsyncIterable
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Query, Response
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field

from sightline.domain.albums import AlbumKey
from sightline.domain.ids import AlbumId
from sightline.domain.images import Image
from sightline.domain.states import Status
from sightline.ports.album_member_table import AlbumMemberTable
from sightline.ports.usage_table import Usage
from sightline_api.account.dependencies import Eraser
from sightline_api.account.usage import UsageView, view_usage
from sightline_api.albums.member_schemas import (
    AlbumInvitationView,
    AlbumMembershipView,
    AlbumMemberView,
)
from sightline_api.albums.schemas import AlbumView
from sightline_api.albums.views import AlbumViews
from sightline_api.dependencies import (
    AlbumMembers,
    Albums,
    CurrentUser,
    Images,
    Index,
    Settings,
    UrlSigner,
    Usages,
)
from sightline_api.images.originals import OriginalView, view_original
from sightline_api.images.schemas import ImageView
from sightline_api.pagination import MAX_PAGE_SIZE, decode_image_cursor, encode_cursor
from sightline_api.problems import AUTHENTICATED, InvalidCursor, documented
from sightline_api.urls.signer import Signer

router = APIRouter(prefix="/v1/account", tags=["account"], responses=documented(*AUTHENTICATED))

#: Images or albums that an export reads at once.
READ_SIZE = 100


class ExportRecord(BaseModel):
    """One line of an export; fields with defaults are always present."""

    model_config = {"json_schema_serialization_defaults_required": True}


class ExportAccountRecord(ExportRecord):
    """The first line: the owner, and the usage."""

    kind: Literal["account"] = "account"
    owner: str
    usage: UsageView


class ExportAlbumRecord(ExportRecord):
    """One album."""

    kind: Literal["album"] = "album"
    album: AlbumView


class ExportMemberRecord(ExportRecord):
    """A person with whom the owner shares an album."""

    kind: Literal["member"] = "member"
    album_id: AlbumId
    member: AlbumMemberView


class ExportInvitationRecord(ExportRecord):
    """An invitation to an album of the owner that was not accepted yet."""

    kind: Literal["invitation"] = "invitation"
    album_id: AlbumId
    invitation: AlbumInvitationView


class ExportMembershipRecord(ExportRecord):
    """The access that the owner has to an album of another one."""

    kind: Literal["membership"] = "membership"
    membership: AlbumMembershipView


class ExportImageRecord(ExportRecord):
    """One image, and the URL of its original.

    To resume an interrupted export after this line, pass its `cursor`.
    """

    kind: Literal["image"] = "image"
    image: ImageView
    original: OriginalView
    cursor: str


class ExportEndRecord(ExportRecord):
    """The last line; an export without it is incomplete. `images` counts the images before it."""

    kind: Literal["end"] = "end"
    images: int


class ExportedImage(BaseModel):
    """One image, and the URL of its original."""

    image: ImageView
    original: OriginalView


class ExportedImagePage(BaseModel):
    """A page of images, newest first; `next_cursor` continues it, null on the last page."""

    items: list[ExportedImage]
    next_cursor: str | None


AnyExportRecord = Annotated[
    ExportAccountRecord
    | ExportAlbumRecord
    | ExportMemberRecord
    | ExportInvitationRecord
    | ExportMembershipRecord
    | ExportImageRecord
    | ExportEndRecord,
    Field(discriminator="kind"),
]


class ErasureView(BaseModel):
    """What remains to be erased."""

    remaining: int = Field(description="Images and albums, counted up to 1,000.", examples=[812])


async def _confirm(confirm: Annotated[Literal["everything"], Query()]) -> None:
    """Require an explicit confirmation."""


async def _start(
    user: CurrentUser,
    usage: Usages,
    cursor: Annotated[str | None, Query(max_length=200)] = None,
) -> tuple[str | None, Usage]:
    """Do everything that can fail before the response starts, and could only be cut off."""
    before = decode_image_cursor(cursor) if cursor else None
    return before, await usage.read(user.owner)


@router.get(
    "/export",
    operation_id="export_account",
    summary="Export an account",
    responses=documented(InvalidCursor),
)
async def export_account(
    user: CurrentUser,
    settings: Settings,
    images: Images,
    albums: Albums,
    members: AlbumMembers,
    index: Index,
    signer: UrlSigner,
    start: Annotated[tuple[str | None, Usage], Depends(_start)],
) -> AsyncIterable[AnyExportRecord]:
    """Export everything of the caller as JSON lines.

    The lines are the account, its albums with their members and invitations, its memberships in
    albums of others, and its images, newest first. Images with the status
    `awaiting_upload` are left out. URLs of originals and renditions are valid for at least an hour.
    To resume an interrupted export, pass the `cursor` of its last image.
    """
    before, usage = start
    if before is None:
        yield ExportAccountRecord(owner=user.owner, usage=view_usage(usage, settings))
        views = AlbumViews(images, index, signer)
        album: str | None = None
        while True:
            page = await albums.page(user.owner, READ_SIZE, album)
            for view in await views.build(user.owner, page.albums):
                yield ExportAlbumRecord(album=view)
                for shared in await _export_sharing(AlbumKey(user.owner, view.id), members):
                    yield shared
            if (album := page.next_before) is None:
                break
        async for membership in _export_memberships(user.owner, members):
            yield membership
    count = 0
    while True:
        found = await images.page(user.owner, READ_SIZE, before)
        for image in found.images:
            if image.status is not Status.AWAITING_UPLOAD:
                yield await _export_image(image, signer)
                count += 1
        if (before := found.next_before) is None:
            break
    yield ExportEndRecord(images=count)


@router.get(
    "/export/images",
    operation_id="export_images",
    summary="Export images page by page",
    responses=documented(InvalidCursor),
)
async def export_images(
    user: CurrentUser,
    images: Images,
    signer: UrlSigner,
    limit: Annotated[int, Query(ge=1, le=MAX_PAGE_SIZE)] = 50,
    cursor: Annotated[str | None, Query(max_length=200)] = None,
) -> ExportedImagePage:
    """Return the images of an export as plain JSON, newest first.

    For clients that cannot read the stream of `GET /v1/account/export`. `GET /v1/usage` and
    `GET /v1/albums` return the rest of it. A page may have fewer items than `limit`, because images
    with the status `awaiting_upload` are left out, and still have a `next_cursor`.
    """
    before = decode_image_cursor(cursor) if cursor else None
    page = await images.page(user.owner, limit, before)
    found = [each for each in page.images if each.status is not Status.AWAITING_UPLOAD]
    return ExportedImagePage(
        items=[
            ExportedImage(
                image=await ImageView.of(image, signer),
                original=await view_original(image, signer),
            )
            for image in found
        ],
        next_cursor=page.next_before and encode_cursor(page.next_before),
    )


async def _export_sharing(
    album: AlbumKey, members: AlbumMemberTable
) -> list[ExportMemberRecord | ExportInvitationRecord]:
    return [
        *(
            ExportMemberRecord(album_id=album.album_id, member=AlbumMemberView.of(each))
            for each in await members.list_members(album)
            if each.is_active
        ),
        *(
            ExportInvitationRecord(album_id=album.album_id, invitation=AlbumInvitationView.of(each))
            for each in await members.list_invitations(album)
        ),
    ]


async def _export_memberships(
    owner: str, members: AlbumMemberTable
) -> AsyncIterable[ExportMembershipRecord]:
    before: str | None = None
    while True:
        page = await members.page_memberships(owner, READ_SIZE, before)
        for member in page.members:
            if member.is_active:
                yield ExportMembershipRecord(membership=AlbumMembershipView.of(member))
        if (before := page.next_before) is None:
            break


async def _export_image(image: Image, signer: Signer) -> ExportImageRecord:
    return ExportImageRecord(
        image=await ImageView.of(image, signer),
        original=await view_original(image, signer),
        cursor=encode_cursor(image.image_id),
    )


@router.delete(
    "",
    status_code=204,
    operation_id="erase_account",
    summary="Erase an account",
    dependencies=[Depends(_confirm)],
    responses={202: {"model": ErasureView, "description": "Incomplete: repeat the request."}},
)
async def erase_account(user: CurrentUser, settings: Settings, eraser: Eraser) -> Response:
    """Erase everything of the caller for good: images, albums, labels and usage.

    Each request erases a part. While something remains the status is 202: repeat the request, as
    after any failure. The user in Cognito is not deleted; delete it there.
    """
    remaining = await eraser.erase(user.owner, settings.erasure_seconds)
    if remaining:
        view = ErasureView(remaining=remaining)
        return JSONResponse(view.model_dump(), 202, headers={"Retry-After": "1"})
    return Response(status_code=204)
