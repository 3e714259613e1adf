"""Query parameters that an operation does not have, or does not have twice."""

from collections import Counter
from collections.abc import Awaitable, Collection
from difflib import get_close_matches
from typing import Any
from urllib.parse import parse_qsl

from fastapi import FastAPI
from starlette.routing import Match, Route
from starlette.types import ASGIApp, Receive, Scope, Send

from sightline_api.problems import FieldError, render_invalid_request


class KnownQueryParameters:
    """Answers 422 to a query parameter that the OpenAPI document does not describe.

    A misspelled filter would otherwise return everything. A parameter with one value cannot be
    repeated: which of the values counts would depend on who reads the URL.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    def __call__(self, scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        if scope["type"] != "http" or not scope["query_string"]:
            return self._app(scope, receive, send)
        errors = _find_errors(scope)
        app = render_invalid_request(errors) if errors else self._app
        return app(scope, receive, send)


def _find_errors(scope: Scope) -> list[FieldError]:
    """Return an error for each parameter that is unknown, or repeated without being a list."""
    known = _known_parameters(scope)
    if known is None:
        return []
    query = parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True)
    messages = {}
    for name, count in Counter(name for name, _ in query).items():
        if name not in known:
            messages[name] = _describe(name, known)
        elif count > 1 and not known[name]:
            messages[name] = "The parameter has one value"
    return [FieldError(location=f"query.{name}", message=text) for name, text in messages.items()]


def _known_parameters(scope: Scope) -> dict[str, bool] | None:
    """Return the parameters of the operation, each with whether it is a list.

    None if the OpenAPI document does not describe the operation.
    """
    application: FastAPI = scope["app"]
    for route in application.routes:
        if isinstance(route, Route) and route.matches(scope)[0] is Match.FULL:
            path = application.openapi()["paths"].get(route.path, {})
            operation = path.get(scope["method"].lower())
            if operation is None:
                return None
            parameters = operation.get("parameters", ())
            return {
                each["name"]: _is_list(each["schema"])
                for each in parameters
                if each["in"] == "query"
            }
    return None


def _is_list(schema: dict[str, Any]) -> bool:
    return schema.get("type") == "array" or any(map(_is_list, schema.get("anyOf", ())))


def _describe(name: str, known: Collection[str]) -> str:
    close = get_close_matches(name, known, n=1)
    return f"Unknown parameter. Did you mean `{close[0]}`?" if close else "Unknown parameter"
