"""What the process does around the application."""

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


class Flood:
    """An answer without an end, and whether anybody still makes it."""

    def __init__(self) -> None:
        self.begun = threading.Event()
        self.ended = threading.Event()

    async def __call__(self) -> AsyncIterator[bytes]:
        self.begun.set()
        try:
            while True:
                yield bytes(1 << 16)
                # To a client that is gone nothing is sent, and nothing waited for.
                await asyncio.sleep(0)
        finally:
            self.ended.set()


@contextmanager
def serving(flood: Flood) -> Iterator[int]:
    """The port of a process's server, in a thread."""

    @asynccontextmanager
    async def live(_: FastAPI) -> AsyncIterator[dict[str, Any]]:
        yield {"broker": Broker(1)}

    app = FastAPI(lifespan=live)
    app.get("/")(lambda: StreamingResponse(flood()))
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
def asking(flood: Flood) -> Iterator[socket.socket]:
    """A client that has asked for it, and read nothing yet."""
    with serving(flood) as port, socket.create_connection(("127.0.0.1", port)) as client:
        client.sendall(b"GET / HTTP/1.1\r\nHost: sightline\r\n\r\n")
        yield client


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux ends what nobody reads")
def test_an_answer_that_nobody_reads_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(main, "SEND_TIMEOUT_SECONDS", 1)
    flood = Flood()
    with asking(flood):
        assert flood.begun.wait(10)
        assert flood.ended.wait(30)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux ends what nobody reads")
def test_a_slow_reader_is_served_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(main, "SEND_TIMEOUT_SECONDS", 1)
    flood = Flood()
    with asking(flood) as client:
        for _ in range(8):
            time.sleep(0.4)
            assert len(client.recv(1 << 23, socket.MSG_WAITALL)) == 1 << 23
        assert not flood.ended.is_set()
