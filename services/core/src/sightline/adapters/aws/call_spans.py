"""A span for each AWS call: its operation, status and retries, but no parameter or key.

https://opentelemetry.io/docs/specs/semconv/cloud-providers/aws-sdk/
"""

from typing import Any

from sightline import tracing

#: Key of the span in the context that botocore passes to the handlers of one call.
SPAN_KEY = "sightline.span"


def aws_call_span(service: str, operation: str) -> tracing.Span | tracing.NullSpan:
    """Return the span of one call."""
    span = tracing.child_span(f"{service} {operation}", "client")
    span.set("rpc.system", "aws-api")
    span.set("rpc.method", f"{service}/{operation}")
    return span


def record_calls(client: Any) -> None:
    """Record a span for each call of the client, by the events that botocore emits.

    https://docs.aws.amazon.com/boto3/latest/guide/events.html
    """
    service = client.meta.service_model.service_id.hyphenize()
    events = client.meta.events
    events.register(f"before-call.{service}", _start)
    events.register(f"after-call.{service}", _finish)
    events.register(f"after-call-error.{service}", _fail)


def _start(model: Any, context: dict[str, Any], **_: object) -> None:
    context[SPAN_KEY] = aws_call_span(model.service_model.service_id, model.name)


def _finish(parsed: dict[str, Any], context: dict[str, Any], **_: object) -> None:
    span = context.pop(SPAN_KEY, tracing.NULL_SPAN)
    metadata = parsed.get("ResponseMetadata", {})
    status = metadata.get("HTTPStatusCode", 0)
    span.set("http.response.status_code", status)
    if retries := metadata.get("RetryAttempts"):
        span.set("http.request.resend_count", retries)
    if status >= 400:
        span.fail(parsed.get("Error", {}).get("Code") or str(status))
    span.finish()


def _fail(exception: Exception, context: dict[str, Any], **_: object) -> None:
    span = context.pop(SPAN_KEY, tracing.NULL_SPAN)
    span.fail(type(exception).__qualname__)
    span.finish()
