"""Opaque cursors for pagination.

A cursor contains only the key of an item, never an owner. A list always contains the caller's own
items, so a forged cursor grants no access.
"""

import base64
import binascii

from pydantic import ValidationError

from sightline.domain.ids import image_id_adapter
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
    try:
        return image_id_adapter.validate_python(decode_cursor(cursor))
    except ValidationError:
        raise InvalidCursor from None
