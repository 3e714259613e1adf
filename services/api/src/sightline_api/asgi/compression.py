"""Compressed responses, for clients that accept them."""

from collections.abc import Awaitable

from starlette.datastructures import MutableHeaders
from starlette.middleware.gzip import GZipMiddleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from sightline_api.asgi.headers import added_headers, read_header

#: Ends the strong ETag of a compressed representation, which has other bytes.
_SUFFIX = b'-gzip"'

_CONDITIONS = frozenset({b"if-match", b"if-none-match"})


class Compression:
    """Compresses large responses with gzip for clients that accept it, and no others.

    A strong ETag names one representation (RFC 9110, section 8.8.1), so that of a compressed
    response differs. Conditions name either one: the application sees the ETag that it set.
    """

    def __init__(self, app: ASGIApp, minimum_size: int, level: int) -> None:
        self._app = app
        self._gzip = GZipMiddleware(app, minimum_size=minimum_size, compresslevel=level)

    def __call__(self, scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        if scope["type"] != "http":
            return self._app(scope, receive, send)
        added_headers(scope).append((b"vary", b"Accept-Encoding"))
        known = read_header(scope, b"if-none-match")
        if any(name in _CONDITIONS for name, _ in scope["headers"]):
            scope = {**scope, "headers": [_remove_suffix(each) for each in scope["headers"]]}
        if not accepts_gzip(read_header(scope, b"accept-encoding")):
            return self._app(scope, receive, send)

        def send_marked(message: Message) -> Awaitable[None]:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(raw=message["headers"])
                # Every response has it, compressed or not.
                del headers["vary"]
                etag = headers.get("etag", "")
                compressed = etag[:-1] + _SUFFIX.decode()
                # A 304 repeats the tag of the representation that the client has.
                is_known = message["status"] == 304 and compressed in known
                if etag.startswith('"') and ("content-encoding" in headers or is_known):
                    headers["etag"] = compressed
                message["headers"] = headers.raw
            return send(message)

        return self._gzip(scope, receive, send_marked)


def accepts_gzip(accept_encoding: str) -> bool:
    """Return whether a client that sent this `Accept-Encoding` accepts gzip.

    A coding with `q=0` is not acceptable; `*` stands for those that are not named.
    """
    if not accept_encoding:
        return False
    weights: dict[str, float] = {}
    for item in accept_encoding.lower().split(","):
        coding, _, parameter = item.partition(";")
        name, _, value = parameter.partition("=")
        weights[coding.strip()] = _parse_weight(value) if name.strip() == "q" else 1
    return weights.get("gzip", weights.get("x-gzip", weights.get("*", 0))) > 0


def _parse_weight(value: str) -> float:
    """Return a weight between 0 and 1; one that cannot be parsed excludes its coding."""
    try:
        return float(value)
    except ValueError:
        return 0


def _remove_suffix(header: tuple[bytes, bytes]) -> tuple[bytes, bytes]:
    name, value = header
    return (name, value.replace(_SUFFIX, b'"')) if name in _CONDITIONS else header
