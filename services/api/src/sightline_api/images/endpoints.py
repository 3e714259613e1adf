"""The endpoints of images."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from uuid_utils.compat import uuid4

from sightline import tracing
from sightline.consumer.messages import ReprocessCommand, format_reprocess_command
from sightline.domain.albums import AlbumKey
from sightline.domain.ids import image_id_adapter
from sightline.domain.object_keys import ImageKey
from sightline.domain.sort_order import SortOrder
from sightline.domain.states import Status
from sightline.optimistic import Conflict
from sightline.ports.image_table import ImageNotFound
from sightline_api.dependencies import (
    Albums,
    ChargeBatch,
    CurrentUser,
    Deleter,
    IfMatch,
    Images,
    Index,
    OwnImage,
    Reprocessing,
    Slots,
    Timelines,
    Trash,
    UrlSigner,
)
from sightline_api.events.dependencies import Changes
from sightline_api.images.album_listing import (
    LISTED_ORDERS,
    AlbumListing,
    decode_album_cursor,
    encode_album_cursor,
    find_album_sort,
    read_album_sort,
)
from sightline_api.images.dependencies import Uploads
from sightline_api.images.editing import check_precondition, edit_image, make_etag
from sightline_api.images.filters import MANUAL_WITHOUT_ALBUM, SelectedImages
from sightline_api.images.listing import Listing
from sightline_api.images.relative_changes import make_edit_id
from sightline_api.images.schemas import (
    DeletionBatch,
    ImageChanges,
    ImageSummaryPage,
    ImageUpload,
    ImageUploadBatch,
    ImageUploadOutcome,
    ImageUploadOutcomes,
    ImageUploadRequest,
    ImageView,
    ItemOutcome,
    ItemOutcomes,
    ReprocessRequest,
    UpdateBatch,
)
from sightline_api.images.searching import ImageSearch
from sightline_api.images.timeline_listing import (
    ListOrder,
    TimelineListing,
    decode_timeline_cursor,
    encode_timeline_cursor,
)
from sightline_api.images.timeline_search import TimelineSearch
from sightline_api.images.upload_route import UploadRoute
from sightline_api.pagination import MAX_PAGE_SIZE, decode_sorted_cursor, encode_sorted_cursor
from sightline_api.problems import (
    AUTHENTICATED,
    PRECONDITION,
    Contended,
    ImageNotFoundProblem,
    ImageTooLarge,
    InvalidCursor,
    InvalidText,
    NotUploaded,
    Problem,
    QuotaExceeded,
    TooManyUploadsProblem,
    documented,
)
from sightline_api.routing.idempotency import IDEMPOTENCY, IDEMPOTENT

router = APIRouter(
    prefix="/v1/images",
    tags=["images"],
    route_class=UploadRoute,
    responses=documented(*AUTHENTICATED),
)


@router.post(
    "",
    status_code=201,
    operation_id="create_image",
    summary="Create an upload",
    openapi_extra=IDEMPOTENT,
    responses=documented(*IDEMPOTENCY, ImageTooLarge, QuotaExceeded, TooManyUploadsProblem),
)
async def create_image(
    request: ImageUploadRequest, user: CurrentUser, uploads: Uploads, response: Response
) -> ImageUpload:
    """Create an image, and a presigned POST that uploads its file straight to S3.

    The presigned POST accepts exactly the declared bytes. Processing starts when they arrive.
    """
    upload = await uploads.create(request, user.owner)
    response.headers["Location"] = f"/v1/images/{upload.image.id}"
    return upload


@router.post(
    "/batch",
    status_code=207,
    operation_id="create_images",
    summary="Create up to 100 uploads",
    openapi_extra=IDEMPOTENT,
    responses=documented(*IDEMPOTENCY),
)
async def create_images(
    batch: ImageUploadBatch, user: CurrentUser, uploads: Uploads, slots: Slots, charge: ChargeBatch
) -> ImageUploadOutcomes:
    """Create up to 100 images with a presigned POST each. Every image has an outcome of its own."""
    charge(len(batch.images))

    async def create(request: ImageUploadRequest) -> ImageUploadOutcome:
        try:
            upload = await uploads.create_in_batch(request, user.owner)
        except Problem as problem:
            return ImageUploadOutcome(status=problem.status, problem=problem.body())
        return ImageUploadOutcome(status=201, upload=upload)

    return ImageUploadOutcomes(items=await slots.map(user.owner, batch.images, create))


@router.post(
    "/delete",
    status_code=207,
    operation_id="delete_images",
    summary="Move up to 100 images to the trash, or delete them",
    openapi_extra=IDEMPOTENT,
    responses=documented(*IDEMPOTENCY),
)
async def delete_images(
    batch: DeletionBatch,
    user: CurrentUser,
    trash: Trash,
    deleter: Deleter,
    changes: Changes,
    slots: Slots,
    charge: ChargeBatch,
) -> ItemOutcomes:
    """Move up to 100 images to the trash, each as `DELETE /v1/images/{image_id}` does.

    With `permanent`, delete them for good.
    """
    charge(len(batch.ids))
    remove = deleter.delete if batch.permanent else trash.move

    async def delete(image_id: str) -> ItemOutcome:
        try:
            key = ImageKey(user.owner, image_id_adapter.validate_python(image_id))
            await remove(key)
        except (ValueError, ImageNotFound):
            return ItemOutcome.failure(image_id, ImageNotFoundProblem())
        except Conflict:
            return ItemOutcome.failure(image_id, Contended())
        changes.image(key, "deleted")
        return ItemOutcome.success(image_id)

    return ItemOutcomes(items=await slots.map(user.owner, batch.ids, delete))


@router.post(
    "/update",
    status_code=207,
    operation_id="update_images",
    summary="Update up to 100 images",
    openapi_extra=IDEMPOTENT,
    responses=documented(*IDEMPOTENCY),
)
async def update_images(
    batch: UpdateBatch,
    user: CurrentUser,
    images: Images,
    reprocessing: Reprocessing,
    published: Changes,
    slots: Slots,
    charge: ChargeBatch,
    request: Request,
) -> ItemOutcomes:
    """Apply the same changes to up to 100 images. Every image has an outcome of its own.

    An image that has them already stays as it is. An interrupted request can be repeated; with
    `taken_at_shift` or `rotate_by`, with the same `Idempotency-Key`.
    """
    charge(len(batch.ids))
    changes = batch.changes.model_dump(exclude_unset=True)
    edit_id = make_edit_id(request.headers.get("idempotency-key") or str(uuid4()))

    async def update(image_id: str) -> ItemOutcome:
        try:
            key = ImageKey(user.owner, image_id_adapter.validate_python(image_id))
            await edit_image(key, images, reprocessing, changes, edit_id=edit_id)
        except (ValueError, ImageNotFound):
            return ItemOutcome.failure(image_id, ImageNotFoundProblem())
        except Conflict:
            return ItemOutcome.failure(image_id, Contended())
        except Problem as problem:
            return ItemOutcome.failure(image_id, problem)
        published.image(key, "updated")
        return ItemOutcome.success(image_id)

    return ItemOutcomes(items=await slots.map(user.owner, batch.ids, update))


@router.get(
    "",
    operation_id="list_images",
    summary="List images",
    responses=documented(InvalidCursor, InvalidText),
)
async def list_images(
    user: CurrentUser,
    images: Images,
    index: Index,
    signer: UrlSigner,
    selected: SelectedImages,
    timeline: Timelines,
    albums: Albums,
    sort: Annotated[
        SortOrder | None,
        Query(
            description="The newest or the oldest first, by `order`; `newest` by default. It does "
            "not apply to the manual order."
        ),
    ] = None,
    order: Annotated[
        ListOrder | None,
        Query(
            description="By the time of upload, which is the default; or by that of capture on a "
            "clock at the place, and else of upload in UTC, which starts with the processing of an "
            "image; or as the owner arranged the images of `album`."
        ),
    ] = None,
    limit: Annotated[int, Query(ge=1, le=MAX_PAGE_SIZE)] = 50,
    cursor: Annotated[str | None, Query(max_length=200)] = None,
) -> ImageSummaryPage:
    """Return summaries of the caller's images that match all filters.

    Labels and words match in any letter case. A label that the owner added has a confidence of 100.
    Text is recognized if the feature `text` was requested. `q` searches all fields at once, and
    `matches` of an image are the fields that have each of its words. A range includes its start and
    excludes its end; a time without an offset counts as UTC. When many images are left out, a page
    may have fewer items than `limit`, or none, and still have a `next_cursor`. A cursor continues a
    list in the same order, whatever has changed since. A list of an album without `sort` and
    `order` has the order of the album.
    """
    album = selected.query and selected.query.album
    if order is ListOrder.MANUAL and not album:
        raise MANUAL_WITHOUT_ALBUM
    if album:
        key = AlbumKey(user.owner, album)
        if order is None and sort is None:
            album_sort = await read_album_sort(albums, key, cursor)
            order, sort = LISTED_ORDERS[album_sort]
        album_sort = find_album_sort(order or ListOrder.UPLOADED, sort or SortOrder.NEWEST)
        if not album_sort.is_by_upload:
            after = decode_album_cursor(cursor, album_sort) if cursor else None
            in_album = AlbumListing(albums, images, index, key, album_sort)
            listed = await in_album.page(selected, limit, after)
            following = listed.next_after and encode_album_cursor(listed.next_after, album_sort)
            return await ImageSummaryPage.of_search(listed.found, following, signer)
    sort = sort or SortOrder.NEWEST
    if order is ListOrder.TAKEN:
        position = decode_timeline_cursor(cursor, sort) if cursor else None
        if selected.query is None:
            listing = TimelineListing(timeline, user.owner, sort)
            found = await listing.page(selected, limit, position)
        else:
            in_time = TimelineSearch(timeline, images, index, user.owner, sort)
            found = await in_time.page(selected.query, selected, limit, position)
        following = found.next_after and encode_timeline_cursor(found.next_after, sort)
        return await ImageSummaryPage.of_search(found.found, following, signer)
    after = decode_sorted_cursor(cursor, sort) if cursor else None
    if selected.query is None:
        page = await Listing(images, user.owner, sort).page(selected, limit, after)
        following = page.next_after and encode_sorted_cursor(page.next_after, sort)
        return await ImageSummaryPage.of(page.images, following, signer)
    search = ImageSearch(images, index, user.owner, sort)
    results = await search.page(selected.query, selected, limit, after)
    following = results.next_after and encode_sorted_cursor(results.next_after, sort)
    return await ImageSummaryPage.of_search(results.found, following, signer)


@router.get(
    "/{image_id}",
    operation_id="get_image",
    summary="Get an image",
    responses=documented(ImageNotFoundProblem),
)
async def get_image(
    key: OwnImage, images: Images, signer: UrlSigner, response: Response
) -> ImageView:
    """Return one image. Poll it until `status` is `ready` or `failed`, or follow the events."""
    image = await images.get(key)
    response.headers["ETag"] = make_etag(image)
    return await ImageView.of(image, signer)


@router.patch(
    "/{image_id}",
    operation_id="update_image",
    summary="Update an image",
    responses=documented(ImageNotFoundProblem, *PRECONDITION, Contended),
)
async def update_image(
    changes: ImageChanges,
    key: OwnImage,
    images: Images,
    signer: UrlSigner,
    reprocessing: Reprocessing,
    published: Changes,
    response: Response,
    if_match: IfMatch = None,
) -> ImageView:
    """Change the title, the description, the owner's labels, flags, time, position and rotation.

    Reprocessing keeps them, and so does the trash. After a change of the rotation, the renditions
    are created again, and the status is `processing` meanwhile. The original stays as it was
    uploaded.

    With `If-Match`, only if the image still has that `ETag`.
    """
    fields = changes.model_dump(exclude_unset=True)
    image = await edit_image(key, images, reprocessing, fields, if_match)
    published.image(key, "updated")
    response.headers["ETag"] = make_etag(image)
    return await ImageView.of(image, signer)


@router.post(
    "/{image_id}/reprocess",
    status_code=202,
    operation_id="reprocess_image",
    summary="Reprocess an image",
    openapi_extra=IDEMPOTENT,
    responses=documented(*IDEMPOTENCY, ImageNotFoundProblem, NotUploaded),
)
async def reprocess_image(
    request: ReprocessRequest,
    key: OwnImage,
    images: Images,
    reprocessing: Reprocessing,
    signer: UrlSigner,
) -> ImageView:
    """Reprocess an image, for example with other features or after an error.

    Returns the image as it is now; its status changes to `processing` in a moment. The present
    result stays until the new one replaces it.
    """
    image = await images.get(key)
    if image.status is Status.AWAITING_UPLOAD:
        raise NotUploaded
    command = ReprocessCommand(
        str(uuid4()), request.parts, request.features, tracing.current_traceparent()
    )
    await reprocessing.publish(format_reprocess_command(key, command))
    return await ImageView.of(image, signer)


@router.delete(
    "/{image_id}",
    status_code=204,
    operation_id="delete_image",
    summary="Move an image to the trash, or delete it",
    responses=documented(ImageNotFoundProblem, *PRECONDITION, Contended),
)
async def delete_image(
    key: OwnImage,
    images: Images,
    trash: Trash,
    deleter: Deleter,
    changes: Changes,
    permanent: Annotated[
        bool, Query(description="Delete the image for good, also one in the trash.")
    ] = False,
    if_match: IfMatch = None,
) -> None:
    """Move an image to the trash, out of all lists, searches, albums and counts.

    `POST /v1/images/{image_id}/restore` brings it back as it was. After the number of days in
    `trash_days` of the capabilities, the image is deleted with its original and renditions. With
    `permanent`, all of them are deleted when the response arrives. An interrupted request can be
    repeated. With `If-Match`, only if the image still has that `ETag`.
    """
    if if_match is not None:
        read = images.get_stored if permanent else images.get
        check_precondition(await read(key), if_match)
    await (deleter.delete if permanent else trash.move)(key)
    changes.image(key, "deleted")
