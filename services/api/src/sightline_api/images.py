"""The endpoints of images."""

import time
from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Header, Query, Response
from uuid_utils.compat import uuid4

from sightline.identifiers import new_image_id
from sightline.images import Details, Image, Status, now
from sightline.table import ImageNotFound
from sightline.uploads import Request, compose_request
from sightline_api.cursors import decode_cursor, encode_cursor
from sightline_api.deletion import delete_image
from sightline_api.dependencies import (
    CurrentUser,
    Originals,
    OwnImage,
    PictureSigner,
    Renditions,
    Settings,
    Table,
    Uploads,
)
from sightline_api.editing import edit_image, make_etag
from sightline_api.problems import (
    Changed,
    Contended,
    DependencyUnavailable,
    ImageMissing,
    InvalidCursor,
    NothingUploaded,
    PictureTooLarge,
    Unauthenticated,
    documented,
)
from sightline_api.views import (
    ImageChanges,
    ImagePage,
    ImageView,
    ReprocessRequest,
    Ticket,
    TicketRequest,
    UploadForm,
)

#: Seconds for which a row outlives its unused ticket: an upload that began in time may still be
#: on its way.
TICKET_GRACE = 86_400

router = APIRouter(
    prefix="/v1/images",
    tags=["images"],
    responses=documented(Unauthenticated, DependencyUnavailable),
)


@router.post(
    "", status_code=201, operation_id="create_image", responses=documented(PictureTooLarge)
)
async def create_image(
    ticket: TicketRequest,
    user: CurrentUser,
    settings: Settings,
    table: Table,
    signer: PictureSigner,
    response: Response,
) -> Ticket:
    """Announce a picture and get the form to upload it with, straight to S3.

    The form takes exactly the announced bytes. Processing begins by itself when they arrive.
    """
    if ticket.bytes > settings.max_upload_bytes:
        raise PictureTooLarge
    image = Image(
        owner=user.owner,
        image_id=new_image_id(),
        details=Details(title=ticket.title),
        media_type=ticket.media_type,
        bytes=ticket.bytes,
        sha256=ticket.sha256,
        features=ticket.features,
        created_at=now(),
        expires_at=int(time.time()) + settings.ticket_seconds + TICKET_GRACE,
    )
    form = await signer.sign_upload(image, settings.ticket_seconds)
    await table.create(image)
    response.headers["Location"] = f"/v1/images/{image.image_id}"
    return Ticket(
        image=await ImageView.of(image, signer),
        upload=UploadForm.of(form, image.created_at + timedelta(seconds=settings.ticket_seconds)),
    )


@router.get("", operation_id="list_images", responses=documented(InvalidCursor))
async def list_images(
    user: CurrentUser,
    table: Table,
    signer: PictureSigner,
    limit: Annotated[int, Query(ge=1, le=100)] = 50,
    cursor: Annotated[str | None, Query(max_length=200)] = None,
) -> ImagePage:
    """The caller's images, newest first."""
    page = await table.page(user.owner, limit, decode_cursor(cursor) if cursor else None)
    return ImagePage(
        items=[await ImageView.of(image, signer) for image in page.images],
        next_cursor=page.next_before and encode_cursor(page.next_before),
    )


@router.get("/{image_id}", operation_id="get_image", responses=documented(ImageMissing))
async def get_image(
    key: OwnImage, table: Table, signer: PictureSigner, response: Response
) -> ImageView:
    """One image; poll it until `status` is `ready` or `failed`."""
    try:
        image = await table.get(key)
    except ImageNotFound:
        raise ImageMissing from None
    response.headers["ETag"] = make_etag(image)
    return await ImageView.of(image, signer)


@router.patch(
    "/{image_id}",
    operation_id="update_image",
    responses=documented(ImageMissing, Changed, Contended),
)
async def update_image(
    changes: ImageChanges,
    key: OwnImage,
    table: Table,
    signer: PictureSigner,
    response: Response,
    if_match: Annotated[str | None, Header(max_length=200)] = None,
) -> ImageView:
    """Change what the owner says of the image; reprocessing leaves it alone.

    With `If-Match`, only if the image is still the one with that `ETag`.
    """
    image = await edit_image(key, table, changes.model_dump(exclude_unset=True), if_match)
    response.headers["ETag"] = make_etag(image)
    return await ImageView.of(image, signer)


@router.post(
    "/{image_id}/reprocess",
    status_code=202,
    operation_id="reprocess_image",
    responses=documented(ImageMissing, NothingUploaded),
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
        raise ImageMissing from None
    if image.status is Status.AWAITING_UPLOAD:
        raise NothingUploaded
    request = Request(str(uuid4()), demand.parts, demand.features)
    await uploads.publish(compose_request(key, request))
    return await ImageView.of(image, signer)


@router.delete(
    "/{image_id}",
    status_code=204,
    operation_id="delete_image",
    responses=documented(ImageMissing),
)
async def remove_image(
    key: OwnImage, table: Table, originals: Originals, renditions: Renditions
) -> None:
    """Delete the picture and everything that was made of it.

    When the answer comes, all of it is gone. A call that was cut off may be repeated.
    """
    try:
        await delete_image(key, table, originals, renditions)
    except ImageNotFound:
        raise ImageMissing from None
