"""What differs between waiting and blocking: this is written twice, everything else once."""

import threading
import time
from collections.abc import Callable, Generator, Iterable
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import closing
from typing import Annotated, ParamSpec, TypeVar

__all__ = ["Lock", "Soon", "Stream", "closing", "each_of", "in_thread", "sleep"]

Item = TypeVar("Item")
Outcome = TypeVar("Outcome")
Parameters = ParamSpec("Parameters")
T = TypeVar("T")

#: What a call gives, at once.
Soon = Annotated[T, "at once"]

#: What comes bit by bit, and is closed where one does not wait for all of it.
Stream = Generator[Item, None, None]

Lock = threading.Lock
sleep = time.sleep


def in_thread(
    work: Callable[Parameters, Outcome], *args: Parameters.args, **kwargs: Parameters.kwargs
) -> Outcome:
    """Nothing else is kept waiting here, so this thread will do."""
    return work(*args, **kwargs)


def each_of(
    items: Iterable[Item], work: Callable[[Item], Outcome], at_once: int
) -> Stream[Outcome]:
    """The outcomes as they come. The first exception ends the rest, and so does leaving early."""
    waiting, pending = iter(items), set[Future[Outcome]]()
    threads = ThreadPoolExecutor(at_once, thread_name_prefix="sightline")
    try:
        while True:
            while len(pending) < at_once:
                try:
                    pending.add(threads.submit(work, next(waiting)))
                except StopIteration:
                    break
            if not pending:
                return
            done, pending = wait(pending, return_when=FIRST_COMPLETED)
            for task in done:
                yield task.result()
    finally:
        threads.shutdown(cancel_futures=True)
