"""The endpoints of labels, and search by labels and recognized text."""

from itertools import islice
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field, StringConstraints

from sightline.domain.ids import AlbumId
from sightline.domain.labels import fold_label
from sightline.domain.words import split_words
from sightline_api.dependencies import CurrentUser, Images, Index, UrlSigner
from sightline_api.images import index_search as search
from sightline_api.images.listing import Filter, Listing
from sightline_api.images.schemas import ImageSummaryPage, LabelNames
from sightline_api.pagination import decode_cursor, decode_image_cursor, encode_cursor
from sightline_api.problems import AUTHENTICATED, InvalidCursor, InvalidSearch, documented

router = APIRouter(
    prefix="/v1", tags=["labels"], responses=documented(*AUTHENTICATED, InvalidCursor)
)

#: Words that one search may name; each is a partition to read.
MAX_WORDS = 20

Texts = Annotated[
    list[Annotated[str, StringConstraints(min_length=1, max_length=200)]],
    Query(max_length=MAX_WORDS),
]


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


@router.get(
    "/search",
    operation_id="search_images",
    summary="Search images",
    responses=documented(InvalidSearch),
)
async def search_images(
    user: CurrentUser,
    images: Images,
    index: Index,
    signer: UrlSigner,
    label: LabelNames = [],  # noqa: B006
    without: Annotated[LabelNames, Query(alias="not")] = [],  # noqa: B006
    text: Texts = [],  # noqa: B006
    album: AlbumId | None = None,
    min_confidence: Annotated[float, Query(ge=0, le=100)] = 0,
    limit: Annotated[int, Query(ge=1, le=100)] = 50,
    cursor: Annotated[str | None, Query(max_length=200)] = None,
) -> ImageSummaryPage:
    """Return summaries of the caller's images that match a search, newest first.

    An image matches if it has every `label` and none of `not`, if its recognized text contains
    every word of `text`, and if it belongs to `album`. Labels and words match in any letter case. A
    label that the owner added has a confidence of 100. Text is recognized if the feature `text` was
    requested. Images with the status `awaiting_upload` are left out. A page may have fewer items
    than `limit` and still have a `next_cursor`.
    """
    before = decode_image_cursor(cursor) if cursor else None
    query = search.Query(label, without, min_confidence, _split(text), album)
    if not (query.labels or query.words):
        raise InvalidSearch
    page = await Listing(images, index, user.owner).page(Filter(query), limit, before)
    return await ImageSummaryPage.of(page, signer)


def _split(texts: list[str]) -> list[str]:
    """Return every word once. Raises `InvalidSearch` for too many words, or a text without any."""
    found = [split_words(text) for text in texts]
    words = list(dict.fromkeys(word for each in found for word in each))
    if len(words) > MAX_WORDS or not all(found):
        raise InvalidSearch
    return words
