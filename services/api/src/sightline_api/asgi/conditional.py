"""Conditional GET requests."""

import hashlib
from collections.abc import Awaitable

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from sightline_api.asgi.headers import matches, read_header

#: Headers that a 304 does not repeat.
_CONTENT_HEADERS = frozenset({b"content-length", b"content-type"})

_JSON = (b"content-type", b"application/json")


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
