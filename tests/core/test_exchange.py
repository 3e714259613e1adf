"""Requests over connections that are kept, and connections that do not keep."""

import asyncio
import ssl
from collections.abc import AsyncIterator

import pytest
import uvloop

from sightline.exchange import Answer, Exchange

#: Seconds that nothing here takes.
LONG = 60

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi"


class Server:
    """Answers each request by what it is told next, or hangs up."""

    def __init__(self) -> None:
        self.answers: list[bytes | None] = []
        self.requests: list[bytes] = []
        self.connections = 0
        #: Set while it may answer.
        self.awake = asyncio.Event()
        self.awake.set()
        self._open: set[asyncio.StreamWriter] = set()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        self._open.add(writer)
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                length = int(head.lower().partition(b"content-length:")[2].split()[0])
                self.requests.append(head + await reader.readexactly(length))
                await self.awake.wait()
                answer = self.answers.pop(0) if self.answers else OK
                if answer is None:
                    break
                writer.write(answer)
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    def hang_up(self) -> None:
        for writer in self._open:
            writer.close()


@pytest.fixture
def server() -> Server:
    return Server()


@pytest.fixture
async def url(server: Server) -> AsyncIterator[str]:
    listening = await asyncio.start_server(server.serve, "127.0.0.1", 0)
    yield f"http://127.0.0.1:{listening.sockets[0].getsockname()[1]}"
    server.awake.set()
    server.hang_up()
    listening.close()


def open_exchange(url: str, limit: int = 2, read_timeout: float = LONG) -> Exchange:
    return Exchange(url, ssl.create_default_context(), limit, LONG, read_timeout)


@pytest.fixture
async def exchange(url: str) -> AsyncIterator[Exchange]:
    exchange = open_exchange(url)
    yield exchange
    exchange.close()


async def test_requests_share_a_connection(server: Server, exchange: Exchange) -> None:
    for body in (b"one", b""):
        assert await exchange.post({"host": "here", "x-name": "a"}, body) == Answer(200, b"hi")
    assert server.requests == [
        b"POST / HTTP/1.1\r\nhost: here\r\nx-name: a\r\ncontent-length: 3\r\n\r\none",
        b"POST / HTTP/1.1\r\nhost: here\r\nx-name: a\r\ncontent-length: 0\r\n\r\n",
    ]
    assert server.connections == 1


async def test_requests_at_once_have_connections_of_their_own_up_to_a_limit(
    server: Server, exchange: Exchange
) -> None:
    server.awake.clear()
    posts = [asyncio.create_task(exchange.post({}, b"")) for _ in range(5)]
    async with asyncio.timeout(LONG):
        while len(server.requests) < 2:  # noqa: ASYNC110 - what is waited for is another's doing
            await asyncio.sleep(0.01)
    server.awake.set()
    assert await asyncio.gather(*posts) == [Answer(200, b"hi")] * 5
    assert (server.connections, len(server.requests)) == (2, 5)


async def test_an_answer_may_come_in_chunks_and_with_any_status(
    server: Server, exchange: Exchange
) -> None:
    head = b"HTTP/1.1 400 Bad Request\r\nTransfer-Encoding: chunked\r\n\r\n"
    server.answers = [head + b"2\r\nhe\r\n3\r\nllo\r\n0\r\n\r\n"]
    assert await exchange.post({}, b"") == Answer(400, b"hello")
    assert await exchange.post({}, b"") == Answer(200, b"hi")
    assert server.connections == 1


async def test_a_connection_that_the_server_closes_is_not_used_again(
    server: Server, exchange: Exchange
) -> None:
    server.answers = [b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"]
    assert await exchange.post({}, b"") == Answer(200, b"")
    assert await exchange.post({}, b"") == Answer(200, b"hi")
    server.hang_up()
    await asyncio.sleep(0.05)
    assert await exchange.post({}, b"") == Answer(200, b"hi")
    assert server.connections == 3


async def test_a_connection_that_was_idle_for_long_is_not_used_again(
    server: Server, exchange: Exchange, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sightline.exchange.IDLE", 0)
    for _ in range(2):
        await exchange.post({}, b"")
    assert server.connections == 2


@pytest.mark.parametrize("answer", [None, b"what?\r\n\r\n"])
async def test_what_is_no_answer_is_an_error(
    server: Server, exchange: Exchange, answer: bytes | None
) -> None:
    server.answers = [answer]
    with pytest.raises(ConnectionError):
        await exchange.post({}, b"")
    assert await exchange.post({}, b"") == Answer(200, b"hi")


async def test_half_an_answer_is_an_error(server: Server, exchange: Exchange) -> None:
    server.answers = [OK[:-1]]
    post = asyncio.create_task(exchange.post({}, b""))
    while not server.requests:  # noqa: ASYNC110 - what is waited for is another's doing
        await asyncio.sleep(0.01)
    await asyncio.sleep(0.05)
    server.hang_up()
    with pytest.raises(ConnectionError):
        await post
    assert await exchange.post({}, b"") == Answer(200, b"hi")


async def test_an_answer_that_nobody_waits_for_is_not_taken_for_the_next_one(
    server: Server, exchange: Exchange
) -> None:
    server.answers = [OK + b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nwrong"]
    assert await exchange.post({}, b"") == Answer(200, b"hi")
    assert await exchange.post({}, b"") == Answer(200, b"hi")
    assert server.connections == 2


async def test_who_is_not_answered_gives_up(server: Server, url: str) -> None:
    exchange = open_exchange(url, limit=1, read_timeout=0.05)
    server.awake.clear()
    with pytest.raises(TimeoutError):
        await exchange.post({}, b"")
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.01):
            await exchange.post({}, b"")
    server.awake.set()
    assert await exchange.post({}, b"") == Answer(200, b"hi")
    assert server.connections == 3
    exchange.close()


async def test_nobody_there_is_an_error() -> None:
    with pytest.raises(OSError, match="9"):
        await open_exchange("http://127.0.0.1:9").post({}, b"")


def test_it_serves_the_loop_that_the_gateway_runs_on() -> None:
    async def ask() -> Answer:
        server = Server()
        listening = await asyncio.start_server(server.serve, "127.0.0.1", 0)
        port = listening.sockets[0].getsockname()[1]
        exchange = open_exchange(f"http://127.0.0.1:{port}")
        answer = await exchange.post({}, b"")
        exchange.close()
        server.hang_up()
        listening.close()
        return answer

    assert uvloop.run(ask()) == Answer(200, b"hi")
