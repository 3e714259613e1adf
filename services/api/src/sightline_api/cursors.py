"""Opaque cursors: where a listing goes on.

A cursor holds only the id of an image, never an owner: whose listing it continues is always the
caller's own, so there is nothing to gain from tampering with one.
"""

import base64
import binascii

from pydantic import ValidationError

from sightline.identifiers import image_id_adapter
from sightline_api.problems import InvalidCursor


def encode_cursor(image_id: str) -> str:
    return base64.urlsafe_b64encode(image_id.encode()).decode().rstrip("=")


def decode_cursor(cursor: str) -> str:
    """The image id in a cursor. Raises `InvalidCursor`."""
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        decoded = base64.b64decode(padded, altchars=b"-_", validate=True).decode()
        image_id = image_id_adapter.validate_python(decoded)
    except (binascii.Error, ValueError, ValidationError):
        raise InvalidCursor from None
    if encode_cursor(image_id) != cursor:
        raise InvalidCursor
    return image_id
