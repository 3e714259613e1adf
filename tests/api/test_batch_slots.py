"""The items of batches in progress: all batches of an owner share their slots."""

import asyncio
from collections import Counter

import pytest

from sightline_api.concurrency import MAX_CONCURRENCY, BatchSlots


class Work:
    """Work on items that counts how many of each owner are in progress."""

    def __init__(self) -> None:
        self.running: Counter[str] = Counter()
        self.most: Counter[str] = Counter()

    async def run(self, owner: str, item: int) -> int:
        self.running[owner] += 1
        self.most[owner] = max(self.most[owner], self.running[owner])
        await asyncio.sleep(0)
        self.running[owner] -= 1
        return item * 2


async def test_batches_of_one_owner_share_slots_and_another_has_its_own() -> None:
    slots, work = BatchSlots(), Work()

    async def run_batch(owner: str) -> list[int]:
        return await slots.map(owner, range(40), lambda item: work.run(owner, item))

    owners = ["greedy"] * 5 + ["patient"]
    results = await asyncio.gather(*map(run_batch, owners))
    assert results == [[item * 2 for item in range(40)]] * len(owners)
    assert work.most == {"greedy": MAX_CONCURRENCY, "patient": MAX_CONCURRENCY}


async def test_a_failed_batch_returns_its_slots() -> None:
    slots = BatchSlots()

    async def fail(_: int) -> None:
        raise LookupError

    async def run_rest() -> list[int]:
        return await slots.map("owner", range(40), lambda item: work.run("owner", item))

    work = Work()
    rest = asyncio.create_task(run_rest())
    with pytest.raises(ExceptionGroup):
        await slots.map("owner", range(40), fail)
    assert len(await rest) == 40
    assert work.most["owner"] == MAX_CONCURRENCY
