"""The differences between asyncio and threads: the only module written for each client."""

import threading
import time
from collections.abc import Callable, Generator, Iterable
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import closing
from typing import Annotated, ParamSpec, TypeVar

__all__ = [
    "Lock",
    "Pending",
    "Semaphore",
    "Stream",
    "closing",
    "finish",
    "map_concurrently",
    "open_in_thread",
    "run_within",
    "sleep",
    "to_thread",
]

Item = TypeVar("Item")
Result = TypeVar("Result")
Parameters = ParamSpec("Parameters")
T = TypeVar("T")

#: The return type of a blocking call: the result itself.
Pending = Annotated[T, "immediate"]

#: An iterator that the caller closes when it stops early.
Stream = Generator[Item, None, None]

Lock = threading.Lock
Semaphore = threading.Semaphore
sleep = time.sleep


def to_thread(
    function: Callable[Parameters, Result], *args: Parameters.args, **kwargs: Parameters.kwargs
) -> Result:
    """Call the function on this thread: there is no event loop to block."""
    return function(*args, **kwargs)


#: Open a file on this thread: nothing can cancel it.
open_in_thread = to_thread


def finish(
    _seconds: float,
    function: Callable[Parameters, Result],
    *args: Parameters.args,
    **kwargs: Parameters.kwargs,
) -> Result:
    """Call the function on this thread: nothing can cancel it."""
    return function(*args, **kwargs)


def run_within(
    seconds: float,
    function: Callable[Parameters, Result],
    *args: Parameters.args,
    **kwargs: Parameters.kwargs,
) -> Result:
    """Call the function on another thread. Raises `TimeoutError` after `seconds`."""
    future: Future[Result] = Future()

    def call() -> None:
        try:
            future.set_result(function(*args, **kwargs))
        except BaseException as error:
            future.set_exception(error)

    # A daemon, so that it never delays the end of the process.
    threading.Thread(target=call, name="sightline-cleanup", daemon=True).start()
    return future.result(seconds)


def map_concurrently(
    function: Callable[[Item], Result],
    items: Iterable[Item],
    concurrency: int,
    on_stop: Callable[[], None] | None = None,
) -> Stream[Result]:
    """Yield the results in order of completion.

    The first exception cancels the calls that have not started, and so does closing the stream.
    Before it waits for the others, it calls `on_stop`.
    """
    remaining, pending = iter(items), set[Future[Result]]()
    threads = ThreadPoolExecutor(concurrency, thread_name_prefix="sightline")
    try:
        while True:
            while len(pending) < concurrency:
                try:
                    pending.add(threads.submit(function, next(remaining)))
                except StopIteration:
                    break
            if not pending:
                return
            done, pending = wait(pending, return_when=FIRST_COMPLETED)
            for task in done:
                yield task.result()
    finally:
        if pending and on_stop:
            on_stop()
        threads.shutdown(cancel_futures=True)
