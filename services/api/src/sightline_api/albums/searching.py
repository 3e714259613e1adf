"""Find the images of a search that a new album begins with."""

from datetime import datetime
from typing import NamedTuple

from pydantic import BaseModel, Field

from sightline.domain.flags import MAX_RATING
from sightline.domain.ids import AlbumId
from sightline.domain.sort_order import SortOrder
from sightline.domain.states import Status
from sightline.ports.image_index import ImageIndex
from sightline.ports.image_table import ImageTable
from sightline_api.images.bounding_box import BBOX_PATTERN, MAX_BBOX_LENGTH
from sightline_api.images.filters import (
    MAX_LABELS,
    MAX_TEXT_LENGTH,
    MAX_WORDS,
    MONTH_PATTERN,
    ArchivedFilter,
    SearchedText,
    build_filter,
)
from sightline_api.images.listing import Filter, Listing
from sightline_api.images.schemas import LabelName
from sightline_api.images.searching import ImageSearch
from sightline_api.pagination import MAX_PAGE_SIZE, encode_sorted_cursor

#: Images that one request adds to a new album.
MAX_FOUND_IMAGES = 500

#: Pages that one request reads; where a filter passes over many images, they have few each.
MAX_PAGES = 20


class AlbumSearch(BaseModel):
    """The filters of `GET /v1/images`, which select the first images of a new album."""

    model_config = {"extra": "forbid"}

    status: Status | None = None
    album: AlbumId | None = None
    label: list[LabelName] = Field([], max_length=MAX_LABELS)
    without: list[LabelName] = Field([], max_length=MAX_LABELS, alias="not")
    min_confidence: float = Field(0, ge=0, le=100)
    text: list[SearchedText] = Field([], max_length=MAX_WORDS)
    q: str | None = Field(None, min_length=1, max_length=MAX_TEXT_LENGTH)
    bbox: str | None = Field(None, pattern=BBOX_PATTERN, max_length=MAX_BBOX_LENGTH)
    created_from: datetime | None = None
    created_until: datetime | None = None
    taken_from: datetime | None = None
    taken_until: datetime | None = None
    month: str | None = Field(None, max_length=7, pattern=MONTH_PATTERN)
    favorite: bool | None = None
    archived: ArchivedFilter | None = None
    rating_min: int | None = Field(None, ge=1, le=MAX_RATING)

    def to_filter(self) -> Filter:
        """Return the filter. Raises `InvalidText`, and `RequestValidationError` for a box."""
        return build_filter(**{name: getattr(self, name) for name in type(self).model_fields})


class FoundIds(NamedTuple):
    """The first images of a search; `next_cursor` continues it, None if there are no more."""

    ids: list[str]
    next_cursor: str | None


async def find_ids(selected: Filter, images: ImageTable, index: ImageIndex, owner: str) -> FoundIds:
    """Return the newest images that are selected, at most `MAX_FOUND_IMAGES`."""
    ids: list[str] = []
    after: str | None = None
    for _ in range(MAX_PAGES):
        limit = min(MAX_PAGE_SIZE, MAX_FOUND_IMAGES - len(ids))
        if selected.query is None:
            listed = await Listing(images, owner).page(selected, limit, after)
            ids += [image.image_id for image in listed.images]
            after = listed.next_after
        else:
            page = await ImageSearch(images, index, owner).page(
                selected.query, selected, limit, after
            )
            ids += [each.summary.image_id for each in page.found]
            after = page.next_after
        if after is None or len(ids) == MAX_FOUND_IMAGES:
            break
    return FoundIds(ids, after and encode_sorted_cursor(after, SortOrder.NEWEST))
