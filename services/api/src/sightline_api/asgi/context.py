"""What every request and response have in common."""

import logging
import re
import time
from collections.abc import Awaitable

from starlette.types import ASGIApp, Message, Receive, Scope, Send
from uuid_utils import uuid4

from sightline.logging import log_event, request_id
from sightline_api.asgi.headers import added_headers, read_header
from sightline_api.problems import PROBLEM_CODE

logger = logging.getLogger(__name__)

#: Under this key, the scope of a request has the reason why its credential was rejected.
REJECTION = "sightline.rejection"

#: Longest reason in the log, in characters: it may quote the credential's key id.
MAX_REJECTION_LENGTH = 100

#: Request ids that clients may choose; any other is replaced.
REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")

#: On every response. A response of an API is not a page: nothing may run in it, frame it or guess
#: its type. It is private, so only the browser stores it, and revalidates it every time.
SECURITY_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'",
    "Cross-Origin-Resource-Policy": "same-site",
    "Permissions-Policy": "interest-cohort=()",
    "Referrer-Policy": "no-referrer",
    "Strict-Transport-Security": "max-age=63072000; includeSubDomains",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cache-Control": "private, no-cache",
}

#: The same as ASGI represents them.
_RAW_SECURITY_HEADERS = [
    (name.lower().encode(), value.encode()) for name, value in SECURITY_HEADERS.items()
]


class RequestContext:
    """Identifies and logs each request, and completes the headers of its response.

    Every response has a request id, the headers that inner middleware added, and those security
    headers that it does not set itself.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        requested = read_header(scope, b"x-request-id")
        identity = requested if REQUEST_ID.fullmatch(requested) else str(uuid4())
        added = added_headers(scope)
        added.append((b"x-request-id", identity.encode()))
        started, status = time.perf_counter(), 0
        token = request_id.set(identity)

        def send_complete(message: Message) -> Awaitable[None]:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                present = {name for name, _ in message["headers"]}
                secure = [each for each in _RAW_SECURITY_HEADERS if each[0] not in present]
                message["headers"] = [*message["headers"], *added, *secure]
            return send(message)

        try:
            await self._app(scope, receive, send_complete)
        finally:
            log_event(logger, "request completed", _describe(scope, status, started))
            request_id.reset(token)


def _describe(scope: Scope, status: int, started: float) -> dict[str, object]:
    """Return what the log says about a request: what was requested, by whom, and its outcome."""
    fields: dict[str, object] = {
        "method": scope["method"],
        # The template, never the path itself, which holds ids.
        "route": getattr(scope.get("route"), "path", None),
        "status": status,
        "milliseconds": int((time.perf_counter() - started) * 10_000) / 10,
    }
    if user := scope.get("state", {}).get("user"):
        fields["owner"], fields["credential"] = user.owner, user.credential
    if reason := scope.get(REJECTION):
        fields["reason"] = reason[:MAX_REJECTION_LENGTH]
    if code := scope.get(PROBLEM_CODE):
        fields["code"] = code
    return fields
