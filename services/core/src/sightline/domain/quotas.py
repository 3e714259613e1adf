"""Quotas of an owner, and what an upload reserves of them until it arrives, lapses or is cancelled.

A reservation lapses at the end of a window, not at a moment of its own, so that the table counts
reservations by window and needs no row for each of them.
"""

import math
from typing import NamedTuple

#: Reservations that end within the same hour end together.
RESERVATION_WINDOW_SECONDS = 3_600

#: Seconds for which a reservation outlives its presigned POST. An image may have arrived that no
#: consumer has counted yet, because they have a backlog or are down.
RESERVATION_GRACE_SECONDS = 6 * 3_600


class Quotas(NamedTuple):
    """What an owner may store, and how many uploads may be outstanding; None is unlimited."""

    images: int | None = None
    bytes: int | None = None
    uploads: int | None = None

    @property
    def is_unlimited(self) -> bool:
        return self == Quotas()


class Reservation(NamedTuple):
    """One image of so many bytes, reserved until the end of a window, in Unix seconds."""

    owner: str
    bytes: int
    until: int


class Amount(NamedTuple):
    """Numbers of images and of their bytes."""

    images: int
    bytes: int


class StorageFull(Exception):
    """The image does not fit into the owner's quotas, with what is reserved already."""


class TooManyUploads(Exception):
    """The owner has the maximum number of outstanding uploads."""


def reservation_end(upload_expires_at: float) -> int:
    """Return when the reservation of an upload lapses, given when its presigned POST expires."""
    end = upload_expires_at + RESERVATION_GRACE_SECONDS
    return math.ceil(end / RESERVATION_WINDOW_SECONDS) * RESERVATION_WINDOW_SECONDS


def check_quotas(quotas: Quotas, used: Amount, reserved: Amount, added: int) -> None:
    """Raise `TooManyUploads` or `StorageFull` if one more image of `added` bytes does not fit.

    `used` is what is stored, without what is reserved.
    """
    if quotas.uploads is not None and reserved.images >= quotas.uploads:
        raise TooManyUploads
    if quotas.images is not None and used.images + reserved.images >= quotas.images:
        raise StorageFull
    if quotas.bytes is not None and used.bytes + reserved.bytes + added > quotas.bytes:
        raise StorageFull
