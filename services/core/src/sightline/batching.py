"""Many things, so many at a time."""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TypeVar

Item = TypeVar("Item")


def in_batches(items: Iterable[Item], size: int) -> Iterator[list[Item]]:
    """The items in their order, `size` to a batch; the last may be smaller, none is empty."""
    remaining = iter(items)
    return iter(lambda: list(islice(remaining, size)), [])
