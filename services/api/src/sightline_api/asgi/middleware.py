"""What every request and answer has in common. Plain ASGI: the kind that wraps requests and
answers in objects of its own costs more than an endpoint.

What only passes something on is no coroutine, but hands on the one that it was given: every answer
goes through all of them, twice.
"""

import hashlib
import logging
import re
import time
from collections.abc import Awaitable

from starlette.middleware.gzip import GZipMiddleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from uuid_utils import uuid4

from sightline.logging import Facts, request_id
from sightline_api.asgi.headers import read_header
from sightline_api.asgi.timeouts import Deadlines
from sightline_api.problems import (
    RequestTimeout,
    RequestTooLarge,
    render_problem,
    render_unforeseen,
)

logger = logging.getLogger(__name__)
answered = Facts(logger, "answered")

#: Ids that callers may choose; any other is replaced.
REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")

#: On every answer. An API's answer is no page: nothing may run in it, frame it or guess its type.
SECURITY_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Cross-Origin-Resource-Policy": "same-site",
    "Permissions-Policy": "interest-cohort=()",
    "Referrer-Policy": "no-referrer",
    "Strict-Transport-Security": "max-age=63072000; includeSubDomains",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    # Somebody's own: kept by the browser alone, and asked about each time.
    "Cache-Control": "private, no-cache",
}

TELLING_OF_A_BODY = frozenset({b"content-length", b"transfer-encoding"})

JSON = (b"content-type", b"application/json")

#: Headers that a 304 does not repeat.
OF_A_BODY = frozenset({b"content-length", b"content-type"})

#: The same as ASGI has them.
CAREFUL = [(name.lower().encode(), value.encode()) for name, value in SECURITY_HEADERS.items()]
CAREFUL_NAMES = frozenset(name for name, _ in CAREFUL)


class Compression:
    """Compresses large answers for those who can read them; others are spared the thought of it."""

    def __init__(self, app: ASGIApp, minimum_size: int, level: int) -> None:
        self._app = app
        self._compressing = GZipMiddleware(app, minimum_size=minimum_size, compresslevel=level)

    def __call__(self, scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        if scope["type"] == "http" and "gzip" in read_header(scope, b"accept-encoding"):
            return self._compressing(scope, receive, send)
        return self._app(scope, receive, send)


class RequestContext:
    """Gives each request an id, on its answer and on every log line, and logs how it ended."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        asked = read_header(scope, b"x-request-id")
        identity = asked if REQUEST_ID.fullmatch(asked) else str(uuid4())
        began, status = time.perf_counter(), 0
        token = request_id.set(identity)

        def send_named(message: Message) -> Awaitable[None]:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [*message["headers"], (b"x-request-id", identity.encode())]
            return send(message)

        try:
            await self._app(scope, receive, send_named)
        finally:
            answered.tell(
                method=scope["method"],
                # The template, never the path itself: it holds ids.
                route=getattr(scope.get("route"), "path", None),
                status=status,
                milliseconds=int((time.perf_counter() - began) * 10_000) / 10,
            )
            request_id.reset(token)


class SecurityHeaders:
    """Adds what is missing of the headers that tell browsers to be careful."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    def __call__(self, scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        def send_careful(message: Message) -> Awaitable[None]:
            if message["type"] == "http.response.start":
                there = dict(message["headers"])
                missing = (
                    CAREFUL
                    if CAREFUL_NAMES.isdisjoint(there)
                    else [header for header in CAREFUL if header[0] not in there]
                )
                message["headers"] = [*message["headers"], *missing]
            return send(message)

        return self._app(scope, receive, send_careful)


class RequestLimits:
    """Refuses bodies above `max_bytes`, and answers that take longer than `seconds` to begin.

    It answers for what nobody foresaw, too: Starlette would do so from outside of all middleware,
    where an answer has neither an id nor any other header of ours.
    """

    def __init__(self, app: ASGIApp, max_bytes: int, seconds: float) -> None:
        self._app = app
        self._max_bytes = max_bytes
        self._seconds = seconds
        self._deadlines = Deadlines(seconds)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = False

        def send_watched(message: Message) -> Awaitable[None]:
            nonlocal started
            if not started:
                started = True
                deadline.lift()
            return send(message)

        try:
            with self._deadlines.start() as deadline:
                if _has_body(scope):
                    body = _Bounded(self._max_bytes, scope, receive, send_watched)
                    await self._app(scope, body.receive, body.send)
                else:
                    await self._app(scope, receive, send_watched)
        except TimeoutError:
            if started:
                raise
            logger.warning("gave up a request after %s seconds", self._seconds)
            await render_problem(RequestTimeout())(scope, receive, send)
        except Exception as error:
            if started:
                raise
            await render_unforeseen(error)(scope, receive, send)


class _Bounded:
    """The body of one request, up to so many bytes, and the answer to it."""

    def __init__(self, max_bytes: int, scope: Scope, receive: Receive, send: Send) -> None:
        self._max_bytes = max_bytes
        self._scope = scope
        self._receive = receive
        self._send = send
        announced = read_header(scope, b"content-length")
        self._announced = announced.isdigit()
        self._received = int(announced) if self._announced else 0
        self._refused = False

    async def receive(self) -> Message:
        message = await self._receive()
        if not self._announced:
            self._received += len(message.get("body", b""))
        if self._received > self._max_bytes:
            # Whoever reads on is told that there is nobody any more; what it then answers comes
            # too late.
            await render_problem(RequestTooLarge())(self._scope, self._receive, self._send)
            self._refused = True
            return {"type": "http.disconnect"}
        return message

    async def send(self, message: Message) -> None:
        if not self._refused:
            await self._send(message)


def _has_body(scope: Scope) -> bool:
    """A request that tells of none has none (RFC 9112)."""
    return not TELLING_OF_A_BODY.isdisjoint(dict(scope["headers"]))


class ConditionalGet:
    """Answers 304 where the caller already has what the answer would say.

    An answer without an `ETag` of its own gets one from its bytes.
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
                # Held back until its body is there, which for JSON is the next message.
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
                kept = [header for header in held["headers"] if header[0] not in OF_A_BODY]
                await send({**held, "status": 304, "headers": kept})
                await send({"type": "http.response.body", "body": b""})
                return
            await send(held)
            await send(message)

        return self._app(scope, receive, send_conditional)


def matches(condition: str, etag: str) -> bool:
    """Whether a list of tags (RFC 9110) names this one, weak or strong."""
    tags = {tag.strip().removeprefix("W/") for tag in condition.split(",")}
    return "*" in tags or etag.removeprefix("W/") in tags


def _is_json(start: Message) -> bool:
    return start["status"] == 200 and JSON in start["headers"]
