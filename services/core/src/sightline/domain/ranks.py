"""Ranks: strings whose order is the manual order of the images of an album.

A rank is a fraction between 0 and 1 in base 62, without its leading `0.`, as in fractional
indexing (https://www.figma.com/blog/realtime-editing-of-ordered-sequences/). There is a rank
between any two, so that moving an image changes no rank but its own. A new image takes the digits
of a new UUIDv7, which sorts after those of all earlier images.

Halving the same gap adds a digit for about six moves. At `MAX_RANK_LENGTH`, the images around the
gap are spaced evenly again, which shortens their ranks.
"""

from collections.abc import Sequence
from typing import NamedTuple
from uuid import UUID

from uuid_utils.compat import uuid7

#: The digits in their order, which is that of their bytes.
DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
BASE = len(DIGITS)

#: Digits beyond which the images around a gap are spaced evenly again; the digits of a UUID are 32.
MAX_RANK_LENGTH = 64

#: Digits that no rank exceeds, because a cursor contains one.
RANK_LIMIT = 100

#: Images that are spaced evenly at a time: as many as one transaction of DynamoDB takes.
MAX_RESPACED_IMAGES = 100

#: Digits that count down where images are placed before the first one: 62^12 of them fit.
LEADING_DIGITS = 12

_VALUES = {digit: value for value, digit in enumerate(DIGITS)}


class Respaced(NamedTuple):
    """An image with its present rank, and another one that keeps the order."""

    image_id: str
    before: str
    rank: str


class NoRoom(Exception):
    """No rank, or none that is short enough, lies between two others."""


def new_ranks(count: int) -> list[str]:
    """Return ranks in ascending order that sort after those of all earlier images."""
    return sorted(_rank_of(uuid7()) for _ in range(count))


def upload_rank(image_id: str) -> str:
    """Return the rank of an image that entered its album before ranks existed: by its upload."""
    return _rank_of(UUID(image_id))


def append_ranks(last: str, count: int) -> list[str]:
    """Return ranks in ascending order after the last one, and mostly before those of new images.

    Raises `NoRoom`.
    """
    ranks = new_ranks(count)
    # The clock of another process may be ahead.
    return ranks if ranks and ranks[0] > last else spread_ranks(last, None, count)


def spread_ranks(low: str, high: str | None, count: int, limit: int = RANK_LIMIT) -> list[str]:
    """Return `count` ranks between two others, evenly spaced, with as few digits as possible.

    An empty `low` is the beginning, and None the end. Before the first image, they count down from
    its rank, so that their length stays the same. Raises `NoRoom` if they have more digits than
    `limit`, or if there is nothing between the two.
    """
    first_length = LEADING_DIGITS if not low and high is not None else 1
    for length in range(first_length, limit + 1):
        start = _to_number(low, length)
        end = BASE**length if high is None else _to_number(high, length)
        if end - start <= count:
            continue
        step = (end - start) // (count + 1)
        if not low and high is not None:
            start, step = end - count - 1, 1
        return [_to_digits(start + step * number, length) for number in range(1, count + 1)]
    raise NoRoom


def place_ranks(low: str, high: str | None, count: int, limit: int) -> list[str]:
    """Return ranks for images that are moved between two others. Raises `NoRoom`.

    An empty `low` is the beginning, and None the end.
    """
    return append_ranks(low, count) if high is None else spread_ranks(low, high, count, limit)


def respace(before: Sequence[tuple[str, str]], after: Sequence[tuple[str, str]]) -> list[Respaced]:
    """Return new ranks for the images around a gap, as ids and ranks in manual order.

    `before` and `after` are on either side, at most half of `MAX_RESPACED_IMAGES` and one more
    each. The last one after the gap stays, and so does the first one before it unless the album
    begins there. Raises `NoRoom`.
    """
    half = MAX_RESPACED_IMAGES // 2
    images = [*before, *after]
    *images, (_, high) = images
    low = ""
    if len(before) > half:
        (_, low), *images = images
    ranks = spread_ranks(low, high, len(images))
    return [Respaced(*image, rank) for image, rank in zip(images, ranks, strict=True)]


def manual_position(rank: str, image_id: str) -> str:
    """Return the position of an image in the manual order; equal ranks are ordered by id."""
    return f"{rank}#{image_id}"


def rank_of_position(position: str) -> str:
    return position.partition("#")[0]


def _rank_of(time_ordered: UUID) -> str:
    # Zeros at the end do not change a fraction, but its place among strings.
    return time_ordered.hex.rstrip("0")


def _to_number(rank: str, length: int) -> int:
    """Return the first `length` digits of a rank as a number."""
    number = 0
    for digit in rank[:length].ljust(length, DIGITS[0]):
        number = number * BASE + _VALUES[digit]
    return number


def _to_digits(number: int, length: int) -> str:
    digits = []
    for _ in range(length):
        number, value = divmod(number, BASE)
        digits.append(DIGITS[value])
    return "".join(reversed(digits)).rstrip(DIGITS[0])
