"""The endpoints of labels, and search by them and by what is to be read."""

from itertools import islice
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field, StringConstraints

from sightline.domain.ids import AlbumId
from sightline.domain.images import fold_label
from sightline.domain.words import split_words
from sightline_api.dependencies import CurrentUser, PictureSigner, Table
from sightline_api.images import index_search as search
from sightline_api.images.listing import Filter, list_some
from sightline_api.images.schemas import ImagePage, ImageView, LabelNames
from sightline_api.pagination import decode_cursor, decode_image_cursor, encode_cursor
from sightline_api.problems import AUTHENTICATED, InvalidCursor, InvalidSearch, documented
from sightline_api.routing.route import Route

router = APIRouter(
    prefix="/v1",
    tags=["labels"],
    route_class=Route,
    responses=documented(*AUTHENTICATED, InvalidCursor),
)

#: Words that one search may name; each is a partition to go through.
MAX_WORDS = 20

Texts = Annotated[
    list[Annotated[str, StringConstraints(min_length=1, max_length=200)]],
    Query(max_length=MAX_WORDS),
]


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


@router.get("/search", operation_id="search_images", responses=documented(InvalidSearch))
async def search_images(
    user: CurrentUser,
    table: Table,
    signer: PictureSigner,
    label: LabelNames = [],  # noqa: B006
    without: Annotated[LabelNames, Query(alias="not")] = [],  # noqa: B006
    text: Texts = [],  # noqa: B006
    album: AlbumId | None = None,
    min_confidence: Annotated[float, Query(ge=0, le=100)] = 0,
    limit: Annotated[int, Query(ge=1, le=100)] = 50,
    cursor: Annotated[str | None, Query(max_length=200)] = None,
) -> ImagePage:
    """The caller's images that bear every `label` and none of `not`, and in which every word of
    `text` is to be read, newest first; with `album`, those that it holds.

    Labels and words are found however they are written; a label that the owner added has a
    confidence of 100. Text is read where the feature `text` was asked for. A page may hold fewer
    images than asked for and yet have a cursor.
    """
    before = decode_image_cursor(cursor) if cursor else None
    query = search.Query(label, without, min_confidence, _split(text), album)
    if not (query.labels or query.words):
        raise InvalidSearch
    page = await list_some(table, user.owner, Filter(query), limit, before)
    return ImagePage(
        items=[await ImageView.of(image, signer) for image in page.images],
        next_cursor=page.next_before and encode_cursor(page.next_before),
    )


def _split(texts: list[str]) -> list[str]:
    """Every word once. Raises `InvalidSearch` where there are too many, or none in a text."""
    found = [split_words(text) for text in texts]
    words = list(dict.fromkeys(word for each in found for word in each))
    if len(words) > MAX_WORDS or not all(found):
        raise InvalidSearch
    return words
