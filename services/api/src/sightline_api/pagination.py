"""Opaque cursors for pagination.

A cursor contains only the key of an item, and the order of the list if it is not the default; never
an owner. A list always contains the caller's own
items, so a forged cursor grants no access.
"""

import base64
import binascii

from pydantic import ValidationError

from sightline.domain.ids import image_id_adapter
from sightline.domain.sort_order import SortOrder
from sightline_api.problems import InvalidCursor

#: Images or albums of one page at most.
MAX_PAGE_SIZE = 100


def encode_cursor(key: str) -> str:
    """Encode the key of the last item of a page."""
    return base64.urlsafe_b64encode(key.encode()).decode().rstrip("=")


def decode_cursor(cursor: str) -> str:
    """Decode the key in a cursor. Raises `InvalidCursor`."""
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        key = base64.b64decode(padded, altchars=b"-_", validate=True).decode()
    except (binascii.Error, ValueError):
        raise InvalidCursor from None
    if not key or encode_cursor(key) != cursor:
        raise InvalidCursor
    return key


def decode_image_cursor(cursor: str) -> str:
    """Decode the image id in a cursor. Raises `InvalidCursor`."""
    return _parse_image_id(decode_cursor(cursor))


def decode_prefixed_cursor(cursor: str, prefix: str) -> str:
    """Decode the part of a key that follows the prefix of its list. Raises `InvalidCursor`."""
    key = decode_cursor(cursor)
    if not key.startswith(prefix) or not key.isascii() or not key.isprintable():
        raise InvalidCursor
    return key.removeprefix(prefix)


def encode_sorted_cursor(image_id: str, order: SortOrder) -> str:
    """Encode the id of the last image of a page in this order."""
    return encode_cursor(f"{_prefix(order)}{image_id}")


def decode_sorted_cursor(cursor: str, order: SortOrder) -> str:
    """Decode the image id in a cursor of a list in this order. Raises `InvalidCursor`."""
    key, prefix = decode_cursor(cursor), _prefix(order)
    if not key.startswith(prefix):
        raise InvalidCursor
    return _parse_image_id(key.removeprefix(prefix))


def _prefix(order: SortOrder) -> str:
    return "" if order is SortOrder.NEWEST else f"{order}:"


def _parse_image_id(key: str) -> str:
    try:
        return image_id_adapter.validate_python(key)
    except ValidationError:
        raise InvalidCursor from None
