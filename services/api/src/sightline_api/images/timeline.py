"""The endpoint of the timeline."""

from fastapi import APIRouter
from pydantic import BaseModel, Field

from sightline_api.dependencies import CurrentUser, Timelines
from sightline_api.problems import AUTHENTICATED, documented

router = APIRouter(prefix="/v1", tags=["images"], responses=documented(*AUTHENTICATED))


class TimelineMonth(BaseModel):
    """A month, and how many of the caller's images the timeline has in it."""

    month: str = Field(examples=["2026-11"])
    images: int = Field(examples=[17])


class TimelineView(BaseModel):
    """The months that have images, newest first, and the number of all images in them."""

    images: int = Field(examples=[17])
    months: list[TimelineMonth]


@router.get("/timeline", operation_id="get_timeline", summary="Count images by month")
async def get_timeline(user: CurrentUser, timeline: Timelines) -> TimelineView:
    """Return the exact number of the caller's images in each month.

    The month of an image is that of its capture on a clock at the place, or else that of its
    upload in UTC. List the images of a month with `GET /v1/images?order=taken&month={month}`.
    """
    counts = await timeline.count_months(user.owner)
    return TimelineView(
        images=sum(count.images for count in counts),
        months=[TimelineMonth(month=count.month, images=count.images) for count in counts],
    )
