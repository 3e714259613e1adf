"""The endpoint of labels."""

from itertools import islice
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from sightline.domain.labels import fold_label
from sightline_api.dependencies import CurrentUser, Index
from sightline_api.pagination import decode_cursor, encode_cursor
from sightline_api.problems import AUTHENTICATED, InvalidCursor, documented

router = APIRouter(
    prefix="/v1", tags=["labels"], responses=documented(*AUTHENTICATED, InvalidCursor)
)


class LabelView(BaseModel):
    """A label, and how many of the caller's images have it."""

    name: str = Field(examples=["Dog"])
    images: int = Field(examples=[17])


class LabelPage(BaseModel):
    """A page of labels by name; `next_cursor` continues it, null on the last page."""

    items: list[LabelView]
    next_cursor: str | None


@router.get("/labels", operation_id="list_labels", summary="List labels")
async def list_labels(
    user: CurrentUser,
    index: Index,
    prefix: Annotated[str, Query(max_length=100)] = "",
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
    cursor: Annotated[str | None, Query(max_length=600)] = None,
) -> LabelPage:
    """Return the labels of the caller's images with exact counts, by name.

    With `prefix`, only labels that start with it in any letter case.
    """
    after = decode_cursor(cursor) if cursor else None
    counts = await index.count_labels(user.owner, limit + 1, fold_label(prefix), after)
    page = list(islice(counts, limit))
    return LabelPage(
        items=[LabelView(name=count.name, images=count.images) for count in page],
        next_cursor=encode_cursor(page[-1].key) if len(counts) > limit else None,
    )
