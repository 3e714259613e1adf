"""The endpoints of the trash: list its images, and restore them."""

from datetime import datetime, timedelta
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from sightline.domain import summaries
from sightline.domain.ids import image_id_adapter
from sightline.domain.object_keys import ImageKey
from sightline.domain.sort_order import SortOrder
from sightline.domain.states import Status
from sightline.domain.timeline import TimelineRange
from sightline.optimistic import Conflict
from sightline.ports.image_table import ImageNotFound
from sightline_api.dependencies import (
    ChargeBatch,
    CurrentUser,
    OwnImage,
    Settings,
    Slots,
    Timelines,
    Trash,
    UrlSigner,
)
from sightline_api.events.dependencies import Changes
from sightline_api.images.schemas import (
    ImageBatch,
    ImageSummary,
    ImageView,
    ItemOutcome,
    ItemOutcomes,
    sign_links,
)
from sightline_api.pagination import MAX_PAGE_SIZE, decode_prefixed_cursor, encode_cursor
from sightline_api.problems import (
    AUTHENTICATED,
    Contended,
    ImageNotFoundProblem,
    InvalidCursor,
    documented,
)
from sightline_api.routing.idempotency import IDEMPOTENCY, IDEMPOTENT, IdempotentRoute

router = APIRouter(
    prefix="/v1",
    tags=["images"],
    route_class=IdempotentRoute,
    responses=documented(*AUTHENTICATED),
)

#: Begins the key in a cursor of the trash.
CURSOR_PREFIX = "trash:"


class TrashedImage(BaseModel):
    """An image in the trash."""

    image: ImageSummary
    trashed_at: datetime
    purged_at: datetime = Field(description="The image is deleted for good soon after this time.")

    @classmethod
    def of(
        cls, image: summaries.ImageSummary, urls: dict[str, str], kept: timedelta
    ) -> "TrashedImage":
        """Build the view; `urls` has the URL of each rendition by its key."""
        trashed_at = image.details.trashed_at
        assert trashed_at is not None  # noqa: S101 - the range of the trash has no other images
        return cls(
            image=ImageSummary.of(image, urls),
            trashed_at=trashed_at,
            purged_at=trashed_at + kept,
        )


class TrashPage(BaseModel):
    """A page of the trash; `next_cursor` continues it, null on the last page."""

    items: list[TrashedImage]
    next_cursor: str | None


@router.get(
    "/trash",
    operation_id="list_trash",
    summary="List the images in the trash",
    responses=documented(InvalidCursor),
)
async def list_trash(
    user: CurrentUser,
    timeline: Timelines,
    signer: UrlSigner,
    settings: Settings,
    limit: Annotated[int, Query(ge=1, le=MAX_PAGE_SIZE)] = 50,
    cursor: Annotated[str | None, Query(max_length=200)] = None,
) -> TrashPage:
    """Return the caller's images in the trash, the last one that was moved there first.

    Images that await their upload are left out. A page may have fewer items than `limit` and still
    have a `next_cursor`.
    """
    within = TimelineRange.of_trash()
    if cursor:
        within = within.after(decode_prefixed_cursor(cursor, CURSOR_PREFIX), SortOrder.NEWEST)
    page = await timeline.page(user.owner, limit, within)
    images = [
        image
        for image in page.images
        if not image.is_gone and image.status is not Status.AWAITING_UPLOAD
    ]
    urls = await sign_links(images, signer)
    kept = timedelta(days=settings.trash_days)
    return TrashPage(
        items=[TrashedImage.of(image, urls, kept) for image in images],
        next_cursor=page.next_after and encode_cursor(CURSOR_PREFIX + page.next_after),
    )


@router.post(
    "/images/{image_id}/restore",
    operation_id="restore_image",
    summary="Restore an image from the trash",
    openapi_extra=IDEMPOTENT,
    responses=documented(*IDEMPOTENCY, ImageNotFoundProblem, Contended),
)
async def restore_image(
    key: OwnImage, trash: Trash, signer: UrlSigner, changes: Changes
) -> ImageView:
    """Restore an image as it was: with its place in lists, searches, albums and counts.

    An image that is not in the trash stays as it is. An interrupted request can be repeated.
    """
    image = await trash.restore(key)
    changes.image(key, "created")
    return await ImageView.of(image, signer)


@router.post(
    "/images/restore",
    status_code=207,
    operation_id="restore_images",
    summary="Restore up to 100 images from the trash",
    openapi_extra=IDEMPOTENT,
    responses=documented(*IDEMPOTENCY),
)
async def restore_images(
    batch: ImageBatch,
    user: CurrentUser,
    trash: Trash,
    changes: Changes,
    slots: Slots,
    charge: ChargeBatch,
) -> ItemOutcomes:
    """Restore up to 100 images, each as `POST /v1/images/{image_id}/restore` does."""
    charge(len(batch.ids))

    async def restore(image_id: str) -> ItemOutcome:
        try:
            key = ImageKey(user.owner, image_id_adapter.validate_python(image_id))
            await trash.restore(key)
        except (ValueError, ImageNotFound):
            return ItemOutcome.failure(image_id, ImageNotFoundProblem())
        except Conflict:
            return ItemOutcome.failure(image_id, Contended())
        changes.image(key, "created")
        return ItemOutcome.success(image_id)

    return ItemOutcomes(items=await slots.map(user.owner, batch.ids, restore))
