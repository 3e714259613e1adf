"""Waits in simulated time end."""

import asyncio

from sightline_testing.simulated_time import Simulate


def test_a_wait_that_is_shorter_than_the_resolution_of_the_clock_ends(simulate: Simulate) -> None:
    async def test() -> None:
        loop = asyncio.get_running_loop()
        deadline = loop.time() + 1e-12
        for _ in range(10):
            # Something else is ready, so that the event loop does not wait.
            loop.call_soon(lambda: None)
            await asyncio.sleep(deadline - loop.time())
            if loop.time() >= deadline:
                return
        raise AssertionError("no time passed")

    simulate(test())
