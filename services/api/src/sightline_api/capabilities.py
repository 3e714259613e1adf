"""The endpoint of capabilities: what this deployment accepts, for clients to discover."""

from typing import get_args

from fastapi import APIRouter
from pydantic import BaseModel, Field

from sightline.domain.albums import MAX_ALBUMS
from sightline.domain.recognition import Feature
from sightline.domain.sort_order import SortOrder
from sightline_api.dependencies import Settings
from sightline_api.images.editing import MAX_OWN_LABELS
from sightline_api.images.filters import MAX_LABELS, MAX_WORDS
from sightline_api.images.schemas import (
    MAX_BATCH_SIZE,
    MAX_DESCRIPTION_LENGTH,
    MAX_LABEL_LENGTH,
    MAX_TITLE_LENGTH,
    MediaType,
)
from sightline_api.pagination import MAX_PAGE_SIZE
from sightline_api.problems import AUTHENTICATED, documented
from sightline_api.settings import ApiSettings

router = APIRouter(
    prefix="/v1/capabilities", tags=["operations"], responses=documented(*AUTHENTICATED)
)


class LimitsView(BaseModel):
    """Limits on requests and on what an owner stores; null is unlimited."""

    upload_bytes: int = Field(description="Size of an image to upload.", examples=[52428800])
    upload_seconds: int = Field(
        description="Seconds for which a presigned POST is valid.", examples=[900]
    )
    batch_size: int = Field(description="Items of one batch.", examples=[100])
    page_size: int = Field(
        description="`limit` of lists of images, albums and duplicates.", examples=[100]
    )
    filter_labels: int = Field(description="Labels in each of `label` and `not`.", examples=[10])
    filter_words: int = Field(description="Words in all of `text`.", examples=[20])
    title_characters: int = Field(examples=[200])
    description_characters: int = Field(examples=[2000])
    label_characters: int = Field(examples=[50])
    labels_added: int = Field(description="Labels that the owner adds to an image.", examples=[12])
    labels_hidden: int = Field(
        description="Labels of an image that the owner hides.", examples=[12]
    )
    albums_per_image: int = Field(description="Albums that contain the image.", examples=[100])
    images: int | None = Field(description="Images that an owner stores.")
    bytes: int | None = Field(description="Bytes of originals that an owner stores.")
    trash_days: int = Field(description="Days for which the trash keeps an image.", examples=[30])
    requests_per_second: float | None = Field(
        gt=0, description="Sustained requests per second of an owner.", examples=[50]
    )
    request_burst: int = Field(description="Requests of an owner at once.", examples=[200])
    event_streams: int = Field(description="Open event streams of an owner.", examples=[20])

    @classmethod
    def of(cls, settings: ApiSettings) -> "LimitsView":
        return cls(
            upload_bytes=settings.max_upload_bytes,
            upload_seconds=settings.upload_seconds,
            batch_size=MAX_BATCH_SIZE,
            page_size=MAX_PAGE_SIZE,
            filter_labels=MAX_LABELS,
            filter_words=MAX_WORDS,
            title_characters=MAX_TITLE_LENGTH,
            description_characters=MAX_DESCRIPTION_LENGTH,
            label_characters=MAX_LABEL_LENGTH,
            labels_added=MAX_OWN_LABELS,
            labels_hidden=MAX_OWN_LABELS,
            albums_per_image=MAX_ALBUMS,
            images=settings.owner_max_images,
            bytes=settings.owner_max_bytes,
            trash_days=settings.trash_days,
            requests_per_second=settings.owner_requests_per_second,
            request_burst=settings.owner_burst,
            event_streams=settings.events_max_streams,
        )


class CapabilitiesView(BaseModel):
    """What the API accepts. Values may be added: ignore those that you do not know."""

    media_types: list[str] = Field(
        description="Media types of images to upload. Raw files are `image/tiff`.",
        examples=[["image/jpeg", "image/png"]],
    )
    features: list[str] = Field(description="Features to recognize.", examples=[["labels", "text"]])
    sort_orders: list[str] = Field(description="Values of `sort`.", examples=[["newest", "oldest"]])
    limits: LimitsView


@router.get("", operation_id="get_capabilities", summary="Get limits, formats and features")
async def get_capabilities(settings: Settings) -> CapabilitiesView:
    """Return what this deployment accepts; it changes only with a deployment."""
    return CapabilitiesView(
        media_types=list(get_args(MediaType)),
        features=list(Feature),
        sort_orders=list(SortOrder),
        limits=LimitsView.of(settings),
    )
