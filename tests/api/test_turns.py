"""Requests begin in turn by client, a few in each iteration of the event loop."""

import asyncio
import time
from collections import Counter
from itertools import groupby, pairwise

import pytest
from starlette.types import Message, Receive, Scope, Send

from sightline_api.asgi.turns import (
    LARGE_BODY_BYTES,
    LARGE_BODY_SHARE,
    MAX_WAITING_BYTES,
    MAX_WAITING_BYTES_PER_CLIENT,
    REQUESTS_PER_ITERATION,
    LargeBodyTurns,
    RequestTurns,
)
from sightline_api.problems import RateLimited

MEGABYTE = 1_000_000

#: CPU time of the work on a large body.
WORK_SECONDS = 0.005


class Application:
    """Records the clients and paths of requests in the order in which they begin, and when."""

    def __init__(self) -> None:
        self.began: list[tuple[int, str]] = []
        self._iteration = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        credential = dict(scope["headers"]).get(b"authorization", scope["client"][0].encode())
        self.began.append((self._iteration, credential.decode()))

    async def count_iterations(self) -> None:
        while True:
            self._iteration += 1
            await asyncio.sleep(0)


async def _receive() -> Message:
    return {"type": "http.request"}


async def _send(message: Message) -> None:
    del message


def make_scope(client: str, path: str = "/v1/images") -> Scope:
    headers = [(b"authorization", client.encode())]
    return {"type": "http", "path": path, "headers": headers, "client": ("127.0.0.1", 1)}


async def run(scopes: list[Scope]) -> list[tuple[int, str]]:
    """Send the requests at once; return the iteration in which each began, and its client."""
    application = Application()
    turns = RequestTurns(application)
    counter = asyncio.create_task(application.count_iterations())
    await asyncio.gather(*(turns(scope, _receive, _send) for scope in scopes))
    counter.cancel()
    return application.began


async def test_a_burst_begins_a_few_requests_at_a_time() -> None:
    began = await run([make_scope("greedy")] * 50)
    sizes = [len(list(group)) for _, group in groupby(began, key=lambda each: each[0])]
    assert sum(sizes) == 50
    assert max(sizes) == REQUESTS_PER_ITERATION


async def test_requests_do_not_wait_for_streams() -> None:
    streams = [make_scope(f"stream {number}", "/v1/events") for number in range(100)]
    began = await run([*streams, make_scope("reader")])
    order = [client for _, client in began]
    # Those that were received first have begun.
    assert order.index("reader") <= 1
    sizes = [len(list(group)) for _, group in groupby(began, key=lambda each: each[0])]
    assert sum(sizes) == 101
    # The event loop goes on between two of them.
    assert max(sizes[1:]) == 1


async def test_clients_take_turns() -> None:
    clients = ["greedy"] * 100 + ["patient"] * 3 + ["late"]
    order = [client for _, client in await run([make_scope(client) for client in clients])]
    # The first requests begin at once; then the three clients alternate.
    assert "late" in order[: REQUESTS_PER_ITERATION + 3]
    assert Counter(order[: REQUESTS_PER_ITERATION + 9])["patient"] == 3


async def test_health_never_waits() -> None:
    scopes = [make_scope("greedy")] * 50 + [make_scope("balancer", "/health")]
    began = await run(scopes)
    assert [client for _, client in began].index("balancer") <= REQUESTS_PER_ITERATION


async def test_clients_without_a_credential_are_identified_by_their_address() -> None:
    scopes: list[Scope] = [
        {"type": "http", "path": "/v1/images", "headers": [], "client": (address, 1)}
        for address in ["192.0.2.1"] * 100 + ["192.0.2.2"]
    ]
    began = await run(scopes)
    assert "192.0.2.2" in [address for _, address in began][: REQUESTS_PER_ITERATION + 2]


async def test_a_cancelled_request_takes_no_turn() -> None:
    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        """Answer at once."""

    turns = RequestTurns(answer)

    def start() -> asyncio.Future[None]:
        return asyncio.ensure_future(turns(make_scope("client"), _receive, _send))

    requests = [start() for _ in range(2 * REQUESTS_PER_ITERATION + 1)]
    await asyncio.sleep(0)
    requests[REQUESTS_PER_ITERATION].cancel()
    done, _ = await asyncio.wait(requests, timeout=10)
    assert len(done) == len(requests)
    # Nothing is scheduled while no request waits.
    await start()


class LargeBodies:
    """Bodies whose work waits for its turn, and when it began."""

    def __init__(self) -> None:
        self.turns = LargeBodyTurns()
        self.began: list[tuple[str, float]] = []

    def send(self, client: str, size: int = MEGABYTE) -> asyncio.Task[None]:
        return asyncio.create_task(self._process(client, size))

    async def _process(self, client: str, size: int) -> None:
        await self.turns.wait(make_scope(client), size)
        began_at, cpu_began_at = time.monotonic(), time.thread_time()
        while time.thread_time() < cpu_began_at + WORK_SECONDS:
            pass
        self.began.append((client, began_at))

    @property
    def clients(self) -> list[str]:
        return [client for client, _ in self.began]


async def test_large_bodies_take_a_share_of_the_time() -> None:
    bodies = LargeBodies()
    await asyncio.gather(*(bodies.send("client") for _ in range(3)))
    for (_, began_at), (_, next_began_at) in pairwise(bodies.began):
        # The clock of the event loop is coarse.
        assert 1.1 * LARGE_BODY_SHARE * (next_began_at - began_at) >= WORK_SECONDS


async def test_clients_take_turns_with_large_bodies() -> None:
    bodies = LargeBodies()
    await asyncio.gather(*(bodies.send(client) for client in ["greedy"] * 5 + ["patient"]))
    assert bodies.clients[:3] == ["greedy", "greedy", "patient"]


async def test_small_bodies_never_wait() -> None:
    bodies = LargeBodies()
    large = [bodies.send("greedy") for _ in range(3)]
    await bodies.send("patient", LARGE_BODY_BYTES)
    assert [each.done() for each in large] == [True, False, False]
    await asyncio.gather(*large)


async def test_waiting_bodies_are_bounded_per_client_and_in_total() -> None:
    bodies = LargeBodies()
    await bodies.send("first")
    of_one = [bodies.send("greedy") for _ in range(MAX_WAITING_BYTES_PER_CLIENT // MEGABYTE)]
    with pytest.raises(RateLimited):
        await bodies.send("greedy")
    of_others = [
        bodies.send(f"client-{number}")
        for number in range((MAX_WAITING_BYTES - MAX_WAITING_BYTES_PER_CLIENT) // MEGABYTE)
    ]
    with pytest.raises(RateLimited):
        await bodies.send("late")
    for waiting in of_one + of_others:
        waiting.cancel()
    # Nothing waits any more, so that everybody may wait again.
    await bodies.send("greedy")
