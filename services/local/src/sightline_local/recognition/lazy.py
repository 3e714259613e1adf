"""A value that is created once, on first use."""

import threading
from collections.abc import Callable
from typing import Generic, TypeVar

Value = TypeVar("Value")


class Lazy(Generic[Value]):
    """Creates its value in the first call of `get`; concurrent callers wait for it.

    If creation fails, the caller gets the error and the next `get` retries.
    """

    def __init__(self, create: Callable[[], Value]) -> None:
        self._create = create
        self._lock = threading.Lock()
        self._values: list[Value] = []

    def get(self) -> Value:
        with self._lock:
            if not self._values:
                self._values.append(self._create())
            return self._values[0]
