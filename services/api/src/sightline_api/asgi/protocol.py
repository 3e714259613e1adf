"""HTTP/1.1 connections, bounded where no load balancer stands in front of the gateway."""

import asyncio
import re

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from sightline_api.problems import (
    BadRequest,
    HeadersTooLarge,
    Problem,
    RequestHeadTimeout,
    render_problem,
)

#: Maximum size of the request line and the headers, in bytes; an Application Load Balancer accepts
#: 64 kB. https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-limits.html
MAX_HEAD_BYTES = 65_536

#: Time from the first byte of a request, or from the connection, until its headers are complete,
#: in seconds.
HEAD_TIMEOUT_SECONDS = 20

#: An offer to switch protocols, as a header line.
_UPGRADE = re.compile(rb"(?<=\r\n)upgrade(?=:)", re.IGNORECASE)

#: The name that an offer gets instead: as long, and without a meaning.
_IGNORED = b"x-offer"


class BoundedHttpProtocol(HttpToolsProtocol):
    """Ends connections whose requests have an oversize or endless head.

    Offers to switch protocols are ignored, as RFC 9110, section 7.8 allows. The parser of uvicorn
    would end the request at such an offer: the HTTP client of Java makes one with every first
    request over plain HTTP, and its body would be lost.
    """

    _is_in_head = True
    _head_bytes = 0
    _head_timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._start_head_timer()

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop_head_timer()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        if self._is_in_head:
            self._head_bytes += len(data)
            data = _ignore_upgrades(data)
        super().data_received(data)
        if self._is_in_head and self._head_bytes > MAX_HEAD_BYTES:
            self._refuse(HeadersTooLarge())

    def on_message_begin(self) -> None:
        super().on_message_begin()
        if self._head_timer is None:
            self._start_head_timer()

    def on_headers_complete(self) -> None:
        self._is_in_head = False
        self._head_bytes = 0
        self._stop_head_timer()
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        self._is_in_head = True
        super().on_message_complete()

    def send_400_response(self, msg: str) -> None:
        self._refuse(BadRequest())

    def _start_head_timer(self) -> None:
        loop = asyncio.get_running_loop()
        self._head_timer = loop.call_later(HEAD_TIMEOUT_SECONDS, self._refuse, RequestHeadTimeout())

    def _stop_head_timer(self) -> None:
        if self._head_timer is not None:
            self._head_timer.cancel()
            self._head_timer = None

    def _refuse(self, problem: Problem) -> None:
        """Answer with a problem, and close the connection."""
        if self.transport.is_closing():
            return
        response = render_problem(problem)
        lines = [f"HTTP/1.1 {problem.status} {problem.status.phrase}".encode()]
        lines += [name + b": " + value for name, value in response.raw_headers]
        self.transport.write(b"\r\n".join([*lines, b"connection: close", b"", response.body]))
        self.transport.close()


def _ignore_upgrades(data: bytes) -> bytes:
    """Rename the `Upgrade` header in what may be the head of a request."""
    if b"\r\nupgrade:" not in data.lower():
        return data
    head, end, body = data.partition(b"\r\n\r\n")
    return _UPGRADE.sub(_IGNORED, head) + end + body
