"""The responses of the OpenAPI document: headers, 304, and the problems of every operation."""

from typing import Any

from sightline_api.auth.middleware import PROTECTED_PREFIX
from sightline_api.document.schemas import operations
from sightline_api.problems import (
    CODES_KEY,
    BadRequest,
    HeadersTooLarge,
    InternalError,
    Problem,
    RequestHeadTimeout,
    RequestTimeout,
    RequestTooLarge,
    UnsupportedMediaType,
    add_problem,
)

Operation = dict[str, Any]

#: Problems that any request may be answered with.
ANY_REQUEST: tuple[type[Problem], ...] = (
    BadRequest,
    RequestHeadTimeout,
    HeadersTooLarge,
    InternalError,
    RequestTimeout,
)

#: Problems of a request with a body.
WITH_BODY: tuple[type[Problem], ...] = (RequestTooLarge, UnsupportedMediaType)

#: Operations whose responses have an `ETag` that changes with the resource.
VERSIONED = frozenset({"create_album", "get_album", "get_image", "update_album", "update_image"})

#: Operations that return the URL of what they create.
CREATING = frozenset({"create_album", "create_image"})

_HEADERS = {
    "X-Request-Id": {
        "description": "Id of the request in the logs; name it when you report an error.",
        "schema": {"type": "string", "maxLength": 200},
    },
    "ETag": {
        "description": "Version of the representation, for `If-None-Match`; a strong one is also "
        "valid in `If-Match`.",
        "schema": {"type": "string", "maxLength": 200},
    },
    "Location": {
        "description": "Path of the new resource.",
        "schema": {"type": "string", "maxLength": 200},
    },
    "Idempotent-Replayed": {
        "description": "`true` if the response repeats that of an earlier request with the same "
        "`Idempotency-Key`.",
        "schema": {"type": "string", "enum": ["true"]},
    },
    "Retry-After": {
        "description": "Seconds after which to retry.",
        "schema": {"type": "integer", "minimum": 0, "maximum": 3600},
    },
    "WWW-Authenticate": {
        "description": 'The scheme `Bearer`; with `error="invalid_token"` and a reason if a token '
        "was rejected (RFC 6750).",
        "schema": {"type": "string", "maxLength": 400},
    },
    "Accept": {
        "description": "The media type that a body must have.",
        "schema": {"type": "string", "maxLength": 100},
    },
}

#: Headers of deprecated operations; see `sightline_api.routing.deprecation`.
_DEPRECATION_HEADERS = {
    "Deprecation": {
        "description": "When the operation was deprecated: `@` and Unix seconds (RFC 9745).",
        "schema": {"type": "string", "pattern": "^@[0-9]+$", "maxLength": 20},
    },
    "Sunset": {
        "description": "When the operation is removed: an HTTP date (RFC 8594).",
        "schema": {"type": "string", "maxLength": 40},
    },
    "Link": {
        "description": "The operation that replaces this one (`successor-version`), and the "
        "migration guide (`deprecation`).",
        "schema": {"type": "string", "maxLength": 1000},
    },
}

_IF_NONE_MATCH = {
    "name": "if-none-match",
    "in": "header",
    "required": False,
    "description": "The `ETag` of a stored response; 304 is returned while it is current.",
    "schema": {"type": "string", "maxLength": 200},
}


def complete_responses(document: dict[str, Any]) -> None:
    """Add the responses and headers that middleware and handlers add, in place."""
    headers = document["components"].setdefault("headers", {})
    headers.update(_HEADERS)
    if any(operation.get("deprecated") for operation in operations(document)):
        headers.update(_DEPRECATION_HEADERS)
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            _add_problems(operation, path)
            if method == "get" and path.startswith(PROTECTED_PREFIX):
                _add_not_modified(operation)
    for operation in operations(document):
        for status, response in operation["responses"].items():
            names = _header_names(operation, status, response)
            headers = response.setdefault("headers", {})
            headers.update({name: {"$ref": f"#/components/headers/{name}"} for name in names})
        operation["responses"] = dict(sorted(operation["responses"].items()))


def _add_problems(operation: Operation, path: str) -> None:
    """Add the problems that no endpoint declares, and list all codes of the operation."""
    responses = operation["responses"]
    common = ANY_REQUEST + (WITH_BODY if "requestBody" in operation else ())
    if not path.startswith(PROTECTED_PREFIX):
        common = tuple(each for each in common if each is not RequestTimeout)
    for problem in common:
        add_problem(responses, problem)
    for response in responses.values():
        response.setdefault(CODES_KEY, [])
    codes = {code for response in responses.values() for code in response[CODES_KEY]}
    for response in responses.values():
        if codes_of_status := sorted(response.pop(CODES_KEY)):
            listed = ", ".join(f"`{code}`" for code in codes_of_status)
            response["description"] += f"\n\nCodes: {listed}."
    operation[CODES_KEY] = sorted(codes)


def _add_not_modified(operation: Operation) -> None:
    if "application/json" in operation["responses"]["200"].get("content", {}):
        operation.setdefault("parameters", []).append(_IF_NONE_MATCH)
        operation["responses"]["304"] = {"description": "The stored response is current."}


def _header_names(operation: Operation, status: str, response: dict[str, Any]) -> list[str]:
    """Return the headers of a response beyond those that it declares."""
    names = ["X-Request-Id"]
    if operation.get("deprecated"):
        names += _DEPRECATION_HEADERS
    is_success, operation_id = status < "400", operation["operationId"]
    has_etag = operation_id in VERSIONED or "304" in operation["responses"]
    if status == "304" or (is_success and has_etag):
        names.append("ETag")
    if is_success and operation_id in CREATING:
        names.append("Location")
    keyed = any(each["name"] == "idempotency-key" for each in operation.get("parameters", ()))
    if keyed and (is_success or status in {"403", "404", "409", "413"}):
        names.append("Idempotent-Replayed")
    if "Retry-After" in response.get("headers", {}) or (operation_id, status) == (
        "erase_account",
        "202",
    ):
        names.append("Retry-After")
    if status == "401":
        names.append("WWW-Authenticate")
    if status == "415":
        names.append("Accept")
    return names
