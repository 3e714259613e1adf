"""What every request and response have in common, as plain ASGI middleware.

Starlette's `BaseHTTPMiddleware` wraps each request and response in objects of its own, which costs
more than most endpoints do.
"""

import asyncio
import hashlib
import logging
import re
import time
from collections.abc import Awaitable

from starlette.middleware.gzip import GZipMiddleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from uuid_utils import uuid4

from sightline.logging import log_event, request_id
from sightline_api.asgi.headers import added_headers, matches, read_header
from sightline_api.problems import (
    RequestTimeout,
    RequestTooLarge,
    render_problem,
    render_unexpected,
)

logger = logging.getLogger(__name__)

#: Request ids that clients may choose; any other is replaced.
REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")

#: On every response. A response of an API is not a page: nothing may run in it, frame it or guess
#: its type. It is private, so only the browser stores it, and revalidates it every time.
SECURITY_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Cross-Origin-Resource-Policy": "same-site",
    "Permissions-Policy": "interest-cohort=()",
    "Referrer-Policy": "no-referrer",
    "Strict-Transport-Security": "max-age=63072000; includeSubDomains",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cache-Control": "private, no-cache",
}

#: The same as ASGI represents them.
_RAW_SECURITY_HEADERS = [
    (name.lower().encode(), value.encode()) for name, value in SECURITY_HEADERS.items()
]

#: A request without any of these has no body (RFC 9112).
_BODY_HEADERS = frozenset({b"content-length", b"transfer-encoding"})

#: Headers that a 304 does not repeat.
_CONTENT_HEADERS = frozenset({b"content-length", b"content-type"})

_JSON = (b"content-type", b"application/json")


class Compression:
    """Compresses large responses for clients that accept gzip, and bypasses it for others."""

    def __init__(self, app: ASGIApp, minimum_size: int, level: int) -> None:
        self._app = app
        self._gzip = GZipMiddleware(app, minimum_size=minimum_size, compresslevel=level)

    def __call__(self, scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        if scope["type"] == "http" and "gzip" in read_header(scope, b"accept-encoding"):
            return self._gzip(scope, receive, send)
        return self._app(scope, receive, send)


class RequestContext:
    """Identifies and logs each request, and completes the headers of its response.

    Every response has a request id, the headers that inner middleware added, and those security
    headers that it does not set itself.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        requested = read_header(scope, b"x-request-id")
        identity = requested if REQUEST_ID.fullmatch(requested) else str(uuid4())
        added = added_headers(scope)
        added.append((b"x-request-id", identity.encode()))
        started, status = time.perf_counter(), 0
        token = request_id.set(identity)

        def send_complete(message: Message) -> Awaitable[None]:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                present = {name for name, _ in message["headers"]}
                secure = [each for each in _RAW_SECURITY_HEADERS if each[0] not in present]
                message["headers"] = [*message["headers"], *added, *secure]
            return send(message)

        try:
            await self._app(scope, receive, send_complete)
        finally:
            log_event(
                logger,
                "request completed",
                {
                    "method": scope["method"],
                    # The template, never the path itself, which holds ids.
                    "route": getattr(scope.get("route"), "path", None),
                    "status": status,
                    "milliseconds": int((time.perf_counter() - started) * 10_000) / 10,
                },
            )
            request_id.reset(token)


class RequestLimits:
    """Rejects bodies above `max_bytes`, and requests whose response takes longer than `seconds`.

    It also answers for unexpected errors: Starlette would answer outside of all middleware, where a
    response has neither a request id nor security headers.
    """

    def __init__(self, app: ASGIApp, max_bytes: int, seconds: float) -> None:
        self._app = app
        self._max_bytes = max_bytes
        self._seconds = seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = False

        def send_started(message: Message) -> Awaitable[None]:
            nonlocal started
            if not started:
                started = True
                limit.reschedule(None)
            return send(message)

        try:
            async with asyncio.timeout(self._seconds) as limit:
                if _has_body(scope):
                    body = _LimitedBody(self._max_bytes, scope, receive, send_started)
                    await self._app(scope, body.receive, body.send)
                else:
                    await self._app(scope, receive, send_started)
        except TimeoutError:
            if started:
                raise
            logger.warning("request timed out after %s seconds", self._seconds)
            await render_problem(RequestTimeout())(scope, receive, send)
        except Exception as error:
            if started:
                raise
            await render_unexpected(error)(scope, receive, send)


class _LimitedBody:
    """The body of one request up to a number of bytes, and the response to it."""

    def __init__(self, max_bytes: int, scope: Scope, receive: Receive, send: Send) -> None:
        self._max_bytes = max_bytes
        self._scope = scope
        self._receive = receive
        self._send = send
        declared = read_header(scope, b"content-length")
        self._is_declared = declared.isdigit()
        self._size = int(declared) if self._is_declared else 0
        self._is_rejected = False

    async def receive(self) -> Message:
        message = await self._receive()
        if not self._is_declared:
            self._size += len(message.get("body", b""))
        if self._size > self._max_bytes:
            # The application sees a disconnect; whatever it answers then is dropped.
            await render_problem(RequestTooLarge())(self._scope, self._receive, self._send)
            self._is_rejected = True
            return {"type": "http.disconnect"}
        return message

    async def send(self, message: Message) -> None:
        if not self._is_rejected:
            await self._send(message)


def _has_body(scope: Scope) -> bool:
    return any(name in _BODY_HEADERS for name, _ in scope["headers"])


class ConditionalGet:
    """Answers 304 if the client has the current representation.

    A JSON response without an `ETag` gets a weak one from its bytes.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    def __call__(self, scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        if scope["type"] != "http" or scope["method"] != "GET":
            return self._app(scope, receive, send)
        known = read_header(scope, b"if-none-match")
        start: Message | None = None

        async def send_conditional(message: Message) -> None:
            nonlocal start
            if message["type"] == "http.response.start" and _is_json(message):
                # Held back until the body, which for JSON is the next message.
                start = message
                return
            if start is None:
                await send(message)
                return
            held, start = start, None
            etag = read_header(held, b"etag")
            if not etag:
                digest = hashlib.sha1(message.get("body", b""), usedforsecurity=False)
                etag = f'W/"{digest.hexdigest()}"'
                held["headers"] = [*held["headers"], (b"etag", etag.encode())]
            if known and matches(known, etag):
                kept = [each for each in held["headers"] if each[0] not in _CONTENT_HEADERS]
                await send({**held, "status": 304, "headers": kept})
                await send({"type": "http.response.body", "body": b""})
                return
            await send(held)
            await send(message)

        return self._app(scope, receive, send_conditional)


def _is_json(start: Message) -> bool:
    return start["status"] == 200 and _JSON in start["headers"]
