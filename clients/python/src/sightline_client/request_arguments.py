"""Arguments of API requests: cursors, batches, idempotency keys and optional values."""

import itertools
from collections.abc import Iterable, Iterator
from typing import Any, TypeVar
from uuid import uuid4

from sightline_client.generated.types import UNSET, Unset

T = TypeVar("T")


class Paginator:
    """The position in a paginated list."""

    def __init__(self, page_size: int) -> None:
        self._page_size = page_size
        self._cursor: str | None = None
        self.is_exhausted = False

    def next_arguments(self) -> dict[str, Any]:
        """Return the query parameters of the next page."""
        return {"limit": self._page_size, "cursor": unset_if_none(self._cursor)}

    def advance(self, next_cursor: str | None) -> None:
        self._cursor = next_cursor
        self.is_exhausted = next_cursor is None


def batched(items: Iterable[T], size: int) -> Iterator[list[T]]:
    """Split the items into lists of up to `size`."""
    iterator = iter(items)
    while batch := list(itertools.islice(iterator, size)):
        yield batch


def unset_if_none(value: T | None) -> T | Unset:
    """Return the value, or `UNSET` for None, which omits the parameter."""
    return UNSET if value is None else value


def new_idempotency_key() -> str:
    """Return a new `Idempotency-Key`; a request that has one can be retried safely."""
    return str(uuid4())
