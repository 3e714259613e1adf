"""What requests have in common: pages, batches, keys, and arguments that may be left out."""

import itertools
from collections.abc import Iterable, Iterator
from typing import Any, TypeVar
from uuid import uuid4

from sightline_client.generated.types import UNSET, Unset

T = TypeVar("T")


class Pages:
    """Where in a listing one is."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._cursor: str | None = None
        self.is_last = False

    def next_arguments(self) -> dict[str, Any]:
        return {"limit": self._size, "cursor": given(self._cursor)}

    def turn(self, next_cursor: str | None) -> None:
        self._cursor = next_cursor
        self.is_last = next_cursor is None


def batched(items: Iterable[T], size: int) -> Iterator[list[T]]:
    """Lists of at most that many."""
    rest = iter(items)
    while some := list(itertools.islice(rest, size)):
        yield some


def given(value: T | None) -> T | Unset:
    return UNSET if value is None else value


def new_key() -> str:
    """An `Idempotency-Key`: with it a request may be repeated without doing anything twice."""
    return str(uuid4())
