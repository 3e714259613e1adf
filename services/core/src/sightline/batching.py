"""Split an iterable into batches."""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TypeVar

Item = TypeVar("Item")


def in_batches(items: Iterable[Item], size: int) -> Iterator[list[Item]]:
    """Return batches of `size` items in order; the last may be smaller, none is empty."""
    remaining = iter(items)
    return iter(lambda: list(islice(remaining, size)), [])
