"""Bounds of a request: its head, its body, and the time until the response."""

import asyncio
import logging
from collections.abc import Awaitable

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from sightline_api.asgi.headers import read_header
from sightline_api.asgi.turns import LargeBodyTurns
from sightline_api.problems import (
    BadRequest,
    FieldError,
    HeadersTooLarge,
    Problem,
    RateLimited,
    RequestTimeout,
    RequestTooLarge,
    UnsupportedMediaType,
    render_invalid_request,
    render_problem,
    render_unexpected,
)

logger = logging.getLogger(__name__)

#: Maximum number of headers of a request, and their size in bytes. Browsers send about 20; an
#: access token of Cognito takes about 1 kB, with many groups up to 8 kB.
MAX_HEADERS = 100
MAX_HEADER_BYTES = 32_768
#: Maximum number of values in a JSON body, those of arrays and objects included; the largest batch
#: has about 6,000. Validation reports an error for each unknown key, at 5 us of CPU time or more.
MAX_VALUES = 10_000

#: Bytes after which the number of values is compared with the maximum.
_SLICE_BYTES = 65_536

#: Paths that mail programs and HTML forms post to; the body is not read.
FORM_PATHS = frozenset({"/v1/unsubscribe"})
#: A request without any of these has no body (RFC 9112, section 6.3).
_BODY_HEADERS = frozenset({b"content-length", b"transfer-encoding"})


class RequestHead:
    """Rejects a head that is too large, and one that does not name the host exactly once."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    def __call__(self, scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        if scope["type"] == "http" and (problem := _find_problem(scope)):
            return render_problem(problem)(scope, receive, send)
        return self._app(scope, receive, send)


def _find_problem(scope: Scope) -> Problem | None:
    size = hosts = 0
    for name, value in scope["headers"]:
        size += len(name) + len(value)
        hosts += name == b"host"
    if size > MAX_HEADER_BYTES or len(scope["headers"]) > MAX_HEADERS:
        return HeadersTooLarge()
    # RFC 9112, section 3.2; HTTP/1.0 has no such header.
    if hosts > 1 or (hosts == 0 and scope["http_version"] == "1.1"):
        return BadRequest()
    return None


class RequestLimits:
    """Rejects bodies that are not JSON, or too large, and responses that start too late.

    A body is too large above `max_bytes`, or with more than `MAX_VALUES` values. Large bodies wait
    for their turn.

    It also answers for unexpected errors: Starlette would answer outside of all middleware, where a
    response has neither a request id nor security headers.
    """

    def __init__(self, app: ASGIApp, max_bytes: int, seconds: float) -> None:
        self._app = app
        self._max_bytes = max_bytes
        self._seconds = seconds
        self._turns = LargeBodyTurns()

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

        has_body = _has_body(scope)
        if has_body and not _is_accepted(scope):
            await render_problem(UnsupportedMediaType())(scope, receive, send)
            return
        try:
            async with asyncio.timeout(self._seconds) as limit:
                if has_body:
                    body = _LimitedBody(self._max_bytes, self._turns, scope, receive, send_started)
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
    """The body of one request, read at once up to a number of bytes, and the response to it."""

    def __init__(
        self, max_bytes: int, turns: LargeBodyTurns, scope: Scope, receive: Receive, send: Send
    ) -> None:
        self._max_bytes = max_bytes
        self._turns = turns
        self._scope = scope
        self._receive = receive
        self._send = send
        declared = read_header(scope, b"content-length")
        self._is_declared = declared.isdigit()
        self._size = int(declared) if self._is_declared else 0
        self._is_read = self._is_rejected = False

    async def receive(self) -> Message:
        if self._is_read:
            return await self._receive()
        self._is_read = True
        body, more = bytearray(), True
        while more:
            message = await self._receive()
            if message["type"] != "http.request":
                return message
            body += message.get("body", b"")
            more = message.get("more_body", False)
            if not self._is_declared:
                self._size = len(body)
            if self._size > self._max_bytes:
                return await self._reject(render_problem(RequestTooLarge()))
        try:
            await self._turns.wait(self._scope, len(body))
        except RateLimited as problem:
            return await self._reject(render_problem(problem))
        if _has_too_many_values(body):
            error = FieldError(location="body", message=f"More than {MAX_VALUES:,} values.")
            return await self._reject(render_invalid_request([error]))
        return {"type": "http.request", "body": bytes(body), "more_body": False}

    async def _reject(self, response: ASGIApp) -> Message:
        """Answer; the application sees a disconnect, and whatever it answers then is dropped."""
        await response(self._scope, self._receive, self._send)
        self._is_rejected = True
        return {"type": "http.disconnect"}

    async def send(self, message: Message) -> None:
        if not self._is_rejected:
            await self._send(message)


def _has_too_many_values(body: bytearray) -> bool:
    """Return whether a JSON document has more than about `MAX_VALUES` values, without parsing it.

    Bodies of 1 MB take 2 ms, or 5 ms if their strings have to be left out.
    """
    if len(body) <= MAX_VALUES or _count_separators(body) <= MAX_VALUES:
        return False
    # Without escaped quotation marks, each quotation mark begins or ends a string.
    unescaped = body.replace(rb"\\", b"").replace(rb"\"", b"")
    count = first_outside = 0
    for start in range(0, len(unescaped), _SLICE_BYTES):
        parts = unescaped[start : start + _SLICE_BYTES].split(b'"')
        count += _count_separators(b"".join(parts[first_outside::2]))
        if count > MAX_VALUES:
            return True
        # The next slice continues the last part.
        first_outside = (first_outside + len(parts) - 1) % 2
    return False


def _count_separators(text: bytes | bytearray) -> int:
    """Return the number of characters that begin a value, inside of strings as well."""
    return sum(map(text.count, (b",", b":", b"[", b"{")))


def _has_body(scope: Scope) -> bool:
    if all(name not in _BODY_HEADERS for name, _ in scope["headers"]):
        return False
    return read_header(scope, b"content-length") != "0"


def _is_accepted(scope: Scope) -> bool:
    """Return whether the path accepts the media type of the body."""
    if scope["path"] in FORM_PATHS:
        return True
    return _is_json(read_header(scope, b"content-type"))


def _is_json(content_type: str) -> bool:
    media_type = content_type.partition(";")[0].strip().lower()
    return media_type == "application/json" or (
        media_type.startswith("application/") and media_type.endswith("+json")
    )
