"""Headers of an ASGI scope, and of the response to it."""

from starlette.types import Message, Scope

#: Under this key, `RequestContext` keeps the headers that it adds to the response of a request.
_RESPONSE_HEADERS = "sightline.response_headers"


def read_header(scope: Scope | Message, name: bytes) -> str:
    """Return the first header of this name, given in lower case; "" if there is none."""
    for each, value in scope["headers"]:
        if each == name:
            return str(value, "latin-1")
    return ""


def added_headers(scope: Scope) -> list[tuple[bytes, bytes]]:
    """Return the headers that the response to a request gets in addition to its own.

    Any middleware may append to them until the response starts: a middleware that wraps `send` for
    two headers costs more than the headers.
    """
    headers: list[tuple[bytes, bytes]] = scope.setdefault(_RESPONSE_HEADERS, [])
    return headers


def matches(condition: str, etag: str) -> bool:
    """Return whether a list of tags (RFC 9110) names this ETag, weak or strong."""
    tags = {tag.strip().removeprefix("W/") for tag in condition.split(",")}
    return "*" in tags or etag.removeprefix("W/") in tags
