"""The endpoints of labels, and search by them."""

from itertools import islice
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from sightline.images import fold_label
from sightline_api import search
from sightline_api.cursors import decode_cursor, decode_image_cursor, encode_cursor
from sightline_api.dependencies import CurrentUser, PictureSigner, Table
from sightline_api.problems import AUTHENTICATED, InvalidCursor, documented
from sightline_api.views import ImagePage, ImageView, LabelName

router = APIRouter(
    prefix="/v1",
    tags=["labels"],
    responses=documented(*AUTHENTICATED, InvalidCursor),
)

#: Labels that one search may name; each is a partition to go through.
MAX_LABELS = 10

LabelNames = Annotated[list[LabelName], Query(max_length=MAX_LABELS)]


class LabelView(BaseModel):
    """A label, and how many of the caller's images bear it."""

    name: str = Field(examples=["Dog"])
    images: int = Field(examples=[17])


class LabelPage(BaseModel):
    """Some labels by name; `next_cursor` continues, null at the end."""

    items: list[LabelView]
    next_cursor: str | None


@router.get("/labels", operation_id="list_labels")
async def list_labels(
    user: CurrentUser,
    table: Table,
    prefix: Annotated[str, Query(max_length=100)] = "",
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
    cursor: Annotated[str | None, Query(max_length=600)] = None,
) -> LabelPage:
    """The labels of the caller's images with exact counts, by name; `prefix` in any case."""
    after = decode_cursor(cursor) if cursor else None
    counts = await table.count_labels(user.owner, limit + 1, fold_label(prefix), after)
    shown = list(islice(counts, limit))
    return LabelPage(
        items=[LabelView(name=count.name, images=count.images) for count in shown],
        next_cursor=encode_cursor(shown[-1].key) if len(counts) > limit else None,
    )


@router.get("/search", operation_id="search_images")
async def search_images(
    user: CurrentUser,
    table: Table,
    signer: PictureSigner,
    label: Annotated[list[LabelName], Query(min_length=1, max_length=MAX_LABELS)],
    without: Annotated[LabelNames, Query(alias="not")] = [],  # noqa: B006
    min_confidence: Annotated[float, Query(ge=0, le=100)] = 0,
    limit: Annotated[int, Query(ge=1, le=100)] = 50,
    cursor: Annotated[str | None, Query(max_length=200)] = None,
) -> ImagePage:
    """The caller's images that bear every `label` and none of `not`, newest first.

    A label is found however it is written; one that the owner added has a confidence of 100.
    """
    before = decode_image_cursor(cursor) if cursor else None
    query = search.Query(label, without, min_confidence)
    found: list[str] = []
    async for image_id in search.find_images(table, user.owner, query, before):
        found.append(image_id)
        if len(found) > limit:
            break
    images = await table.get_many(user.owner, found[:limit])
    return ImagePage(
        items=[await ImageView.of(image, signer) for image in images],
        next_cursor=encode_cursor(found[limit - 1]) if len(found) > limit else None,
    )
