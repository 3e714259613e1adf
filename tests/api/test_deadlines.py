"""Each task has its time, whatever others do."""

import asyncio

import pytest

from sightline_api.asgi.timeouts import Deadline, Deadlines

#: Seconds that nothing here takes.
LONG = 60


async def sleep(deadline: Deadline, seconds: float = LONG) -> str:
    with deadline:
        await asyncio.sleep(seconds)
    return "done"


async def test_who_takes_too_long_is_stopped() -> None:
    deadlines = Deadlines(0.02)
    with pytest.raises(TimeoutError):
        await sleep(deadlines.start())
    task = asyncio.current_task()
    assert task is not None
    assert not task.cancelling()


async def test_each_has_its_own_time() -> None:
    """The later one is stopped, too, although the timer was set for the earlier one."""
    deadlines = Deadlines(0.05)
    first = asyncio.create_task(sleep(deadlines.start()))
    quick = asyncio.create_task(sleep(deadlines.start(), 0))
    await asyncio.sleep(0.02)
    second = asyncio.create_task(sleep(deadlines.start()))
    assert await quick == "done"
    done, left = await asyncio.wait({first, second}, return_when=asyncio.FIRST_COMPLETED)
    assert (done, left) == ({first}, {second})
    assert isinstance(first.exception(), TimeoutError)
    with pytest.raises(TimeoutError):
        await second
    # With nobody left the timer is set anew.
    with pytest.raises(TimeoutError):
        await sleep(deadlines.start())


async def test_a_deadline_that_is_lifted_stops_nobody() -> None:
    deadlines = Deadlines(0.01)
    with deadlines.start() as deadline:
        deadline.lift()
        await asyncio.sleep(0.05)


async def test_who_is_cancelled_by_others_is_cancelled() -> None:
    task = asyncio.create_task(sleep(Deadlines(LONG).start()))
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_other_errors_stay_what_they_are() -> None:
    async def stumble() -> None:
        with Deadlines(0.01).start():
            try:
                await asyncio.sleep(LONG)
            finally:
                raise KeyError

    with pytest.raises(KeyError):
        await stumble()
