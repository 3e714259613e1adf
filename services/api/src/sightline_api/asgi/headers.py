"""Headers of an ASGI scope, and of the response to it."""

import re

from starlette.types import Message, Scope

from sightline_api.problems import InvalidPrecondition

#: Under this key, `RequestContext` keeps the headers that it adds to the response of a request.
_RESPONSE_HEADERS = "sightline.response_headers"

#: RFC 9110, section 8.8.3, without commas, which no ETag of the gateway has.
_ENTITY_TAG = re.compile(r'(W/)?"[\x21\x23-\x2b\x2d-\x7e\x80-\xff]*"')


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
    """Return whether the tags of `If-None-Match` name this ETag, weak or strong (RFC 9110)."""
    tags = {tag.strip().removeprefix("W/") for tag in condition.split(",")}
    return "*" in tags or etag.removeprefix("W/") in tags


def parse_if_match(condition: str) -> frozenset[str] | None:
    """Return the strong tags of `If-Match`, without their quotes; None if it is `*`.

    A weak tag never matches there (RFC 9110, section 13.1.1). Raises `InvalidPrecondition`.
    """
    if condition.strip() == "*":
        return None
    tags = [tag.strip() for tag in condition.split(",")]
    if not all(_ENTITY_TAG.fullmatch(tag) for tag in tags):
        raise InvalidPrecondition
    return frozenset(tag[1:-1] for tag in tags if tag.startswith('"'))
