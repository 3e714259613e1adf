"""The server process: clients that do not read, and heads of requests that have no end."""

import asyncio
import json
import re
import socket
import sys
import threading
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from http.client import HTTPResponse
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI, Request, Response
from fastapi.responses import StreamingResponse

from sightline_api import __main__ as main
from sightline_api.asgi import protocol
from sightline_api.asgi.limits import RequestHead
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


@pytest.fixture(autouse=True)
def _short_shutdown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(main, "SHUTDOWN_TIMEOUT_SECONDS", 1)


@contextmanager
def serve(body: EndlessBody) -> Iterator[int]:
    """Run the server in a thread, and yield its port; it echoes what is posted to `/echo`."""

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[dict[str, Any]]:
        yield {"broker": Broker(1)}

    app = FastAPI(lifespan=lifespan)
    app.get("/")(lambda: StreamingResponse(body()))

    app.add_middleware(RequestHead)

    @app.post("/echo")
    async def echo(request: Request) -> Response:
        return Response(await request.body())

    server = main.make_server(app, "127.0.0.1", 0)
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


def read_response(client: socket.socket) -> tuple[int, bytes]:
    """Return the status and the body of the next response."""
    response = HTTPResponse(client)
    response.begin()
    return response.status, response.read()


@contextmanager
def connect() -> Iterator[socket.socket]:
    """Yield a connection to a server."""
    with (
        serve(EndlessBody()) as port,
        socket.create_connection(("127.0.0.1", port), timeout=30) as client,
    ):
        yield client


#: What the HTTP client of Java 17 sends first over plain HTTP.
JAVA_HEAD = (
    b"POST /echo HTTP/1.1\r\nConnection: Upgrade, HTTP2-Settings\r\nContent-Length: 5\r\n"
    b"Host: sightline\r\nHTTP2-Settings: AAEAAEAAAAIAAAABAAMAAABkAAQBAAAAAAUAAEAA\r\n"
    b"Upgrade: h2c\r\nUser-Agent: Java-http-client/17.0.15\r\n\r\n"
)


@pytest.mark.parametrize("is_split", [False, True])
def test_a_request_that_offers_http2_keeps_its_body_and_its_connection(is_split: bool) -> None:
    with connect() as client:
        for body in (b"first", b"other"):
            if is_split:
                client.sendall(JAVA_HEAD)
                time.sleep(0.2)
                client.sendall(body)
            else:
                client.sendall(JAVA_HEAD + body)
            assert read_response(client) == (200, body)


def test_a_body_that_looks_like_an_offer_is_unchanged() -> None:
    body = b"x\r\nUpgrade: h2c\r\n\r\n\r\nUpgrade: h2c"
    head = b"POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n" % len(body)
    with connect() as client:
        for _ in range(2):
            client.sendall(head + body)
            assert read_response(client) == (200, body)


def test_a_head_without_an_end_is_refused() -> None:
    with connect() as client:
        client.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n")
        client.sendall(b"X-Long: " + b"x" * protocol.MAX_HEAD_BYTES)
        status, body = read_response(client)
        assert (status, json.loads(body)["code"]) == (431, "headers_too_large")
        assert client.recv(1) == b""


@pytest.mark.parametrize("start", [b"", b"GET / HTTP/1.1\r\nHost: x\r\nX-Slow: "])
def test_a_head_that_takes_too_long_is_refused(
    monkeypatch: pytest.MonkeyPatch, start: bytes
) -> None:
    monkeypatch.setattr(protocol, "HEAD_TIMEOUT_SECONDS", 0.5)
    with connect() as client:
        client.sendall(start)
        status, body = read_response(client)
        assert (status, json.loads(body)["code"]) == (408, "request_head_timeout")
        assert client.recv(1) == b""


def test_a_second_head_has_the_same_time_and_size(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(protocol, "HEAD_TIMEOUT_SECONDS", 0.5)
    with connect() as client:
        client.sendall(JAVA_HEAD + b"first")
        assert read_response(client) == (200, b"first")
        # The connection is idle for longer than a head may take.
        time.sleep(1)
        client.sendall(JAVA_HEAD[:40])
        status, body = read_response(client)
        assert (status, json.loads(body)["code"]) == (408, "request_head_timeout")


@pytest.mark.parametrize("hosts", [b"", b"Host: x\r\nHost: x\r\n"])
def test_a_request_names_its_host_exactly_once(hosts: bytes) -> None:
    with connect() as client:
        client.sendall(b"POST /echo HTTP/1.1\r\n" + hosts + b"Content-Length: 0\r\n\r\n")
        status, body = read_response(client)
        assert (status, json.loads(body)["code"]) == (400, "bad_request")


def test_what_is_not_http_is_a_bad_request() -> None:
    with connect() as client:
        client.sendall(b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n")
        status, body = read_response(client)
        assert (status, json.loads(body)["code"]) == (400, "bad_request")


def test_an_idle_connection_outlives_that_of_the_load_balancer() -> None:
    terraform = Path(__file__).parents[2] / "infra/terraform/modules/load_balancer/main.tf"
    idle_timeout = re.search(r"idle_timeout\s*=\s*(\d+)", terraform.read_text())
    assert idle_timeout
    assert int(idle_timeout[1]) < main.KEEP_ALIVE_SECONDS
