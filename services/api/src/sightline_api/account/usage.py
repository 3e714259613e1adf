"""The endpoint of usage: stored images, and what recognition has cost."""

from fastapi import APIRouter
from pydantic import BaseModel, Field

from sightline.domain.recognition import Feature
from sightline.ports.usage_table import MonthlyUsage, Usage
from sightline_api.dependencies import CurrentUser, Settings, Usages
from sightline_api.problems import AUTHENTICATED, documented
from sightline_api.settings import ApiSettings

router = APIRouter(prefix="/v1/usage", tags=["usage"], responses=documented(*AUTHENTICATED))


class MonthlyUsageView(BaseModel):
    """Usage in one month; deleting images does not reduce it."""

    month: str = Field(examples=["2026-11"])
    images: int
    bytes: int
    calls: dict[Feature, int] = Field(description="Paid recognition calls by feature.")
    estimated_cost: float = Field(description="Cost of these calls in US dollars.", examples=[1.25])


class UsageView(BaseModel):
    """What the caller stores now, the quotas (null: unlimited), and usage by month.

    `images` and `bytes` include the trash, and the quotas count it.
    """

    images: int
    bytes: int
    trashed_images: int = Field(description="Images in the trash.", examples=[3])
    trashed_bytes: int = Field(description="Bytes of the images in the trash.", examples=[2487549])
    reserved_images: int = Field(
        0, description="Outstanding uploads, which the quotas count as well.", examples=[2]
    )
    reserved_bytes: int = Field(
        0, description="Declared bytes of the outstanding uploads.", examples=[1048576]
    )
    max_images: int | None
    max_bytes: int | None
    months: list[MonthlyUsageView]


@router.get("", operation_id="get_usage", summary="Get usage by month")
async def get_usage(user: CurrentUser, settings: Settings, usage: Usages) -> UsageView:
    """Return the caller's images, bytes and recognition calls by month, newest first."""
    return view_usage(await usage.read(user.owner), settings)


def view_usage(usage: Usage, settings: ApiSettings) -> UsageView:
    return UsageView(
        images=usage.images,
        bytes=usage.bytes,
        trashed_images=usage.trashed_images,
        trashed_bytes=usage.trashed_bytes,
        reserved_images=usage.reserved_images,
        reserved_bytes=usage.reserved_bytes,
        max_images=settings.owner_max_images,
        max_bytes=settings.owner_max_bytes,
        months=[_view(month, settings) for month in usage.months],
    )


def _view(month: MonthlyUsage, settings: ApiSettings) -> MonthlyUsageView:
    cost = sum(settings.call_prices.get(each, 0) * count for each, count in month.calls.items())
    return MonthlyUsageView(
        month=month.month,
        images=month.images,
        bytes=month.bytes,
        calls=month.calls,
        estimated_cost=round(cost / 1000, 4),
    )
