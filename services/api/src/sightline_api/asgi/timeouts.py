"""Time-outs for very many, which all have the same time."""

import asyncio
from types import TracebackType
from typing import Self


class Deadlines:
    """Gives each task as many seconds as any other.

    One timer serves all of them. `asyncio.timeout` has one for each; to set and to cancel it takes
    a tenth of what a small request takes.
    """

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        #: By the loop's clock when each is over; the next one first.
        self._ends: dict[Deadline, float] = {}
        self._timer: asyncio.TimerHandle | None = None

    def start(self) -> "Deadline":
        return Deadline(self, self._ends)

    def add(self, deadline: "Deadline") -> None:
        loop = asyncio.get_running_loop()
        self._ends[deadline] = loop.time() + self._seconds
        if self._timer is None:
            self._timer = loop.call_later(self._seconds, self._expire)

    def _expire(self) -> None:
        loop = asyncio.get_running_loop()
        self._timer = None
        for deadline, end in list(self._ends.items()):
            if end > loop.time():
                self._timer = loop.call_at(end, self._expire)
                break
            deadline.expire()


class Deadline:
    """Until when a task may take for what it does within this context. Raises `TimeoutError`."""

    __slots__ = ("_cancelling", "_deadlines", "_ends", "_expired", "_task")

    def __init__(self, deadlines: Deadlines, ends: "dict[Deadline, float]") -> None:
        self._deadlines = deadlines
        self._ends = ends
        self._expired = False

    def __enter__(self) -> Self:
        task = asyncio.current_task()
        assert task is not None  # noqa: S101
        self._task, self._cancelling = task, task.cancelling()
        self._deadlines.add(self)
        return self

    def lift(self) -> None:
        """From now on it may take any time."""
        self._ends.pop(self, None)

    def expire(self) -> None:
        self.lift()
        self._expired = True
        self._task.cancel()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._ends.pop(self, None)
        # As in asyncio's own: whoever else has cancelled the task goes first.
        if (
            self._expired
            and self._task.uncancel() <= self._cancelling
            and isinstance(error, asyncio.CancelledError)
        ):
            raise TimeoutError from error
