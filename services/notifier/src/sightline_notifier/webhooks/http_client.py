"""Send messages to endpoints, and to nothing inside the network.

The addresses that a host name resolves to are checked, and the connection is opened to exactly the
checked address: a name that resolves to another one a moment later (DNS rebinding) changes nothing.
The certificate is still verified for the name. Redirects and proxies are not followed.
"""

import asyncio
import socket
import ssl
from contextlib import AsyncExitStack
from types import TracebackType
from typing import NamedTuple, Self

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.resolver import ThreadedResolver

from sightline.domain.endpoint_urls import LOOPBACK_HOSTS, ForbiddenUrl, check_url, is_loopback
from sightline.domain.endpoint_urls import is_public as is_public_address

#: Timeout of one attempt, from the first lookup to the headers of the response.
TOTAL_TIMEOUT_SECONDS = 10.0

#: Timeout of opening a connection, with TLS.
CONNECT_TIMEOUT_SECONDS = 5.0

#: Bytes of a line of the response's head. A response has at most 128 headers, a limit of aiohttp.
MAX_LINE_BYTES = 4_096

#: Bytes of a body that are read ahead. The body itself is not read: only the status matters.
READ_AHEAD_BYTES = 4_096

#: Time for which an idle connection is kept.
KEEP_ALIVE_SECONDS = 15.0

#: Connections to one endpoint.
MAX_CONNECTIONS_PER_HOST = 8

USER_AGENT = "Sightline-Webhooks/1"


class Response(NamedTuple):
    """The response of an endpoint: its status, or why there is none."""

    status: int | None
    error: str | None = None

    @property
    def is_success(self) -> bool:
        return self.status is not None and 200 <= self.status < 300


class ForbiddenAddress(OSError):
    """A host name resolves to an address that is not public."""


class CheckedResolver(AbstractResolver):
    """Resolves host names to public addresses only.

    Raises `ForbiddenAddress` if any address of the name is not public.
    """

    def __init__(self, resolver: AbstractResolver, *, allow_loopback: bool = False) -> None:
        self._resolver = resolver
        self._allow_loopback = allow_loopback

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        results = await self._resolver.resolve(host, port, family)
        for result in results:
            if not self._is_allowed(host, result["host"]):
                raise ForbiddenAddress(f"{host} does not resolve to a public address")
        return results

    async def close(self) -> None:
        await self._resolver.close()

    def _is_allowed(self, host: str, address: str) -> bool:
        if self._allow_loopback and host in LOOPBACK_HOSTS:
            return is_loopback(address)
        return is_public_address(address)


class EndpointClient:
    """Sends messages by HTTP; use it as a context.

    `allow_loopback` permits this machine, also without TLS. `tls` replaces the certificates that
    are trusted, and `resolver` the system's.
    """

    def __init__(
        self,
        *,
        allow_loopback: bool = False,
        timeout_seconds: float = TOTAL_TIMEOUT_SECONDS,
        tls: ssl.SSLContext | None = None,
        resolver: AbstractResolver | None = None,
    ) -> None:
        self._allow_loopback = allow_loopback
        self._timeout_seconds = timeout_seconds
        self._tls = tls
        self._resolver = resolver
        self._stack = AsyncExitStack()

    async def __aenter__(self) -> Self:
        resolver = CheckedResolver(
            self._resolver or ThreadedResolver(), allow_loopback=self._allow_loopback
        )
        connector = aiohttp.TCPConnector(
            resolver=resolver,
            # Each connection is opened to an address that was checked for it.
            use_dns_cache=False,
            ssl=self._tls or True,
            limit=0,
            limit_per_host=MAX_CONNECTIONS_PER_HOST,
            keepalive_timeout=KEEP_ALIVE_SECONDS,
            socket_factory=self._open_socket,
        )
        self._session = await self._stack.enter_async_context(
            aiohttp.ClientSession(
                connector=connector,
                # Cookies of one owner's endpoint must not reach another one.
                cookie_jar=aiohttp.DummyCookieJar(),
                trust_env=False,
                auto_decompress=False,
                timeout=aiohttp.ClientTimeout(
                    total=self._timeout_seconds, connect=CONNECT_TIMEOUT_SECONDS
                ),
                max_line_size=MAX_LINE_BYTES,
                max_field_size=MAX_LINE_BYTES,
                read_bufsize=READ_AHEAD_BYTES,
            )
        )
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._stack.aclose()

    async def post(self, url: str, headers: dict[str, str], body: bytes) -> Response:
        """Send a message, and return the response."""
        try:
            check_url(url, allow_loopback=self._allow_loopback)
            async with asyncio.timeout(self._timeout_seconds):
                return await self._post(url, headers, body)
        except TimeoutError:
            return Response(None, "timeout")
        except ForbiddenUrl:
            return Response(None, "forbidden_url")
        except (aiohttp.ClientError, OSError, ValueError) as error:
            return Response(None, _describe(error))

    async def _post(self, url: str, headers: dict[str, str], body: bytes) -> Response:
        headers = {
            "Content-Type": "application/json",
            "User-Agent": USER_AGENT,
            "Accept-Encoding": "identity",
            **headers,
        }
        async with self._session.post(
            url, data=body, headers=headers, allow_redirects=False
        ) as response:
            return Response(response.status)

    def _open_socket(self, info: aiohttp.AddrInfoType) -> socket.socket:
        """Open a socket; the last check, which also sees the addresses that no name led to."""
        family, kind, protocol, _, address = info
        host = str(address[0])
        allowed = is_public_address(host) or (self._allow_loopback and is_loopback(host))
        if not allowed:
            raise ForbiddenAddress(f"{host} is not a public address")
        return socket.socket(family, kind, protocol)


def _describe(error: Exception) -> str:
    """Return a stable code for what failed, without details of the network."""
    match error:
        case aiohttp.ClientConnectorCertificateError() | aiohttp.ClientSSLError():
            return "tls_failed"
        case aiohttp.ClientConnectorError() | OSError():
            cause: BaseException | None = error
            while cause is not None:
                if isinstance(cause, ForbiddenAddress):
                    return "forbidden_address"
                cause = getattr(cause, "os_error", None) or cause.__cause__
            is_lookup = isinstance(error, aiohttp.ClientConnectorDNSError)
            return "host_not_found" if is_lookup else "connection_failed"
        case aiohttp.InvalidURL() | ValueError():
            return "forbidden_url"
        case _:
            return "invalid_response"
