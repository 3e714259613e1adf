"""What is made when it is first needed, and only once."""

import threading
from collections.abc import Callable
from typing import Generic, TypeVar

Value = TypeVar("Value")


class Lazy(Generic[Value]):
    """Makes its value at the first `get`, whichever thread comes first; the others wait.

    Where making fails, everybody gets the error, and the next `get` tries again.
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
