"""Headers of an ASGI scope."""

from starlette.types import Message, Scope


def read_header(scope: Scope | Message, name: bytes) -> str:
    """Return the first header of this name, given in lower case; "" if there is none."""
    for each, value in scope["headers"]:
        if each == name:
            return str(value, "latin-1")
    return ""


def matches(condition: str, etag: str) -> bool:
    """Return whether a list of tags (RFC 9110) names this ETag, weak or strong."""
    tags = {tag.strip().removeprefix("W/") for tag in condition.split(",")}
    return "*" in tags or etag.removeprefix("W/") in tags
