"""Bounded concurrency within one request."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import TypeVar

#: Items in progress at a time: a batch must not take every connection from other callers.
MAX_CONCURRENCY = 10

Item = TypeVar("Item")
Result = TypeVar("Result")


async def map_concurrently(
    items: Sequence[Item], work: Callable[[Item], Awaitable[Result]]
) -> list[Result]:
    """Return the results in the order of the items; the first exception cancels the rest."""
    slots = asyncio.Semaphore(MAX_CONCURRENCY)

    async def run(item: Item) -> Result:
        async with slots:
            return await work(item)

    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(run(item)) for item in items]
    return [task.result() for task in tasks]
