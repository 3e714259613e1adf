"""Deprecated operations: the headers `Deprecation`, `Sunset` and `Link`.

https://www.rfc-editor.org/rfc/rfc9745 and https://www.rfc-editor.org/rfc/rfc8594
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime

from fastapi.routing import APIRoute
from starlette.datastructures import MutableHeaders
from starlette.routing import BaseRoute
from starlette.types import ASGIApp, Message, Receive, Scope, Send


@dataclass(frozen=True, slots=True)
class Deprecation:
    """When an operation is deprecated and when it is removed, in UTC, and what replaces it.

    `successor` is the path of the operation that replaces it, `documentation` the URL of the
    migration guide.
    """

    since: datetime
    removal: datetime
    successor: str
    documentation: str

    def format_headers(self) -> dict[str, str]:
        """Return the headers of every response of the operation."""
        return {
            # A structured field of the type Date (RFC 9651, section 3.3.7).
            "Deprecation": f"@{int(self.since.timestamp())}",
            "Sunset": format_datetime(self.removal, usegmt=True),
            "Link": f'<{self.successor}>; rel="successor-version", '
            f'<{self.documentation}>; rel="deprecation"; type="text/html"',
        }


def deprecate(routes: Iterable[BaseRoute], operation_id: str, deprecation: Deprecation) -> None:
    """Mark an operation as deprecated in the OpenAPI document, and in each of its responses.

    Errors have the headers too, except those that middleware returns before the operation, such as
    401. Raises `LookupError` if none of the routes is the operation.
    """
    for route in routes:
        if isinstance(route, APIRoute) and route.operation_id == operation_id:
            route.deprecated = True
            route.app = _WithHeaders(route.app, deprecation.format_headers())
            return
    raise LookupError(f"no operation {operation_id}")


class _WithHeaders:
    """An ASGI application whose responses have these headers in addition."""

    def __init__(self, app: ASGIApp, headers: dict[str, str]) -> None:
        self._app = app
        self._headers = headers

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in self._headers.items():
                    headers.append(name, value)
            await send(message)

        await self._app(scope, receive, send_with_headers)
