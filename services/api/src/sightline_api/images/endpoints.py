"""The endpoints of images."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Header, Query, Response
from uuid_utils.compat import uuid4

from sightline.consumer.messages import ReprocessCommand, format_reprocess_command
from sightline.deletion import delete_image
from sightline.domain.ids import AlbumId, image_id_adapter
from sightline.domain.images import Status
from sightline.domain.object_keys import ImageKey
from sightline.ports.image_table import ImageNotFound
from sightline_api.concurrency import each_of
from sightline_api.dependencies import (
    Albums,
    Announce,
    CurrentUser,
    Originals,
    OwnImage,
    PictureSigner,
    Renditions,
    Settings,
    Table,
    Uploads,
)
from sightline_api.images import index_search as search
from sightline_api.images.editing import edit_image, make_etag
from sightline_api.images.listing import Filter, list_some
from sightline_api.images.schemas import (
    DeletionBatch,
    DeletionOutcome,
    DeletionOutcomes,
    ImageChanges,
    ImagePage,
    ImageUpload,
    ImageUploadBatch,
    ImageUploadOutcome,
    ImageUploadOutcomes,
    ImageUploadRequest,
    ImageView,
    LabelNames,
    ReprocessRequest,
)
from sightline_api.images.tickets import create_upload
from sightline_api.pagination import decode_image_cursor, encode_cursor
from sightline_api.problems import (
    AUTHENTICATED,
    Contended,
    ImageNotFoundProblem,
    ImageTooLarge,
    InvalidCursor,
    NotUploaded,
    PreconditionFailed,
    Problem,
    QuotaExceeded,
    documented,
)
from sightline_api.routing.idempotency import IDEMPOTENCY, IDEMPOTENT, IdempotentRoute

router = APIRouter(
    prefix="/v1/images",
    tags=["images"],
    route_class=IdempotentRoute,
    responses=documented(*AUTHENTICATED),
)


@router.post(
    "",
    status_code=201,
    operation_id="create_image",
    dependencies=IDEMPOTENT,
    responses=documented(*IDEMPOTENCY, ImageTooLarge, QuotaExceeded),
)
async def create_image(
    ticket: ImageUploadRequest,
    user: CurrentUser,
    settings: Settings,
    table: Table,
    signer: PictureSigner,
    announce: Announce,
    response: Response,
) -> ImageUpload:
    """Announce a picture and get the form to upload it with, straight to S3.

    The form takes exactly the announced bytes. Processing begins by itself when they arrive.
    """
    issued = await create_upload(ticket, user.owner, settings, table, signer)
    announce.image(ImageKey(user.owner, issued.image.id), "created")
    response.headers["Location"] = f"/v1/images/{issued.image.id}"
    return issued


@router.post(
    "/batch",
    status_code=207,
    operation_id="create_images",
    dependencies=IDEMPOTENT,
    responses=documented(*IDEMPOTENCY),
)
async def create_images(
    batch: ImageUploadBatch,
    user: CurrentUser,
    settings: Settings,
    table: Table,
    signer: PictureSigner,
    announce: Announce,
) -> ImageUploadOutcomes:
    """Announce up to 100 pictures at once; each has an outcome of its own."""

    async def issue(asked: ImageUploadRequest) -> ImageUploadOutcome:
        try:
            ticket = await create_upload(asked, user.owner, settings, table, signer)
        except Problem as problem:
            return ImageUploadOutcome(problem=problem.body())
        announce.image(ImageKey(user.owner, ticket.image.id), "created")
        return ImageUploadOutcome(ticket=ticket)

    return ImageUploadOutcomes(items=await each_of(batch.images, issue))


@router.post(
    "/delete",
    status_code=207,
    operation_id="delete_images",
    dependencies=IDEMPOTENT,
    responses=documented(*IDEMPOTENCY),
)
async def remove_images(
    batch: DeletionBatch,
    user: CurrentUser,
    table: Table,
    albums: Albums,
    originals: Originals,
    renditions: Renditions,
    announce: Announce,
) -> DeletionOutcomes:
    """Delete up to 100 images at once, each as `DELETE /v1/images/{image_id}` does."""

    async def delete(image_id: str) -> DeletionOutcome:
        try:
            key = ImageKey(user.owner, image_id_adapter.validate_python(image_id))
            await delete_image(key, table, albums, originals, renditions)
        except (ValueError, ImageNotFound):
            return DeletionOutcome(id=image_id, status=404)
        announce.image(key, "deleted")
        return DeletionOutcome(id=image_id, status=204)

    return DeletionOutcomes(items=await each_of(batch.ids, delete))


@router.get("", operation_id="list_images", responses=documented(InvalidCursor))
async def list_images(
    user: CurrentUser,
    table: Table,
    signer: PictureSigner,
    status: Status | None = None,
    album: AlbumId | None = None,
    label: LabelNames = [],  # noqa: B006
    created_from: datetime | None = None,
    created_until: datetime | None = None,
    taken_from: datetime | None = None,
    taken_until: datetime | None = None,
    limit: Annotated[int, Query(ge=1, le=100)] = 50,
    cursor: Annotated[str | None, Query(max_length=200)] = None,
) -> ImagePage:
    """The caller's images, newest first.

    Those that the album holds, and that bear every one of the labels; ranges include their
    beginning and exclude their end, and a time without an offset counts as UTC.
    Where a filter passes over many images, a page may hold fewer than asked for, even none, and
    yet have a cursor.
    """
    query = search.Query(label, album=album) if label or album else None
    chosen = Filter(query, status, created_from, created_until, taken_from, taken_until)
    before = decode_image_cursor(cursor) if cursor else None
    page = await list_some(table, user.owner, chosen, limit, before)
    return ImagePage(
        items=[await ImageView.of(image, signer) for image in page.images],
        next_cursor=page.next_before and encode_cursor(page.next_before),
    )


@router.get("/{image_id}", operation_id="get_image", responses=documented(ImageNotFoundProblem))
async def get_image(
    key: OwnImage, table: Table, signer: PictureSigner, response: Response
) -> ImageView:
    """One image; poll it until `status` is `ready` or `failed`."""
    try:
        image = await table.get(key)
    except ImageNotFound:
        raise ImageNotFoundProblem from None
    response.headers["ETag"] = make_etag(image)
    return await ImageView.of(image, signer)


@router.patch(
    "/{image_id}",
    operation_id="update_image",
    responses=documented(ImageNotFoundProblem, PreconditionFailed, Contended),
)
async def update_image(
    changes: ImageChanges,
    key: OwnImage,
    table: Table,
    signer: PictureSigner,
    announce: Announce,
    response: Response,
    if_match: Annotated[str | None, Header(max_length=200)] = None,
) -> ImageView:
    """Change what the owner says of the image; reprocessing leaves it alone.

    With `If-Match`, only if the image is still the one with that `ETag`.
    """
    image = await edit_image(key, table, changes.model_dump(exclude_unset=True), if_match)
    announce.image(key, "updated")
    response.headers["ETag"] = make_etag(image)
    return await ImageView.of(image, signer)


@router.post(
    "/{image_id}/reprocess",
    status_code=202,
    operation_id="reprocess_image",
    dependencies=IDEMPOTENT,
    responses=documented(*IDEMPOTENCY, ImageNotFoundProblem, NotUploaded),
)
async def reprocess_image(
    demand: ReprocessRequest, key: OwnImage, table: Table, uploads: Uploads, signer: PictureSigner
) -> ImageView:
    """Process the picture once more: other features, a mended fault, a new month's budget.

    The answer is the image as it is; it turns to `processing` in a moment. What was found before
    stays until the new result replaces it.
    """
    try:
        image = await table.get(key)
    except ImageNotFound:
        raise ImageNotFoundProblem from None
    if image.status is Status.AWAITING_UPLOAD:
        raise NotUploaded
    request = ReprocessCommand(str(uuid4()), demand.parts, demand.features)
    await uploads.publish(format_reprocess_command(key, request))
    return await ImageView.of(image, signer)


@router.delete(
    "/{image_id}",
    status_code=204,
    operation_id="delete_image",
    responses=documented(ImageNotFoundProblem),
)
async def remove_image(
    key: OwnImage,
    table: Table,
    albums: Albums,
    originals: Originals,
    renditions: Renditions,
    announce: Announce,
) -> None:
    """Delete the picture and everything that was made of it.

    When the answer comes, all of it is gone. A call that was cut off may be repeated.
    """
    try:
        await delete_image(key, table, albums, originals, renditions)
    except ImageNotFound:
        raise ImageNotFoundProblem from None
    announce.image(key, "deleted")
