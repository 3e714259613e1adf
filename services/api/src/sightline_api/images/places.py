"""The endpoint of places: where the images of the timeline were taken, for a map."""

from collections.abc import Iterable
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from sightline.domain.capture import GeoPosition
from sightline.domain.sort_order import SortOrder
from sightline.domain.summaries import ImageSummary
from sightline.domain.timeline import TimelineRange
from sightline.ports.timeline_table import TimelineTable
from sightline_api.dependencies import CurrentUser, Timelines
from sightline_api.images.listing import MAX_READ, READ_SIZE
from sightline_api.pagination import decode_prefixed_cursor, encode_cursor
from sightline_api.problems import AUTHENTICATED, InvalidCursor, documented

router = APIRouter(
    prefix="/v1", tags=["images"], responses=documented(*AUTHENTICATED, InvalidCursor)
)

#: Decimals of the coordinates of a place: cells of about 111 meters from south to north.
PLACE_DECIMALS = 3

_CURSOR_PREFIX = "places:"


class PlaceCount(BaseModel):
    """A cell of 0.001 degrees around a position (WGS 84), and the images that were taken in it.

    The names are those of the newest of these images that has a city, and `image_id` is the newest
    one.
    """

    latitude: float = Field(examples=[38.711])
    longitude: float = Field(examples=[-9.137])
    images: int = Field(examples=[17])
    image_id: str
    city: str | None = Field(None, examples=["Lisbon"])
    region: str | None = Field(None, examples=["Lisbon"])
    country: str | None = Field(None, examples=["Portugal"])
    country_code: str | None = Field(None, examples=["PT"])


class PlacePage(BaseModel):
    """The places of a part of the timeline; `next_cursor` continues it, null at its end.

    `images` is the size of the part, and `without_position` how many of them have no position. A
    later page may have the same place again: add its images.
    """

    items: list[PlaceCount]
    images: int = Field(examples=[1000])
    without_position: int = Field(examples=[12])
    next_cursor: str | None


@router.get("/places", operation_id="list_places", summary="Count images by place")
async def list_places(
    user: CurrentUser,
    timeline: Timelines,
    limit: Annotated[int, Query(ge=1, le=MAX_READ, description="Images to count.")] = MAX_READ,
    cursor: Annotated[str | None, Query(max_length=200)] = None,
) -> PlacePage:
    """Return where the caller's images were taken, for a map, newest images first.

    Each page counts the next `limit` images of the timeline. List the images of a place with
    `GET /v1/images?order=taken&bbox={west},{south},{east},{north}`.
    """
    after = decode_prefixed_cursor(cursor, _CURSOR_PREFIX) if cursor else None
    images, after = await _read_images(timeline, user.owner, limit, after)
    places = count_places(images)
    return PlacePage(
        items=places,
        images=len(images),
        without_position=len(images) - sum(place.images for place in places),
        next_cursor=None if after is None else encode_cursor(f"{_CURSOR_PREFIX}{after}"),
    )


async def _read_images(
    timeline: TimelineTable, owner: str, limit: int, after: str | None
) -> tuple[list[ImageSummary], str | None]:
    """Return up to `limit` images that follow a position, and where they end if others follow."""
    every = TimelineRange()
    found: list[ImageSummary] = []
    read = 0
    while True:
        remaining = every if after is None else every.after(after, SortOrder.NEWEST)
        # Parsing a summary takes time: other requests continue between the reads.
        page = await timeline.page(owner, min(READ_SIZE, limit - read), remaining)
        found += (image for image in page.images if not image.is_hidden)
        read += len(page.images)
        after = page.next_after
        if after is None or read >= limit:
            return found, after


def count_places(images: Iterable[ImageSummary]) -> list[PlaceCount]:
    """Return the places of the images, in the order of their first ones."""
    places: dict[tuple[float, float], PlaceCount] = {}
    for image in images:
        if (position := image.place) is None:
            continue
        cell = _round(position.latitude), _round(position.longitude)
        place = places.setdefault(
            cell,
            PlaceCount(latitude=cell[0], longitude=cell[1], images=0, image_id=image.image_id),
        )
        place.images += 1
        if place.city is None:
            _add_names(place, position)
    return list(places.values())


def _round(degrees: float) -> float:
    # The sum turns a negative zero into zero.
    return round(degrees, PLACE_DECIMALS) + 0.0


def _add_names(place: PlaceCount, position: GeoPosition) -> None:
    place.city, place.region = position.city, position.region
    place.country, place.country_code = position.country, position.country_code
