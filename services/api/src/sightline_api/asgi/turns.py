"""Turns on the event loop, so that a burst of one client does not delay the requests of others.

A client is what sent the same `Authorization` header or, without one, has the same address. Nothing
is held while a request is in progress, so that slow dependencies delay nothing else.
"""

import asyncio
import time
from collections import deque
from typing import NamedTuple

from starlette.types import ASGIApp, Receive, Scope, Send

from sightline_api.asgi.headers import read_header
from sightline_api.problems import RateLimited

#: Requests that may begin in one iteration of the event loop. Everything that is ready then delays
#: whatever comes next, and a request takes about 0.5 ms in steps.
REQUESTS_PER_ITERATION = 4

#: Paths of requests that last for minutes, and the seconds between two that begin. To begin one
#: takes 0.5 ms, so a thousand clients that connect at once take a quarter of the time.
LASTING_PATHS = frozenset({"/v1/events"})
LASTING_PAUSE_SECONDS = 0.002

#: Paths whose requests never wait: a load balancer stops tasks that answer its probes late.
IMMEDIATE_PATHS = frozenset({"/health"})

#: Bodies above this size wait for their turn. A batch of 100 uploads has about 15 kB; to parse and
#: validate one with 5,000 unknown keys takes 10 ms without a pause.
LARGE_BODY_BYTES = 32_768

#: Share of the time in which large bodies are worked on, and the longest pause between two of them
#: in seconds.
LARGE_BODY_SHARE = 0.1
MAX_PAUSE_SECONDS = 1.0

#: Bytes of large bodies that may wait in this process, and those of one client.
MAX_WAITING_BYTES = 64_000_000
MAX_WAITING_BYTES_PER_CLIENT = 8_000_000


class _Turn(NamedTuple):
    """Work that waits, and the size of its body."""

    begins: asyncio.Future[None]
    body_bytes: int


class _Queues:
    """Work that waits, in turn by client."""

    def __init__(self) -> None:
        #: The client whose turn it is comes first.
        self._clients: dict[str, deque[_Turn]] = {}

    def push(self, client: str, body_bytes: int = 0) -> asyncio.Future[None]:
        turn = _Turn(asyncio.get_running_loop().create_future(), body_bytes)
        self._clients.setdefault(client, deque()).append(turn)
        return turn.begins

    def begin_next(self) -> bool:
        """Begin the next work that has not been cancelled; return False if there is none."""
        while self._clients:
            client = next(iter(self._clients))
            turns = self._clients.pop(client)
            turn = turns.popleft()
            if turns:
                self._clients[client] = turns
            if not turn.begins.done():
                turn.begins.set_result(None)
                return True
        return False

    def count_bytes(self, client: str) -> int:
        turns = self._clients.get(client, ())
        return sum(turn.body_bytes for turn in turns if not turn.begins.done())


class _Lane:
    """Requests of which at most `size` begin at once.

    The next ones begin in the next iteration of the event loop, or after a pause in seconds.
    """

    def __init__(self, size: int, pause: float = 0) -> None:
        self._size = size
        self._pause = pause
        #: Requests that may begin now.
        self._left = size
        self._is_scheduled = False
        self._queues = _Queues()

    async def wait(self, scope: Scope) -> None:
        """Wait until the request may begin."""
        if not self._is_scheduled:
            self._schedule()
        if self._left > 0:
            self._left -= 1
            return
        await self._queues.push(_identify(scope))

    def _schedule(self) -> None:
        self._is_scheduled = True
        loop = asyncio.get_running_loop()
        if self._pause:
            loop.call_later(self._pause, self._begin_next)
        else:
            loop.call_soon(self._begin_next)

    def _begin_next(self) -> None:
        self._left = self._size
        while self._left > 0 and self._queues.begin_next():
            self._left -= 1
        self._is_scheduled = False
        if self._left < self._size:
            self._schedule()


class RequestTurns:
    """Begins requests a few at a time, in turn by client."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._short = _Lane(REQUESTS_PER_ITERATION)
        self._lasting = _Lane(1, LASTING_PAUSE_SECONDS)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["path"] not in IMMEDIATE_PATHS:
            lane = self._lasting if scope["path"] in LASTING_PATHS else self._short
            await lane.wait(scope)
        await self._app(scope, receive, send)


class LargeBodyTurns:
    """Begins the work on large bodies one at a time, in turn by client, with pauses between.

    Only work that does not wait for anything else counts, until the event loop goes on.
    """

    def __init__(self) -> None:
        self._is_paused = False
        self._waiting_bytes = 0
        self._queues = _Queues()

    async def wait(self, scope: Scope, body_bytes: int) -> None:
        """Wait until the work on a body of this size may begin.

        Raises `RateLimited` if too much waits already.
        """
        if body_bytes <= LARGE_BODY_BYTES:
            return
        if not self._is_paused:
            self._pause()
            return
        client = _identify(scope)
        if (
            self._waiting_bytes + body_bytes > MAX_WAITING_BYTES
            or self._queues.count_bytes(client) + body_bytes > MAX_WAITING_BYTES_PER_CLIENT
        ):
            raise RateLimited(retry_after=1)
        self._waiting_bytes += body_bytes
        try:
            await self._queues.push(client, body_bytes)
        finally:
            self._waiting_bytes -= body_bytes

    def _pause(self) -> None:
        """Pause from the end of the work that begins now, or first of all in the next iteration."""
        self._is_paused = True
        # CPU time, because a thread that others delay has not worked longer.
        asyncio.get_running_loop().call_soon(self._schedule_next, time.thread_time())

    def _schedule_next(self, began_at: float) -> None:
        pause = (time.thread_time() - began_at) * (1 / LARGE_BODY_SHARE - 1)
        loop = asyncio.get_running_loop()
        loop.call_later(min(pause, MAX_PAUSE_SECONDS), self._begin_next)

    def _begin_next(self) -> None:
        self._is_paused = False
        if self._queues.begin_next():
            self._pause()


def _identify(scope: Scope) -> str:
    if credential := read_header(scope, b"authorization"):
        return credential
    return scope["client"][0] if scope["client"] else ""
