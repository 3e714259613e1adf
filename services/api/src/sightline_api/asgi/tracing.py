"""A trace for each request, which continues that of the client."""

from collections.abc import Awaitable

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from sightline import tracing
from sightline_api.asgi.headers import read_header

#: Paths of frequent requests of load balancers, which are not traced.
UNTRACED_PATHS = frozenset({"/health"})

#: Responses that last until the client leaves; their span ends when they start.
EVENT_STREAM = b"text/event-stream"

#: Statuses from which on the service, not the client, is at fault.
SERVER_ERROR = 500

#: Methods that a span may be named after: a client chooses the method freely.
#: https://opentelemetry.io/docs/specs/semconv/http/http-spans/#name
METHODS = frozenset({"DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"})


class RequestTracing:
    """Records each request as a unit of work; used only while traces are recorded.

    The trace id of the client is taken over, but not its decision to sample: otherwise any client
    could have all of its requests recorded.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] in UNTRACED_PATHS:
            await self._app(scope, receive, send)
            return
        method = scope["method"] if scope["method"] in METHODS else "HTTP"
        with tracing.root_span(method, "server", _read_parent(scope)) as span:
            span.set("http.request.method", method if method in METHODS else "_OTHER")

            def send_traced(message: Message) -> Awaitable[None]:
                if message["type"] == "http.response.start":
                    _describe_response(span, method, scope, message)
                return send(message)

            await self._app(scope, receive, send_traced)


def _read_parent(scope: Scope) -> tracing.TraceContext | None:
    parent = tracing.parse_traceparent(read_header(scope, b"traceparent"))
    if parent is None:
        return None
    return parent._replace(is_sampled=tracing.should_sample(parent.trace_id))


def _describe_response(
    span: tracing.Span | tracing.NullSpan, method: str, scope: Scope, message: Message
) -> None:
    # The template, never the path itself, which holds ids.
    if route := getattr(scope.get("route"), "path", None):
        span.set("http.route", route)
        span.rename(f"{method} {route}")
    if user := scope.get("state", {}).get("user"):
        span.set_owner(user.owner)
    status = message["status"]
    span.set("http.response.status_code", status)
    if status >= SERVER_ERROR:
        span.fail(str(status))
    if any(
        name == b"content-type" and value.startswith(EVENT_STREAM)
        for name, value in message["headers"]
    ):
        span.finish()
