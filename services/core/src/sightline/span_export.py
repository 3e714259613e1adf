"""Convert finished units of work into spans of the OpenTelemetry SDK, which exports them.

Imports the SDK, an extra of this package. Only `sightline.otlp` imports this module.
"""

import os
import threading
from collections.abc import Callable

from opentelemetry.context import Context
from opentelemetry.sdk.resources import SERVICE_INSTANCE_ID, SERVICE_NAME, Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter
from opentelemetry.sdk.trace.id_generator import IdGenerator
from opentelemetry.sdk.trace.sampling import ALWAYS_ON
from opentelemetry.trace import (
    Link,
    NonRecordingSpan,
    SpanContext,
    SpanKind,
    Status,
    StatusCode,
    TraceFlags,
    set_span_in_context,
)
from pydantic import SecretStr
from uuid_utils import uuid4

from sightline.owner_hash import hash_owner
from sightline.tracing import Unit

#: Longest wait for the last spans when the process stops, seconds. The containers of a task
#: are killed soon after, and a collector that is down must not keep a service from stopping.
SHUTDOWN_TIMEOUT_SECONDS = 2.0

KINDS = {kind.name.lower(): kind for kind in SpanKind}


class SpanExport:
    """`tracing.Exporter` by the SDK: its batch processor passes the spans to the exporter.

    `owner_key` is the key of the hash that names owners; without it none is named.
    """

    def __init__(
        self, service: str, exporter: SpanExporter, owner_key: SecretStr | None = None
    ) -> None:
        # An empty variable is that of no key.
        self._owner_key = owner_key.get_secret_value().encode() if owner_key else b""
        self._ids = RecordedIds()
        provider = TracerProvider(
            # Decided when the trace began, or by its failure.
            sampler=ALWAYS_ON,
            resource=describe_resource(service),
            id_generator=self._ids,
            shutdown_on_exit=False,
        )
        provider.add_span_processor(BatchSpanProcessor(exporter))
        self._provider = provider
        self._tracer = provider.get_tracer("sightline")

    def export(self, unit: Unit) -> None:
        root = unit.spans[0]
        if unit.owner is not None and self._owner_key:
            root.set("enduser.pseudo.id", hash_owner(unit.owner, self._owner_key))
        if unit.dropped:
            root.set("sightline.dropped_spans", unit.dropped)
        self._ids.trace_id = unit.trace_id
        links = [Link(_span_context(link.trace_id, link.span_id, True)) for link in unit.links]
        for span in unit.spans:
            self._ids.span_id = span.span_id
            exported = self._tracer.start_span(
                span.name,
                context=_parent_context(unit, span.parent_id),
                kind=KINDS[span.kind],
                attributes=span.attributes,
                links=links if span is root else (),
                start_time=unit.epoch + span.start,
            )
            if span.error is not None:
                exported.set_attribute("error.type", span.error)
                exported.set_status(Status(StatusCode.ERROR))
            # What a failed unit was still waiting for ends with it.
            exported.end(unit.epoch + (span.end or root.end or span.start))

    def flush(self) -> None:
        """Export the spans that wait for others to be sent with."""
        self._provider.force_flush()

    def close(self) -> None:
        """Export the remaining spans, within a bounded time."""
        shut_down(self._provider.shutdown)


class RecordedIds(IdGenerator):
    """Generates the ids that a span was recorded with: log lines and rows contain them."""

    trace_id = 0
    span_id = 0

    def generate_trace_id(self) -> int:
        return self.trace_id

    def generate_span_id(self) -> int:
        return self.span_id


def shut_down(shutdown: Callable[[], object]) -> None:
    """Shut down a provider of the SDK, which exports what it has, within a bounded time."""
    # A daemon: it does not keep the process alive after the timeout.
    closing = threading.Thread(target=shutdown, daemon=True)
    closing.start()
    closing.join(SHUTDOWN_TIMEOUT_SECONDS)


def describe_resource(service: str) -> Resource:
    """Return what describes this process in traces and metrics."""
    name = os.environ.get("OTEL_SERVICE_NAME") or f"sightline-{service}"
    return Resource.create({SERVICE_NAME: name, SERVICE_INSTANCE_ID: str(uuid4())})


def _parent_context(unit: Unit, parent_id: int | None) -> Context:
    """Return the context of a child of this span; None is the parent of the whole unit."""
    span_id = unit.parent_id if parent_id is None else parent_id
    if span_id is None:
        return Context()
    parent = _span_context(unit.trace_id, span_id, is_remote=parent_id is None)
    return set_span_in_context(NonRecordingSpan(parent), Context())


def _span_context(trace_id: int, span_id: int, is_remote: bool) -> SpanContext:
    return SpanContext(trace_id, span_id, is_remote, TraceFlags(TraceFlags.SAMPLED))
