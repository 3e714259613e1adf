"""Doing one thing for each of many, a few at a time."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import TypeVar

#: At once: a batch must not take every connection from the other callers.
AT_ONCE = 10

Item = TypeVar("Item")
Outcome = TypeVar("Outcome")


async def each_of(
    items: Sequence[Item], work: Callable[[Item], Awaitable[Outcome]]
) -> list[Outcome]:
    """The outcomes in the order of the items; the first exception ends the rest."""
    places = asyncio.Semaphore(AT_ONCE)

    async def do(item: Item) -> Outcome:
        async with places:
            return await work(item)

    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(do(item)) for item in items]
    return [task.result() for task in tasks]
