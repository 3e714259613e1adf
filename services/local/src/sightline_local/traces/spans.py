"""Spans as received by OTLP: the protobuf messages of OpenTelemetry as values.

https://github.com/open-telemetry/opentelemetry-proto/blob/main/opentelemetry/proto/trace/v1/trace.proto
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from google.protobuf.message import DecodeError
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.common.v1.common_pb2 import AnyValue, KeyValue
from opentelemetry.proto.trace.v1 import trace_pb2

#: Name of the service of a resource that names none.
UNKNOWN_SERVICE = "unknown_service"

#: Attributes that name the service, and the image that a span processes.
SERVICE_ATTRIBUTE = "service.name"
IMAGE_ATTRIBUTE = "sightline.image_id"
ERROR_ATTRIBUTE = "error.type"

AttributeValue = str | int | float | bool


class InvalidExport(ValueError):
    """The body is not an export request."""


class Span(NamedTuple):
    """One span; ids are hexadecimal, times are nanoseconds since 1970.

    `error` is the type of the error, None if the operation succeeded. `links` are the ids of the
    traces that it links to.
    """

    trace_id: str
    span_id: str
    parent_id: str | None
    service: str
    name: str
    start: int
    end: int
    error: str | None
    attributes: Mapping[str, AttributeValue]
    links: tuple[str, ...]

    @property
    def image_id(self) -> str | None:
        image_id = self.attributes.get(IMAGE_ATTRIBUTE)
        return None if image_id is None else str(image_id)


def parse_export(body: bytes) -> list[Span]:
    """Return the spans of an export request. Raises `InvalidExport`."""
    request = ExportTraceServiceRequest()
    try:
        request.ParseFromString(body)
    except DecodeError as error:
        raise InvalidExport("the body is no ExportTraceServiceRequest") from error
    return [
        _parse_span(service, span)
        for resource_spans in request.resource_spans
        for service in [_find_service(resource_spans.resource.attributes)]
        for scope_spans in resource_spans.scope_spans
        for span in scope_spans.spans
    ]


def _find_service(attributes: Iterable[KeyValue]) -> str:
    return str(dict(parse_attributes(attributes)).get(SERVICE_ATTRIBUTE, UNKNOWN_SERVICE))


def _parse_span(service: str, span: trace_pb2.Span) -> Span:
    attributes = dict(parse_attributes(span.attributes))
    failed = span.status.code == trace_pb2.Status.STATUS_CODE_ERROR
    return Span(
        trace_id=span.trace_id.hex(),
        span_id=span.span_id.hex(),
        parent_id=span.parent_span_id.hex() or None,
        service=service,
        name=span.name,
        start=span.start_time_unix_nano,
        end=max(span.start_time_unix_nano, span.end_time_unix_nano),
        error=str(attributes.get(ERROR_ATTRIBUTE, "error")) if failed else None,
        attributes=attributes,
        links=tuple(link.trace_id.hex() for link in span.links),
    )


def parse_attributes(attributes: Iterable[KeyValue]) -> Iterator[tuple[str, AttributeValue]]:
    """Yield the name and the value of each attribute."""
    for attribute in attributes:
        yield attribute.key, _parse_value(attribute.value)


def _parse_value(value: AnyValue) -> AttributeValue:
    kind = value.WhichOneof("value")
    if kind in {"string_value", "bool_value", "int_value", "double_value"}:
        parsed: AttributeValue = getattr(value, kind)
        return parsed
    # Lists and maps are shown as protobuf formats them.
    return str(value).strip()
