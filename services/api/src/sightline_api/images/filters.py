"""The query parameters that select images of a list."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated

from fastapi import Depends, Query
from fastapi.exceptions import RequestValidationError
from pydantic import StringConstraints

from sightline.domain.flags import ARCHIVED, FAVORITE, MAX_RATING, rating_flags
from sightline.domain.ids import AlbumId
from sightline.domain.image_words import split_search_words
from sightline.domain.labels import fold_label
from sightline.domain.states import Status
from sightline_api.images.bounding_box import BBOX_PATTERN, MAX_BBOX_LENGTH, BoundingBox
from sightline_api.images.index_search import Query as IndexQuery
from sightline_api.images.listing import Filter
from sightline_api.images.schemas import LabelName
from sightline_api.images.search_text import NO_TEXT, SearchText, parse_search_text
from sightline_api.problems import InvalidText

#: Labels that one request may name; each is a partition to read.
MAX_LABELS = 10

#: Words that one request may name; each is a partition to read.
MAX_WORDS = 20

MAX_TEXT_LENGTH = 200

LabelNames = Annotated[list[LabelName], Query(max_length=MAX_LABELS)]

#: A month of the timeline, as in `2026-11`.
MONTH_PATTERN = r"^[0-9]{4}-(0[1-9]|1[0-2])$"

SearchedText = Annotated[str, StringConstraints(min_length=1, max_length=MAX_TEXT_LENGTH)]

Texts = Annotated[list[SearchedText], Query(max_length=MAX_WORDS)]


class ArchivedFilter(StrEnum):
    """Whether to select the images of the archive, the others, or both."""

    TRUE = "true"
    FALSE = "false"
    ANY = "any"

    @property
    def selected(self) -> bool | None:
        """The value that an image must have; None if both match."""
        return {ArchivedFilter.TRUE: True, ArchivedFilter.FALSE: False}.get(self)


async def _read_filter(
    status: Annotated[
        Status | None,
        Query(description="Without it, images that await their upload are left out."),
    ] = None,
    album: Annotated[AlbumId | None, Query(description="Images of this album.")] = None,
    label: Annotated[LabelNames, Query(description="Images that have all of these labels.")] = [],  # noqa: B006
    without: Annotated[
        LabelNames, Query(alias="not", description="Images that have none of these labels.")
    ] = [],  # noqa: B006
    min_confidence: Annotated[
        float, Query(ge=0, le=100, description="Minimum confidence of every `label`, in percent.")
    ] = 0,
    text: Annotated[
        Texts, Query(description="Images whose recognized text or place has all of these words.")
    ] = [],  # noqa: B006
    q: Annotated[
        str | None,
        Query(
            min_length=1,
            max_length=MAX_TEXT_LENGTH,
            description="Images whose fields together have all of these words: the title (at first "
            "the name of the file), description, camera, lens, place, labels and their synonyms, "
            "and recognized text. The last word may be the start of a word; words in double quotes "
            "are a phrase. Accents do not matter.",
            examples=['lisbon nikon "rua augusta"'],
        ),
    ] = None,
    bbox: Annotated[
        str | None,
        Query(
            pattern=BBOX_PATTERN,
            max_length=MAX_BBOX_LENGTH,
            description="Images taken within this box: west, south, east and north in degrees. A "
            "west greater than the east crosses the antimeridian.",
            examples=["-9.23,38.69,-9.09,38.80"],
        ),
    ] = None,
    created_from: datetime | None = None,
    created_until: datetime | None = None,
    taken_from: datetime | None = None,
    taken_until: datetime | None = None,
    month: Annotated[
        str | None,
        Query(
            max_length=7,
            pattern=MONTH_PATTERN,
            description="Images of this month of the timeline: on a clock at the place of capture, "
            "or else of their upload in UTC.",
            examples=["2026-11"],
        ),
    ] = None,
    favorite: Annotated[
        bool | None, Query(description="Favorites; with `false`, all other images.")
    ] = None,
    archived: Annotated[
        ArchivedFilter | None,
        Query(
            description="Images of the archive (`true`), all other images (`false`), or both "
            "(`any`). The default is `any` with `q`, `text`, `label` or `album`, and else `false`."
        ),
    ] = None,
    rating_min: Annotated[
        int | None, Query(ge=1, le=MAX_RATING, description="Images with at least this rating.")
    ] = None,
) -> Filter:
    return build_filter(
        status,
        album,
        label,
        without,
        min_confidence,
        text,
        q,
        bbox,
        created_from,
        created_until,
        taken_from,
        taken_until,
        month,
        favorite,
        archived,
        rating_min,
    )


def build_filter(
    status: Status | None,
    album: str | None,
    label: list[str],
    without: list[str],
    min_confidence: float,
    text: list[str],
    q: str | None,
    bbox: str | None,
    created_from: datetime | None,
    created_until: datetime | None,
    taken_from: datetime | None,
    taken_until: datetime | None,
    month: str | None,
    favorite: bool | None,
    archived: ArchivedFilter | None,
    rating_min: int | None,
) -> Filter:
    """Return the filter of these parameters of a list.

    Raises `InvalidText`, and `RequestValidationError` for a box that is not on the globe.
    """
    words = _split(text)
    search_text = _parse(q, words)
    is_search = bool(label or words or album or search_text.size)
    default = ArchivedFilter.ANY if is_search else ArchivedFilter.FALSE
    is_archived = (archived or default).selected
    # Flags are indexed when the processing starts.
    flags = (
        [] if status is Status.AWAITING_UPLOAD else _list_flags(favorite, is_archived, rating_min)
    )
    query = None
    if is_search or flags:
        query = IndexQuery(label, without, min_confidence, words, album, search_text, flags)
    return Filter(
        query=query,
        status=status,
        without=frozenset(map(fold_label, without)),
        created_from=created_from,
        created_until=created_until,
        taken_from=taken_from,
        taken_until=taken_until,
        bbox=_parse_box(bbox),
        month=month,
        favorite=favorite,
        archived=is_archived,
        rating_min=rating_min or 0,
    )


#: The manual order is that of one album.
MANUAL_WITHOUT_ALBUM = RequestValidationError(
    [{"type": "value_error", "loc": ("query", "order"), "msg": "`manual` requires `album`"}]
)

SelectedImages = Annotated[Filter, Depends(_read_filter)]


def _list_flags(
    favorite: bool | None, archived: bool | None, rating_min: int | None
) -> list[tuple[str, ...]]:
    """Return the flags that the index finds the images by, each with its alternatives."""
    flags = [(flag,) for flag, value in ((FAVORITE, favorite), (ARCHIVED, archived)) if value]
    return [*flags, rating_flags(rating_min)] if rating_min else [*flags]


def _split(texts: list[str]) -> list[str]:
    """Return every word once. Raises `InvalidText` for too many words, or a text without any."""
    found = [split_search_words(text) for text in texts]
    words = list(dict.fromkeys(word for each in found for word in each))
    if len(words) > MAX_WORDS or not all(found):
        raise InvalidText
    return words


def _parse(q: str | None, words: list[str]) -> SearchText:
    """Raises `InvalidText` for text without a word, and if there are too many with `words`."""
    if q is None:
        return NO_TEXT
    text = parse_search_text(q)
    if not text.size or text.size + len(words) > MAX_WORDS:
        raise InvalidText
    return text


def _parse_box(bbox: str | None) -> BoundingBox | None:
    """Raises `RequestValidationError` for a box that is not on the globe."""
    try:
        return None if bbox is None else BoundingBox.parse(bbox)
    except ValueError as error:
        detail = {"type": "value_error", "loc": ("query", "bbox"), "msg": str(error)}
        raise RequestValidationError([detail]) from error
