"""Bounded concurrency: within one request, and of all batches of an owner."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import TypeVar
from weakref import WeakValueDictionary

#: Items in progress at a time: a batch must not take every connection from other callers.
MAX_CONCURRENCY = 10

Item = TypeVar("Item")
Result = TypeVar("Result")


class BatchSlots:
    """The items of batches that are in progress, by owner: all batches of an owner share them.

    So several batches of one owner delay another's request no longer than one batch does.
    """

    def __init__(self) -> None:
        self._by_owner: WeakValueDictionary[str, asyncio.Semaphore] = WeakValueDictionary()

    async def map(
        self, owner: str, items: Sequence[Item], work: Callable[[Item], Awaitable[Result]]
    ) -> list[Result]:
        """Return the results in the order of the items; the first exception cancels the rest."""
        slots = self._by_owner.setdefault(owner, asyncio.Semaphore(MAX_CONCURRENCY))
        return await _map(items, work, slots)


async def map_concurrently(
    items: Sequence[Item], work: Callable[[Item], Awaitable[Result]]
) -> list[Result]:
    """Return the results in the order of the items; the first exception cancels the rest."""
    return await _map(items, work, asyncio.Semaphore(MAX_CONCURRENCY))


async def _map(
    items: Sequence[Item],
    work: Callable[[Item], Awaitable[Result]],
    slots: asyncio.Semaphore,
) -> list[Result]:
    async def run(item: Item) -> Result:
        async with slots:
            return await work(item)

    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(run(item)) for item in items]
    return [task.result() for task in tasks]
