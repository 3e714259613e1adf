"""The differences between asyncio and threads: the only module written for each client."""

import asyncio
import threading
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable
from contextlib import aclosing
from typing import IO, ParamSpec, TypeVar

__all__ = [
    "Lock",
    "Pending",
    "Semaphore",
    "Stream",
    "aclosing",
    "finish",
    "map_concurrently",
    "open_in_thread",
    "run_within",
    "sleep",
    "to_thread",
]

Item = TypeVar("Item")
Parameters = ParamSpec("Parameters")
File = TypeVar("File", bound=IO[bytes])
Result = TypeVar("Result")

#: The return type of an asynchronous call.
Pending = Awaitable

#: An iterator that the caller closes when it stops early.
Stream = AsyncGenerator[Item, None]

Lock = asyncio.Lock
Semaphore = asyncio.Semaphore
sleep = asyncio.sleep
to_thread = asyncio.to_thread


async def open_in_thread(
    function: Callable[Parameters, File], *args: Parameters.args, **kwargs: Parameters.kwargs
) -> File:
    """Open a file on another thread. A cancellation closes it, at the latest when it is open."""
    lock = threading.Lock()
    opened: list[File] = []
    is_cancelled = False

    def open_file() -> File:
        file = function(*args, **kwargs)
        with lock:
            opened.append(file)
            if is_cancelled:
                file.close()
        return file

    try:
        return await to_thread(open_file)
    except asyncio.CancelledError:
        with lock:
            is_cancelled = True
            for file in opened:
                file.close()
        raise


async def finish(
    seconds: float,
    function: Callable[Parameters, Pending[Result]],
    *args: Parameters.args,
    **kwargs: Parameters.kwargs,
) -> Result:
    """Call the function. A cancellation is raised when the call has ended, or `seconds` later."""
    task = asyncio.ensure_future(function(*args, **kwargs))
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        try:
            await asyncio.wait({task}, timeout=seconds)
        finally:
            task.cancel()
        raise


async def run_within(
    seconds: float,
    function: Callable[Parameters, Pending[Result]],
    *args: Parameters.args,
    **kwargs: Parameters.kwargs,
) -> Result:
    """Call the function. Raises `TimeoutError` after `seconds`."""
    async with asyncio.timeout(seconds):
        return await function(*args, **kwargs)


async def map_concurrently(
    function: Callable[[Item], Pending[Result]],
    items: Iterable[Item],
    concurrency: int,
    on_stop: Callable[[], None] | None = None,
) -> Stream[Result]:
    """Yield the results in order of completion.

    The first exception cancels the calls in progress, and so does closing the stream. Before that
    it calls `on_stop`.
    """
    remaining = iter(items)
    pending, done = set[asyncio.Future[Result]](), set[asyncio.Future[Result]]()
    try:
        while True:
            while len(pending) < concurrency:
                try:
                    pending.add(asyncio.ensure_future(function(next(remaining))))
                except StopIteration:
                    break
            if not pending:
                return
            done, pending = await asyncio.wait(pending, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                yield task.result()
    finally:
        if pending and on_stop:
            on_stop()
        for task in pending:
            task.cancel()
        # The exceptions of others that were done at the same time count as retrieved, too.
        await asyncio.gather(*pending, *done, return_exceptions=True)
