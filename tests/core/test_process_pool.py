"""The pool of isolated processes: crashes, timeouts and memory limits."""

import asyncio
import os
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from sightline.domain.failures import Rejected
from sightline.imaging.isolation import run_isolated
from sightline.imaging.process_pool import DecodePool, ProcessDied, Stalled
from sightline_testing.isolated_functions import (
    allocate,
    compute,
    compute_forever,
    crash,
    crash_once,
    double,
    hang,
    own_pid,
    reject,
    touch_and_hang,
    wait,
    write_to_stdout_and_stderr,
)

MEBIBYTE = 2**20


@pytest.fixture
async def pool() -> AsyncIterator[DecodePool]:
    async with DecodePool(2, seconds=30, memory=256 * MEBIBYTE) as pool:
        yield pool


async def test_function_runs_in_another_process(pool: DecodePool) -> None:
    assert await pool.run(double, 4, plus=1) == 9
    assert await pool.run(own_pid) != os.getpid()


async def test_calls_are_distributed_over_all_processes(pool: DecodePool) -> None:
    pids = await asyncio.gather(*(pool.run(own_pid) for _ in range(8)))
    assert len(set(pids)) == 2


async def test_exception_of_the_function_is_raised_unchanged(pool: DecodePool) -> None:
    with pytest.raises(Rejected) as caught:
        await pool.run(reject)
    assert caught.value.failure.code == "broken_image"
    assert caught.value.failure.message == "It is broken."


@pytest.fixture
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a call compute for its CPU time, however small its part of a core is."""
    monkeypatch.setattr("sightline.imaging.process_pool.ELAPSED_FACTOR", 100)


@pytest.mark.usefixtures("patient")
async def test_a_call_that_exceeds_its_cpu_time_is_killed_and_the_pool_keeps_working() -> None:
    async with DecodePool(1, seconds=0.5) as pool:
        with pytest.raises(TimeoutError):
            await pool.run(compute_forever)
        assert await pool.run(double, 4) == 8


async def test_the_cpu_time_is_counted_for_each_call() -> None:
    async with DecodePool(1, seconds=0.5) as pool:
        used = sum([await pool.run(compute, 0.2) for _ in range(4)])
    assert used > 0.5


async def test_a_call_that_waits_is_stalled_and_the_pool_keeps_working() -> None:
    async with DecodePool(1, seconds=0.1) as pool:
        with pytest.raises(Stalled):
            await pool.run(hang)
        assert await pool.run(double, 4) == 8


async def test_a_call_may_wait_longer_than_its_cpu_time() -> None:
    """As on a busy machine, where a process gets only a part of a core."""
    async with DecodePool(1, seconds=0.5) as pool:
        assert await pool.run(wait, 0.6) == "waited"


async def test_crash_is_reported_and_the_pool_keeps_working(pool: DecodePool) -> None:
    for _ in range(3):
        with pytest.raises(ProcessDied):
            await pool.run(crash)
    assert await asyncio.gather(*(pool.run(double, n) for n in range(4))) == [0, 2, 4, 6]


async def test_memory_limit_is_enforced(pool: DecodePool) -> None:
    assert await pool.run(allocate, 100 * MEBIBYTE) == 100 * MEBIBYTE
    with pytest.raises(MemoryError):
        await pool.run(allocate, 400 * MEBIBYTE)


async def test_large_argument_is_passed(pool: DecodePool) -> None:
    assert await pool.run(len, b"x" * 50 * MEBIBYTE) == 50 * MEBIBYTE


async def test_output_of_the_function_is_discarded(
    pool: DecodePool, capfd: pytest.CaptureFixture[str]
) -> None:
    assert await pool.run(write_to_stdout_and_stderr) == 1
    assert capfd.readouterr() == ("", "")


async def test_cancelled_call_is_killed_and_the_pool_keeps_working(tmp_path: Path) -> None:
    marker = tmp_path / "started"
    async with DecodePool(1, seconds=3600) as pool:
        await pool.run(double, 1)
        task = asyncio.create_task(pool.run(touch_and_hang, str(marker)))
        async with asyncio.timeout(30):
            while not marker.exists():  # noqa: ASYNC110 - another process creates it
                await asyncio.sleep(0.01)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert await pool.run(double, 4) == 8


async def test_processes_end_with_the_pool() -> None:
    async with DecodePool(2, seconds=3600) as pool:
        pid = await pool.run(own_pid)
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


async def test_pool_ends_while_a_process_is_being_replaced() -> None:
    async with DecodePool(size=1, seconds=1000) as pool:
        with pytest.raises(ProcessDied):
            await pool.run(crash)
        call = asyncio.create_task(pool.run(hang))
        await asyncio.sleep(0)
    with pytest.raises(ProcessDied):
        await call


@pytest.mark.usefixtures("patient")
@pytest.mark.parametrize(
    ("function", "code"), [(compute_forever, "decode_timeout"), (crash, "decoder_crashed")]
)
async def test_run_isolated_rejects_an_image_that_takes_too_long_or_crashes(
    function: Callable[[], None], code: str
) -> None:
    async with DecodePool(1, seconds=0.5) as pool:
        with pytest.raises(Rejected) as caught:
            await run_isolated(pool, function)
    assert caught.value.failure.code == code


async def test_run_isolated_does_not_blame_an_image_for_a_busy_machine() -> None:
    async with DecodePool(1, seconds=0.1) as pool:
        with pytest.raises(Stalled):
            await run_isolated(pool, hang)


async def test_run_isolated_retries_after_a_single_crash(pool: DecodePool, tmp_path: Path) -> None:
    assert await run_isolated(pool, crash_once, str(tmp_path / "trace")) == "second"
