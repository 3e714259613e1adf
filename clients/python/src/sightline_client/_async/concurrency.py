"""What differs between waiting and blocking: this is written twice, everything else once."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable
from contextlib import aclosing
from typing import TypeVar

__all__ = ["Lock", "Soon", "Stream", "aclosing", "each_of", "in_thread", "sleep"]

Item = TypeVar("Item")
Outcome = TypeVar("Outcome")

#: What a call gives once it is waited for.
Soon = Awaitable

#: What comes bit by bit, and is closed where one does not wait for all of it.
Stream = AsyncGenerator[Item, None]

Lock = asyncio.Lock
sleep = asyncio.sleep
in_thread = asyncio.to_thread


async def each_of(
    items: Iterable[Item], work: Callable[[Item], Soon[Outcome]], at_once: int
) -> Stream[Outcome]:
    """The outcomes as they come. The first exception ends the rest, and so does leaving early."""
    waiting, pending = iter(items), set[asyncio.Future[Outcome]]()
    try:
        while True:
            while len(pending) < at_once:
                try:
                    pending.add(asyncio.ensure_future(work(next(waiting))))
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
