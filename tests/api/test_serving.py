"""The server process: clients that do not read."""

import asyncio
import socket
import sys
import threading
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any

import pytest
import uvicorn
from fastapi import FastAPI
from fastapi.responses import StreamingResponse

from sightline_api import __main__ as main
from sightline_api.events.broker import Broker


class EndlessBody:
    """A response body without an end; the events report whether it is being generated."""

    def __init__(self) -> None:
        self.started = threading.Event()
        self.stopped = threading.Event()

    async def __call__(self) -> AsyncIterator[bytes]:
        self.started.set()
        try:
            while True:
                yield bytes(1 << 16)
                # Sending to a disconnected client does not suspend: let other tasks run.
                await asyncio.sleep(0)
        finally:
            self.stopped.set()


@contextmanager
def serve(body: EndlessBody) -> Iterator[int]:
    """Run the server in a thread, and yield its port."""

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[dict[str, Any]]:
        yield {"broker": Broker(1)}

    app = FastAPI(lifespan=lifespan)
    app.get("/")(lambda: StreamingResponse(body()))
    config = uvicorn.Config(app, port=0, log_config=None, timeout_graceful_shutdown=1)
    server = main.Server(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    try:
        yield server.servers[0].sockets[0].getsockname()[1]
    finally:
        server.should_exit = True
        thread.join()


@contextmanager
def request(body: EndlessBody) -> Iterator[socket.socket]:
    """Yield a client that has requested the body, and has read nothing yet."""
    with serve(body) as port, socket.create_connection(("127.0.0.1", port)) as client:
        client.sendall(b"GET / HTTP/1.1\r\nHost: sightline\r\n\r\n")
        yield client


@pytest.mark.skipif(sys.platform != "linux", reason="needs TCP_USER_TIMEOUT")
def test_a_response_ends_if_the_client_does_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(main, "SEND_TIMEOUT_SECONDS", 1)
    body = EndlessBody()
    with request(body):
        assert body.started.wait(10)
        assert body.stopped.wait(30)


@pytest.mark.skipif(sys.platform != "linux", reason="needs TCP_USER_TIMEOUT")
def test_a_slow_client_stays_connected(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(main, "SEND_TIMEOUT_SECONDS", 1)
    body = EndlessBody()
    with request(body) as client:
        for _ in range(8):
            time.sleep(0.4)
            assert len(client.recv(1 << 23, socket.MSG_WAITALL)) == 1 << 23
        assert not body.stopped.is_set()
