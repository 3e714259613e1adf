"""Headers of an ASGI scope."""

from starlette.types import Scope


def read_header(scope: Scope, name: bytes) -> str:
    """The first header of this name, in lower case; empty where there is none."""
    for each, value in scope["headers"]:
        if each == name:
            return str(value, "latin-1")
    return ""
