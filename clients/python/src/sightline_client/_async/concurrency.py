"""The differences between asyncio and threads: the only module written for each client."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable
from contextlib import aclosing
from typing import TypeVar

__all__ = ["Lock", "Pending", "Stream", "aclosing", "map_concurrently", "sleep", "to_thread"]

Item = TypeVar("Item")
Result = TypeVar("Result")

#: The return type of an asynchronous call.
Pending = Awaitable

#: An iterator that the caller closes when it stops early.
Stream = AsyncGenerator[Item, None]

Lock = asyncio.Lock
sleep = asyncio.sleep
to_thread = asyncio.to_thread


async def map_concurrently(
    function: Callable[[Item], Pending[Result]], items: Iterable[Item], concurrency: int
) -> Stream[Result]:
    """Yield the results in order of completion.

    The first exception cancels the calls in progress, and so does closing the stream.
    """
    remaining, pending = iter(items), set[asyncio.Future[Result]]()
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
        for task in pending:
            task.cancel()
        await asyncio.gather(*pending, return_exceptions=True)
