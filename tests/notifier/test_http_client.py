"""The HTTP client of webhooks, against servers on this machine."""

import asyncio
import datetime
import socket
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from aiohttp.abc import AbstractResolver, ResolveResult
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from sightline_notifier.webhooks.http_client import CheckedResolver, EndpointClient, Response

OK = b"HTTP/1.1 204 No Content\r\nContent-Length: 0\r\n\r\n"

Respond = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


class RawServer:
    """A server that responds as the test scripts it, and records the heads of requests."""

    def __init__(self, respond: Respond) -> None:
        self._respond = respond
        self.heads: list[bytes] = []
        self.closed = asyncio.Event()
        self.port = 0

    async def handle(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            self.heads.append(await reader.readuntil(b"\r\n\r\n"))
            await self._respond(reader, writer)
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            self.closed.set()
            writer.close()


@asynccontextmanager
async def serving(respond: Respond, tls: ssl.SSLContext | None = None) -> AsyncIterator[RawServer]:
    raw = RawServer(respond)
    server = await asyncio.start_server(raw.handle, "127.0.0.1", 0, ssl=tls)
    raw.port = server.sockets[0].getsockname()[1]
    try:
        yield raw
    finally:
        server.close()


async def respond_ok(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(OK)
    await writer.drain()


class FixedResolver(AbstractResolver):
    """Resolves every name to the next address of a list, and the last one from then on."""

    def __init__(self, *addresses: str) -> None:
        self.addresses = list(addresses)
        self.lookups = 0

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        address = self.addresses[min(self.lookups, len(self.addresses) - 1)]
        self.lookups += 1
        return [
            ResolveResult(
                hostname=host,
                host=address,
                port=port,
                family=socket.AF_INET6 if ":" in address else socket.AF_INET,
                proto=0,
                flags=socket.AI_NUMERICHOST,
            )
        ]

    async def close(self) -> None:
        pass


async def post(
    url: str,
    *,
    allow_loopback: bool = True,
    timeout_seconds: float = 10,
    tls: ssl.SSLContext | None = None,
    resolver: AbstractResolver | None = None,
) -> Response:
    client = EndpointClient(
        allow_loopback=allow_loopback, timeout_seconds=timeout_seconds, tls=tls, resolver=resolver
    )
    async with client:
        return await client.post(url, {"webhook-id": "message"}, b'{"type":"image.ready"}')


async def test_a_message_is_sent_as_json(monkeypatch: pytest.MonkeyPatch) -> None:
    """A proxy of the environment is not used."""
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)
    async with serving(respond_ok) as server:
        response = await post(f"http://127.0.0.1:{server.port}/hook?token=a%20b")
    assert (response.status, response.is_success) == (204, True)
    (head,) = server.heads
    assert head.startswith(b"POST /hook?token=a%20b HTTP/1.1\r\n")
    assert b"\r\nContent-Type: application/json\r\n" in head
    assert b"\r\nwebhook-id: message\r\n" in head
    assert b"\r\nContent-Length: 22\r\n" in head


async def test_a_redirect_is_a_failure_and_is_not_followed() -> None:
    async def redirect(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 302 Found\r\nLocation: /other\r\nContent-Length: 0\r\n\r\n")
        await writer.drain()

    async with serving(redirect) as server:
        response = await post(f"http://127.0.0.1:{server.port}/")
    assert (response.status, response.is_success, len(server.heads)) == (302, False, 1)


@pytest.mark.parametrize("url", ["http://127.0.0.1:{}/", "https://127.0.0.1:{}/"])
async def test_loopback_is_not_reached_unless_it_is_allowed(url: str) -> None:
    async with serving(respond_ok) as server:
        response = await post(url.format(server.port), allow_loopback=False)
    assert (response, server.heads) == (Response(None, "forbidden_url"), [])


@pytest.mark.parametrize("allow_loopback", [False, True])
@pytest.mark.parametrize(
    "address", ["127.0.0.1", "10.0.0.1", "169.254.169.254", "::ffff:169.254.169.254", "100.64.0.1"]
)
async def test_a_name_that_resolves_inwards_is_not_reached(
    address: str, allow_loopback: bool
) -> None:
    async with serving(respond_ok) as server:
        response = await post(
            f"https://hooks.example.com:{server.port}/",
            allow_loopback=allow_loopback,
            resolver=FixedResolver(address),
        )
    assert (response, server.heads) == (Response(None, "forbidden_address"), [])


async def test_every_lookup_is_checked() -> None:
    """A name may resolve to a public address first, and inwards later (DNS rebinding)."""
    fixed = FixedResolver("93.184.216.34", "169.254.169.254")
    checked = CheckedResolver(fixed)
    (result,) = await checked.resolve("hooks.example.com", 443)
    assert result["host"] == "93.184.216.34"
    with pytest.raises(OSError, match="public"):
        await checked.resolve("hooks.example.com", 443)


async def test_each_connection_takes_one_lookup() -> None:
    """The checked address is the one that is connected to."""
    fixed = FixedResolver("127.0.0.1", "169.254.169.254")
    async with serving(respond_ok) as server:
        response = await post(f"http://localhost:{server.port}/", resolver=fixed)
    assert (response.status, fixed.lookups) == (204, 1)


async def test_a_body_that_never_ends_is_not_read() -> None:
    async def stream(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        while True:
            writer.write(b"10000\r\n" + b"x" * 0x10000 + b"\r\n")
            await writer.drain()

    async with serving(stream) as server:
        response = await post(f"http://127.0.0.1:{server.port}/")
        assert response.status == 200
        # The client closed the connection.
        await asyncio.wait_for(server.closed.wait(), 10)


async def test_a_response_that_never_begins_times_out() -> None:
    async def wait(reader: asyncio.StreamReader, _: asyncio.StreamWriter) -> None:
        await reader.read()

    async with serving(wait) as server:
        response = await post(f"http://127.0.0.1:{server.port}/", timeout_seconds=0.2)
    assert response == Response(None, "timeout")


@pytest.mark.parametrize(
    "interim", [b"HTTP/1.1 103 Early Hints\r\n\r\n", b"X-Filler: a\r\n", b"x" * 100]
)
async def test_a_head_that_never_ends_is_bounded(interim: bytes) -> None:
    async def flood(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if not interim.startswith(b"HTTP"):
            writer.write(b"HTTP/1.1 200 OK\r\nX-First: a\r\n")
        while True:
            writer.write(interim)
            await writer.drain()

    async with serving(flood) as server:
        response = await post(f"http://127.0.0.1:{server.port}/", timeout_seconds=1)
    assert response.status is None
    assert response.error in {"invalid_response", "timeout"}


@pytest.mark.parametrize("answer", [b"", b"SSH-2.0-OpenSSH\r\n\r\n", b"HTTP/1.1 200 OK\r\nX: \x00"])
async def test_what_is_no_response_is_a_failure(answer: bytes) -> None:
    async def respond(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(answer)
        await writer.drain()

    async with serving(respond) as server:
        response = await post(f"http://127.0.0.1:{server.port}/")
    assert response == Response(None, "invalid_response")


async def test_a_closed_port_is_a_failed_connection() -> None:
    async with serving(respond_ok) as server:
        pass
    response = await post(f"http://127.0.0.1:{server.port}/")
    assert response == Response(None, "connection_failed")


def make_certificate(name: str, folder: Path) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """Return TLS contexts of a server with a certificate for the name, and of its client."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    at = datetime.datetime.now(datetime.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(at - datetime.timedelta(days=1))
        .not_valid_after(at + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    path = folder / "certificate.pem"
    path.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        + certificate.public_bytes(serialization.Encoding.PEM)
    )
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(path)
    return server, ssl.create_default_context(cafile=str(path))


async def test_the_certificate_is_verified_for_the_name(tmp_path: Path) -> None:
    """The connection is opened to an address, but TLS is that of the host name."""
    server_names: list[str | None] = []
    server_tls, client_tls = make_certificate("localhost", tmp_path)
    server_tls.sni_callback = lambda _, name, __: server_names.append(name)
    async with serving(respond_ok, server_tls) as server:
        url = f"https://localhost:{server.port}/"
        fixed = FixedResolver("127.0.0.1")
        assert (await post(url, tls=client_tls, resolver=fixed)).status == 204
        assert (await post(url, resolver=fixed)) == Response(None, "tls_failed")
        other = f"https://127.0.0.1:{server.port}/"
        assert (await post(other, tls=client_tls)) == Response(None, "tls_failed")
    assert "localhost" in server_names
