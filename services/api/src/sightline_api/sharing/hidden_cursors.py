"""Cursors by the time of capture that do not contain that time: they name the image."""

from typing import NamedTuple

from sightline.domain.albums import AlbumSort
from sightline_api.pagination import decode_cursor, encode_cursor
from sightline_api.problems import InvalidCursor

#: Begins the key in such a cursor.
HIDDEN_PREFIX = "of:"


class HiddenCursor(NamedTuple):
    """The order of a list, and the last image of a page."""

    sort: AlbumSort
    image_id: str


def encode_hidden_cursor(sort: AlbumSort, image_id: str) -> str:
    """Encode the last image of a page in this order, which is by the time of capture."""
    return encode_cursor(f"{HIDDEN_PREFIX}{sort}:{image_id}")


def decode_hidden_cursor(cursor: str) -> HiddenCursor | None:
    """Decode a cursor that names an image; None if it contains a position.

    Raises `InvalidCursor`. The id is not validated.
    """
    key = decode_cursor(cursor)
    if not key.startswith(HIDDEN_PREFIX):
        return None
    name, _, image_id = key.removeprefix(HIDDEN_PREFIX).partition(":")
    if name not in {AlbumSort.TAKEN_NEWEST, AlbumSort.TAKEN_OLDEST}:
        raise InvalidCursor
    return HiddenCursor(AlbumSort(name), image_id)
