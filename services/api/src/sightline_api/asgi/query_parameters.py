"""Query parameters that an operation does not have."""

from collections.abc import Awaitable
from difflib import get_close_matches
from urllib.parse import parse_qsl

from fastapi import FastAPI
from starlette.routing import Match, Route
from starlette.types import ASGIApp, Receive, Scope, Send

from sightline_api.problems import FieldError, render_invalid_request


class KnownQueryParameters:
    """Answers 422 to a query parameter that the OpenAPI document does not describe.

    A misspelled filter would otherwise return everything.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    def __call__(self, scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        if scope["type"] != "http" or not scope["query_string"]:
            return self._app(scope, receive, send)
        errors = _find_unknown(scope)
        app = render_invalid_request(errors) if errors else self._app
        return app(scope, receive, send)


def _find_unknown(scope: Scope) -> list[FieldError]:
    """Return an error for each unknown parameter."""
    known = _known_parameters(scope)
    if known is None:
        return []
    query = parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True)
    unknown = dict.fromkeys(name for name, _ in query if name not in known)
    return [
        FieldError(location=f"query.{name}", message=_describe(name, known)) for name in unknown
    ]


def _known_parameters(scope: Scope) -> set[str] | None:
    """Return the parameters of the operation; None if the document does not describe it."""
    application: FastAPI = scope["app"]
    for route in application.routes:
        if isinstance(route, Route) and route.matches(scope)[0] is Match.FULL:
            path = application.openapi()["paths"].get(route.path, {})
            operation = path.get(scope["method"].lower())
            if operation is None:
                return None
            parameters = operation.get("parameters", ())
            return {each["name"] for each in parameters if each["in"] == "query"}
    return None


def _describe(name: str, known: set[str]) -> str:
    close = get_close_matches(name, known, n=1)
    return f"Unknown parameter. Did you mean `{close[0]}`?" if close else "Unknown parameter"
