"""Export of recorded units as spans of OpenTelemetry."""

import pytest
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import SpanKind, StatusCode
from pydantic import SecretStr

from sightline import tracing
from sightline.otlp import export_traces, is_configured, read_ratio
from sightline.owner_hash import hash_owner
from sightline.span_export import SpanExport

PARENT = tracing.TraceContext(1, 2, True)
LINKED = tracing.TraceContext(3, 4, False)


def export_request(owner_key: SecretStr | None = None) -> tuple[ReadableSpan, ReadableSpan]:
    """Return the spans of a request with a failed query."""
    exporter = InMemorySpanExporter()
    export = SpanExport("api", exporter, owner_key)
    tracing.enable(export)
    try:
        with tracing.root_span("GET /v1/images", "server", PARENT, links=(LINKED,)) as root:
            root.set_owner("owner-1")
            with tracing.child_span("query", "client", {"rows": 3}) as query:
                query.fail("Throttled")
    finally:
        tracing.disable()
        export.close()
    first, second = exporter.get_finished_spans()
    return first, second


def test_spans_have_the_ids_that_they_were_recorded_with() -> None:
    root, query = export_request()
    assert root.parent is not None
    assert query.parent is not None
    assert root.context.trace_id == query.context.trace_id == PARENT.trace_id
    assert (root.parent.span_id, root.parent.is_remote) == (PARENT.span_id, True)
    assert (query.parent.span_id, query.parent.is_remote) == (root.context.span_id, False)
    assert [(link.context.trace_id, link.context.span_id) for link in root.links] == [LINKED[:2]]


def test_spans_have_kind_status_attributes_and_times() -> None:
    root, query = export_request()
    assert (root.kind, query.kind) == (SpanKind.SERVER, SpanKind.CLIENT)
    assert [root.status.status_code, query.status.status_code] == [
        StatusCode.UNSET,
        StatusCode.ERROR,
    ]
    assert query.attributes == {"rows": 3, "error.type": "Throttled"}
    assert root.start_time
    assert query.start_time
    assert query.end_time
    assert root.end_time
    assert root.start_time <= query.start_time <= query.end_time <= root.end_time


def test_resource_names_the_service(monkeypatch: pytest.MonkeyPatch) -> None:
    assert export_request()[0].resource.attributes["service.name"] == "sightline-api"
    monkeypatch.setenv("OTEL_SERVICE_NAME", "gateway")
    assert export_request()[0].resource.attributes["service.name"] == "gateway"


def test_owner_is_a_keyed_hash() -> None:
    attributes = export_request(SecretStr("key"))[0].attributes or {}
    assert attributes["enduser.pseudo.id"] == hash_owner("owner-1", b"key")
    assert hash_owner("owner-1", b"key") != hash_owner("owner-1", b"other")
    assert "owner-1" not in str(attributes)


def test_owner_is_not_named_without_a_key() -> None:
    for absent in (None, SecretStr("")):
        assert "enduser.pseudo.id" not in (export_request(absent)[0].attributes or {})


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        ({}, False),
        ({"OTEL_EXPORTER_OTLP_ENDPOINT": ""}, False),
        ({"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:4318"}, True),
        ({"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": "http://127.0.0.1:4318/v1/traces"}, True),
        ({"OTEL_EXPORTER_OTLP_ENDPOINT": "http://x", "OTEL_SDK_DISABLED": "true"}, False),
        ({"OTEL_EXPORTER_OTLP_ENDPOINT": "http://x", "OTEL_TRACES_EXPORTER": "none"}, False),
    ],
)
def test_export_is_configured_by_the_standard_variables(
    environment: dict[str, str], expected: bool
) -> None:
    assert is_configured(environment) is expected


def test_ratio_is_read_from_the_standard_variable(capsys: pytest.CaptureFixture[str]) -> None:
    assert read_ratio({}) == 1
    assert read_ratio({"OTEL_TRACES_SAMPLER_ARG": "0.1"}) == 0.1
    for invalid in ("ten", "1.5", "-1", "nan"):
        with pytest.raises(SystemExit):
            read_ratio({"OTEL_TRACES_SAMPLER_ARG": invalid})
        assert "OTEL_TRACES_SAMPLER_ARG" in capsys.readouterr().err


def test_nothing_is_recorded_without_an_endpoint(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OTEL_EXPORTER_OTLP_ENDPOINT", raising=False)
    with export_traces("api", None):
        assert not tracing.is_enabled()


def test_traces_are_recorded_with_an_endpoint(monkeypatch: pytest.MonkeyPatch) -> None:
    # Nothing listens there, which must not keep the process from stopping.
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:9")
    with export_traces("api", None):
        assert tracing.is_enabled()
    assert not tracing.is_enabled()
