"""Changes that depend on the image: shift its time of capture, rotate it further.

Unlike other changes they are not the same when they are repeated, so the row names the last edits
that applied some.
"""

import hashlib
from datetime import datetime, timedelta
from typing import Any

from sightline.domain.images import Image
from sightline.domain.rotation import add_rotation
from sightline_api.problems import CaptureTimeNotShiftable

#: Edits that a row names; an interrupted one is repeated before so many others follow.
MAX_APPLIED_EDITS = 4

#: Hexadecimal digits of the id of an edit.
EDIT_ID_DIGITS = 16


def make_edit_id(idempotency_key: str) -> str:
    """Return the id of the edit that all requests with this key are."""
    return hashlib.sha256(idempotency_key.encode()).hexdigest()[:EDIT_ID_DIGITS]


def derive_relative_update(image: Image, changes: dict[str, Any], edit_id: str) -> dict[str, Any]:
    """Return the fields of the details that the relative changes set, once for each edit.

    Raises `CaptureTimeNotShiftable`.
    """
    shift, turn = changes.get("taken_at_shift"), changes.get("rotate_by")
    applied = image.details.applied_edits
    if (shift is None and turn is None) or edit_id in applied:
        return {}
    update: dict[str, Any] = {"applied_edits": (*applied, edit_id)[-MAX_APPLIED_EDITS:]}
    if shift is not None:
        update["taken_at"] = _shift(image.taken_at, shift)
    if turn is not None:
        update["rotation"] = add_rotation(image.details.rotation, turn)
    return update


def _shift(taken_at: datetime | None, shift: timedelta) -> datetime:
    """Return the time that a clock with the same offset from UTC displays after the shift."""
    if taken_at is None:
        raise CaptureTimeNotShiftable
    try:
        return taken_at + shift
    except OverflowError:
        raise CaptureTimeNotShiftable from None
