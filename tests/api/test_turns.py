"""Requests begin in turn by client, a few in each iteration of the event loop."""

import asyncio
from collections import Counter
from itertools import groupby

from starlette.types import Message, Receive, Scope, Send

from sightline_api.asgi.turns import (
    BYTES_PER_REQUEST,
    REQUESTS_PER_ITERATION,
    RequestTurns,
    Turns,
)


class Application:
    """Records the clients and paths of requests in the order in which they begin, and when."""

    def __init__(self) -> None:
        self.began: list[tuple[int, str]] = []
        self._iteration = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.began.append((self._iteration, dict(scope["headers"])[b"authorization"].decode()))

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
    turns = RequestTurns(application, Turns())
    counter = asyncio.create_task(application.count_iterations())
    await asyncio.gather(*(turns(scope, _receive, _send) for scope in scopes))
    counter.cancel()
    return application.began


async def test_a_burst_begins_a_few_requests_at_a_time() -> None:
    began = await run([make_scope("greedy")] * 50)
    sizes = [len(list(group)) for _, group in groupby(began, key=lambda each: each[0])]
    assert sum(sizes) == 50
    assert max(sizes) == REQUESTS_PER_ITERATION


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
    turns, order = Turns(), []

    async def begin(address: str) -> None:
        await turns.wait({"headers": [], "client": (address, 1)})
        order.append(address)

    await asyncio.gather(*map(begin, ["192.0.2.1"] * 100 + ["192.0.2.2"]))
    assert "192.0.2.2" in order[: REQUESTS_PER_ITERATION + 2]


async def test_a_large_body_takes_the_rest_of_an_iteration() -> None:
    turns, scope = Turns(), make_scope("client")
    sizes = (REQUESTS_PER_ITERATION * BYTES_PER_REQUEST, 0)
    large, small = [asyncio.ensure_future(turns.wait(scope, size)) for size in sizes]
    await asyncio.sleep(0)
    assert (large.done(), small.done()) == (True, False)
    await small


async def test_a_cancelled_request_takes_no_turn() -> None:
    turns, scope = Turns(), make_scope("client")
    for _ in range(REQUESTS_PER_ITERATION):
        await turns.wait(scope)
    waiting = [asyncio.ensure_future(turns.wait(scope)) for _ in range(REQUESTS_PER_ITERATION + 1)]
    await asyncio.sleep(0)
    waiting[0].cancel()
    await asyncio.wait(waiting[1:], timeout=10)
    assert all(each.done() for each in waiting)
    # Nothing is scheduled while no request waits.
    await turns.wait(scope)
