"""Work that hangs, crashes and eats memory, and the service that goes on."""

import asyncio
import os
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from sightline.domain.failures import Rejected
from sightline.imaging.isolation import run_isolated
from sightline.imaging.process_pool import DecodePool, ProcessDied
from sightline_testing.isolated_functions import (
    allocate,
    crash,
    crash_once,
    double,
    hang,
    own_pid,
    reject,
    write_to_stdout_and_stderr,
)

MEBIBYTE = 2**20


@pytest.fixture
async def bench() -> AsyncIterator[DecodePool]:
    async with DecodePool(2, seconds=30, memory=256 * MEBIBYTE) as bench:
        yield bench


async def test_work_is_done_elsewhere(bench: DecodePool) -> None:
    assert await bench.run(double, 4, plus=1) == 9
    assert await bench.run(own_pid) != os.getpid()


async def test_as_much_is_done_at_once_as_there_are_processes(bench: DecodePool) -> None:
    pids = await asyncio.gather(*(bench.run(own_pid) for _ in range(8)))
    assert len(set(pids)) == 2


async def test_what_the_work_raises_comes_back_whole(bench: DecodePool) -> None:
    with pytest.raises(Rejected) as caught:
        await bench.run(reject)
    assert caught.value.failure.code == "broken_image"
    assert caught.value.failure.message == "It is broken."


async def test_work_that_hangs_is_ended_and_the_next_is_done() -> None:
    async with DecodePool(1, seconds=1) as bench:
        with pytest.raises(TimeoutError):
            await bench.run(hang)
        assert await bench.run(double, 4) == 8


async def test_a_crash_is_told_and_the_next_work_is_done(bench: DecodePool) -> None:
    for _ in range(3):
        with pytest.raises(ProcessDied):
            await bench.run(crash)
    assert await asyncio.gather(*(bench.run(double, n) for n in range(4))) == [0, 2, 4, 6]


async def test_no_work_takes_more_memory_than_it_may(bench: DecodePool) -> None:
    assert await bench.run(allocate, 100 * MEBIBYTE) == 100 * MEBIBYTE
    with pytest.raises(MemoryError):
        await bench.run(allocate, 400 * MEBIBYTE)


async def test_a_large_argument_arrives(bench: DecodePool) -> None:
    assert await bench.run(len, b"x" * 50 * MEBIBYTE) == 50 * MEBIBYTE


async def test_chatter_goes_nowhere(bench: DecodePool, capfd: pytest.CaptureFixture[str]) -> None:
    assert await bench.run(write_to_stdout_and_stderr) == 1
    assert capfd.readouterr() == ("", "")


async def test_work_that_nobody_waits_for_any_more_is_ended() -> None:
    async with DecodePool(1, seconds=3600) as bench:
        await bench.run(double, 1)
        task = asyncio.create_task(bench.run(hang))
        await asyncio.sleep(0.1)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert await bench.run(double, 4) == 8


async def test_no_process_outlives_its_bench() -> None:
    async with DecodePool(2, seconds=3600) as bench:
        pid = await bench.run(own_pid)
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


@pytest.mark.parametrize(("work", "code"), [(hang, "decode_timeout"), (crash, "decoder_crashed")])
async def test_a_pictures_mishaps_have_codes(work: Callable[[], None], code: str) -> None:
    async with DecodePool(1, seconds=1) as bench:
        with pytest.raises(Rejected) as caught:
            await run_isolated(bench, work)
    assert caught.value.failure.code == code


async def test_a_single_crash_may_not_be_the_pictures_fault(
    bench: DecodePool, tmp_path: Path
) -> None:
    assert await run_isolated(bench, crash_once, str(tmp_path / "trace")) == "second"
