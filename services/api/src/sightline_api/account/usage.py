"""The endpoint of usage: what a caller has, and what recognition has cost."""

from fastapi import APIRouter
from pydantic import BaseModel, Field

from sightline.domain.recognition import Feature
from sightline.ports.image_table import MonthlyUsage, Usage
from sightline_api.dependencies import CurrentUser, Settings, Table
from sightline_api.problems import AUTHENTICATED, documented
from sightline_api.routing.route import Route
from sightline_api.settings import ApiSettings

router = APIRouter(
    prefix="/v1/usage",
    tags=["usage"],
    route_class=Route,
    responses=documented(*AUTHENTICATED),
)


class MonthlyUsageView(BaseModel):
    """What came in one month; deletion takes nothing away from it."""

    month: str = Field(examples=["2026-11"])
    images: int
    bytes: int
    calls: dict[Feature, int] = Field(description="Recognition calls that were paid for.")
    estimated_cost: float = Field(description="Of those calls, in US dollars.", examples=[1.25])


class UsageView(BaseModel):
    """What the caller has now, how much there may be (null: any number), and the months."""

    images: int
    bytes: int
    max_images: int | None
    max_bytes: int | None
    months: list[MonthlyUsageView]


@router.get("", operation_id="get_usage")
async def get_usage(user: CurrentUser, settings: Settings, table: Table) -> UsageView:
    """Pictures, bytes and recognition calls of the caller, by month, newest first."""
    return view_usage(await table.read_usage(user.owner), settings)


def view_usage(usage: Usage, settings: ApiSettings) -> UsageView:
    return UsageView(
        images=usage.images,
        bytes=usage.bytes,
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
