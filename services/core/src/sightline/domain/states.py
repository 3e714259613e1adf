"""The states of a part, and the one status of an image that follows from them."""

import time
from enum import StrEnum


class State(StrEnum):
    """The state of one part of an image."""

    PENDING = "pending"
    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"


#: The states of a part that is still to be processed.
UNFINISHED_STATES = frozenset({State.PENDING, State.RUNNING})


class Status(StrEnum):
    """The status of an image, as its owner sees it."""

    AWAITING_UPLOAD = "awaiting_upload"
    PROCESSING = "processing"
    READY = "ready"
    FAILED = "failed"


def derive_status(recognition: State, renditions: State) -> Status:
    """Derive the status of an image from the states of its parts; it is never stored."""
    states = {recognition, renditions}
    if states == {State.PENDING}:
        return Status.AWAITING_UPLOAD
    if states & UNFINISHED_STATES:
        return Status.PROCESSING
    return Status.FAILED if State.FAILED in states else Status.READY


def is_expired(expires_at: int | None) -> bool:
    """Return whether a row with this expiry (Unix seconds) only waits to be dropped."""
    return expires_at is not None and expires_at <= time.time()
