"""The contract of reservations: what is stored and reserved never exceeds the quotas."""

import asyncio
import itertools
import time
from collections.abc import Awaitable
from types import SimpleNamespace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sightline.adapters.dynamo import reservations as dynamo_reservations
from sightline.adapters.dynamo import usage as dynamo_usage
from sightline.adapters.dynamo.reservations import MAX_CLOCK_SKEW_SECONDS
from sightline.adapters.memory import usage as memory_usage
from sightline.adapters.sqlite import usage as sqlite_usage
from sightline.domain.ids import new_image_id
from sightline.domain.images import Image
from sightline.domain.quotas import (
    RESERVATION_GRACE_SECONDS,
    RESERVATION_WINDOW_SECONDS,
    Quotas,
    Reservation,
    StorageFull,
    TooManyUploads,
    reservation_end,
)
from sightline.ports.tables import Tables
from sightline_testing.builders import ETAG, make_image, new_owner

SIZE = 5

#: Larger than any test reserves.
PLENTY = 1_000


class Clock:
    """The time at which reservations lapse."""

    def __init__(self) -> None:
        self.seconds = time.time()

    def time(self) -> float:
        return self.seconds


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    for module in (dynamo_reservations, dynamo_usage, memory_usage, sqlite_usage):
        monkeypatch.setattr(module, "time", SimpleNamespace(time=clock.time))
    return clock


class Account:
    """An owner whose uploads reserve a part of the quotas."""

    def __init__(self, tables: Tables, clock: Clock, quotas: Quotas) -> None:
        self.tables, self.clock, self.quotas = tables, clock, quotas
        self.owner = new_owner()

    async def create(self) -> Image:
        """Create an upload. Raises `StorageFull`, `TooManyUploads`."""
        until = reservation_end(self.clock.seconds)
        await self.tables.usage.reserve(Reservation(self.owner, SIZE, until), self.quotas)
        image = make_image(self.owner, image_id=new_image_id(), bytes=SIZE, reserved_until=until)
        await self.tables.images.create(image)
        return image

    async def is_full(self) -> bool:
        """Return whether no further upload fits."""
        try:
            image = await self.create()
        except (StorageFull, TooManyUploads):
            return True
        await self.cancel(image)
        return False

    async def receive(self, image: Image) -> Image:
        begun = image.with_part("renditions", image.renditions.begin(ETAG))
        await self.tables.images.store(image, begun)
        return begun

    async def cancel(self, image: Image) -> None:
        await self.tables.images.remove(await self.tables.images.begin_deletion(image.key))

    def lapse(self) -> None:
        """Let every reservation so far lapse."""
        self.clock.seconds = reservation_end(self.clock.seconds) + MAX_CLOCK_SKEW_SECONDS

    async def amounts(self) -> tuple[int, int, int, int]:
        """Return the stored images and bytes, and the reserved ones."""
        usage = await self.tables.usage.read(self.owner)
        return usage.images, usage.bytes, usage.reserved_images, usage.reserved_bytes


async def test_an_upload_reserves_until_it_arrives(tables: Tables, clock: Clock) -> None:
    account = Account(tables, clock, Quotas(images=2))
    first, second = await account.create(), await account.create()
    assert await account.amounts() == (0, 0, 2, 2 * SIZE)
    with pytest.raises(StorageFull):
        await account.create()
    stored = await account.receive(first)
    assert await account.amounts() == (1, SIZE, 1, SIZE)
    assert await account.is_full()
    await account.cancel(second)
    assert await account.amounts() == (1, SIZE, 0, 0)
    assert not await account.is_full()
    await account.create()
    await account.cancel(stored)
    assert await account.amounts() == (0, 0, 1, SIZE)
    assert not await account.is_full()


async def test_bytes_are_reserved_as_well(tables: Tables, clock: Clock) -> None:
    account = Account(tables, clock, Quotas(bytes=3 * SIZE - 1))
    await account.create()
    await account.receive(await account.create())
    with pytest.raises(StorageFull):
        await account.create()


async def test_a_reservation_lapses(tables: Tables, clock: Clock) -> None:
    account = Account(tables, clock, Quotas(images=1))
    abandoned = await account.create()
    clock.seconds += RESERVATION_GRACE_SECONDS - 1
    assert await account.is_full()
    # The window may have begun just before the upload was created.
    clock.seconds += 1 + RESERVATION_WINDOW_SECONDS + MAX_CLOCK_SKEW_SECONDS
    assert await account.amounts() == (0, 0, 0, 0)
    await account.receive(await account.create())
    # The row of the abandoned upload is removed later.
    await account.cancel(abandoned)
    assert await account.amounts() == (1, SIZE, 0, 0)
    assert await account.is_full()
    account.lapse()
    assert await account.is_full()


async def test_an_image_that_arrives_late_counts(tables: Tables, clock: Clock) -> None:
    account = Account(tables, clock, Quotas(images=2))
    late = await account.create()
    account.lapse()
    other = await account.create()
    await account.receive(late)
    await account.receive(other)
    account.lapse()
    assert await account.amounts() == (2, 2 * SIZE, 0, 0)
    assert await account.is_full()


async def test_outstanding_uploads_are_bounded(tables: Tables, clock: Clock) -> None:
    account = Account(tables, clock, Quotas(uploads=2))
    first, _ = await account.create(), await account.create()
    with pytest.raises(TooManyUploads):
        await account.create()
    await account.receive(first)
    await account.create()
    with pytest.raises(TooManyUploads):
        await account.create()
    account.lapse()
    assert not await account.is_full()


async def test_images_from_before_the_quotas_count(tables: Tables, clock: Clock) -> None:
    account = Account(tables, clock, Quotas(images=3))
    for _ in range(2):
        image = make_image(account.owner, image_id=new_image_id(), bytes=SIZE)
        await tables.images.create(image)
        await account.receive(image)
    awaited = make_image(account.owner, image_id=new_image_id(), bytes=SIZE)
    await tables.images.create(awaited)
    await account.create()
    assert await account.is_full()
    await account.receive(awaited)
    assert await account.is_full()


async def test_what_is_given_back_is_free(tables: Tables, clock: Clock) -> None:
    account = Account(tables, clock, Quotas(images=1))
    reservation = Reservation(account.owner, SIZE, reservation_end(clock.seconds))
    await tables.usage.reserve(reservation, account.quotas)
    assert await account.is_full()
    await tables.usage.give_back(reservation)
    assert not await account.is_full()


async def test_erasing_an_owner_ends_its_reservations(tables: Tables, clock: Clock) -> None:
    account = Account(tables, clock, Quotas(images=1))
    reservation = Reservation(account.owner, SIZE, reservation_end(clock.seconds))
    await tables.usage.reserve(reservation, account.quotas)
    await tables.owner_data.erase(account.owner)
    assert await account.amounts() == (0, 0, 0, 0)


@settings(
    max_examples=5,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    quota=st.integers(1, 8),
    is_bytes=st.booleans(),
    rounds=st.lists(
        st.tuples(st.integers(0, 6), st.integers(0, 3), st.integers(0, 3), st.booleans()),
        min_size=1,
        max_size=5,
    ),
)
async def test_parallel_batches_never_exceed_the_quota(
    tables: Tables,
    clock: Clock,
    quota: int,
    is_bytes: bool,
    rounds: list[tuple[int, int, int, bool]],
) -> None:
    """Each round creates, receives and cancels images in parallel, and may let the others lapse."""
    limit = Quotas(bytes=quota * SIZE + SIZE - 1) if is_bytes else Quotas(images=quota)
    account = Account(tables, clock, limit)
    outstanding: list[Image] = []
    stored: list[Image] = []
    for created, received, cancelled, lapses in rounds:
        arriving, outstanding = outstanding[:received], outstanding[received:]
        ended, outstanding = outstanding[:cancelled], outstanding[cancelled:]
        deleted, stored = stored[:cancelled], stored[cancelled:]
        calls: list[Awaitable[object]] = [
            *(account.create() for _ in range(created)),
            *map(account.receive, arriving),
            *map(account.cancel, itertools.chain(ended, deleted)),
        ]
        outcomes = await asyncio.gather(*calls, return_exceptions=True)
        assert all(isinstance(each, Image | StorageFull | None) for each in outcomes), outcomes
        outstanding += [each for each in outcomes[:created] if isinstance(each, Image)]
        stored += [
            each for each in outcomes[created : created + len(arriving)] if isinstance(each, Image)
        ]
        assert len(outstanding) + len(stored) <= quota
        if lapses:
            account.lapse()
            outstanding = []
        amounts = await account.amounts()
        assert amounts[0] == len(stored)
        assert amounts[2] == len(outstanding)
    # What is left can be used to the last image, and no further.
    for _ in range(quota - len(outstanding) - len(stored)):
        await account.create()
    assert await account.is_full()
