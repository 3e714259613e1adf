"""Turns on the event loop, so that a burst of one client does not delay the requests of others."""

import asyncio
from collections import deque
from typing import NamedTuple

from starlette.types import ASGIApp, Receive, Scope, Send

from sightline_api.asgi.headers import read_header

#: Work that may begin in one iteration of the event loop, in requests. Everything that is ready
#: then delays whatever comes next, and a request takes about 0.5 ms in steps.
REQUESTS_PER_ITERATION = 4

#: A body of this size counts as one more request, in bytes: to count its values, parse and validate
#: it takes up to 15 ms per MB.
BYTES_PER_REQUEST = 65_536

#: Paths whose requests never wait: a load balancer stops tasks that answer its probes late.
IMMEDIATE_PATHS = frozenset({"/health"})


class Turns:
    """Lets work begin a few requests at a time, in turn by client.

    A client is what sent the same `Authorization` header or, without one, has the same address.
    Nothing is held while a request is in progress, so that slow dependencies delay nothing else.
    """

    def __init__(self) -> None:
        #: Requests that may begin in this iteration; a large body uses up more than is left.
        self._left = REQUESTS_PER_ITERATION
        self._is_scheduled = False
        #: The work that waits, by client; the client whose turn it is comes first.
        self._waiting: dict[str, deque[_Turn]] = {}

    async def wait(self, scope: Scope, body_bytes: int = 0) -> None:
        """Wait until the client may begin a request, or the work on a body of this size."""
        loop = asyncio.get_running_loop()
        if not self._is_scheduled:
            self._is_scheduled = True
            loop.call_soon(self._begin_iteration)
        requests = 1 + body_bytes // BYTES_PER_REQUEST
        if self._left > 0:
            self._left -= requests
            return
        turn = _Turn(loop.create_future(), requests)
        self._waiting.setdefault(_identify(scope), deque()).append(turn)
        await turn.begins

    def _begin_iteration(self) -> None:
        self._left = REQUESTS_PER_ITERATION
        while self._left > 0 and self._waiting:
            client = next(iter(self._waiting))
            turns = self._waiting.pop(client)
            turn = turns.popleft()
            if turns:
                self._waiting[client] = turns
            # The request may have been cancelled.
            if not turn.begins.done():
                turn.begins.set_result(None)
                self._left -= turn.requests
        self._is_scheduled = self._left < REQUESTS_PER_ITERATION
        if self._is_scheduled:
            asyncio.get_running_loop().call_soon(self._begin_iteration)


class _Turn(NamedTuple):
    """Work that waits, and the number of requests that it counts as."""

    begins: asyncio.Future[None]
    requests: int


def _identify(scope: Scope) -> str:
    if credential := read_header(scope, b"authorization"):
        return credential
    return scope["client"][0] if scope["client"] else ""


class RequestTurns:
    """Begins each request in its turn."""

    def __init__(self, app: ASGIApp, turns: Turns) -> None:
        self._app = app
        self._turns = turns

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["path"] not in IMMEDIATE_PATHS:
            await self._turns.wait(scope)
        await self._app(scope, receive, send)
