"""The receiver of traces, and its pages."""

import gzip
import struct

import httpx
import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from sightline_local.traces.app import MAX_BODY_BYTES, PROTOBUF, create_app
from sightline_local.traces.metric_store import MetricStore
from sightline_local.traces.spans import Span, parse_export
from sightline_local.traces.store import Trace, TraceStore
from sightline_local.traces.waterfall import build_rows, render_text

TRACE_ID = "4bf92f3577b34da6a3ce929d0e0e4736"
MILLISECOND = 1_000_000


def make_span(
    span_id: int,
    parent_id: int | None = None,
    start: int = 0,
    end: int = 1,
    trace_id: str = TRACE_ID,
    **changes: object,
) -> Span:
    """Build a span; times are in milliseconds."""
    span = Span(
        trace_id=trace_id,
        span_id=f"{span_id:016x}",
        parent_id=None if parent_id is None else f"{parent_id:016x}",
        service="api",
        name=f"span {span_id}",
        start=start * MILLISECOND,
        end=end * MILLISECOND,
        error=None,
        attributes={},
        links=(),
    )
    return span._replace(**changes)  # type: ignore[arg-type]


def format_export(name: str = "GET /v1/images", image_id: str = "image-1") -> bytes:
    """Return an export request with one failed span."""
    request = ExportTraceServiceRequest()
    resource_spans = request.resource_spans.add()
    service = resource_spans.resource.attributes.add()
    service.key, service.value.string_value = "service.name", "sightline-api"
    span = resource_spans.scope_spans.add().spans.add()
    span.trace_id, span.span_id = bytes.fromhex(TRACE_ID), struct.pack(">Q", 1)
    span.name = name
    span.start_time_unix_nano, span.end_time_unix_nano = 2 * MILLISECOND, 5 * MILLISECOND
    image = span.attributes.add()
    image.key, image.value.string_value = "sightline.image_id", image_id
    count = span.attributes.add()
    count.key, count.value.int_value = "sightline.receive_count", 2
    span.status.code = 2
    span.links.add().trace_id = bytes(15) + b"\x01"
    body: bytes = request.SerializeToString()
    return body


@pytest.fixture
def store() -> TraceStore:
    return TraceStore(max_traces=3)


@pytest.fixture
def http(store: TraceStore) -> httpx.AsyncClient:
    transport = httpx.ASGITransport(create_app(store, MetricStore()))
    return httpx.AsyncClient(transport=transport, base_url="http://traces")


async def post(http: httpx.AsyncClient, body: bytes, **headers: str) -> int:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    response = await http.post(
        "/v1/traces", content=body, headers={"content-type": PROTOBUF} | named
    )
    return response.status_code


def test_export_is_parsed() -> None:
    (span,) = parse_export(format_export())
    assert span == make_span(
        1,
        service="sightline-api",
        name="GET /v1/images",
        start=2,
        end=5,
        error="error",
        attributes={"sightline.image_id": "image-1", "sightline.receive_count": 2},
        links=("0" * 31 + "1",),
    )


async def test_exported_span_is_listed_and_shown(http: httpx.AsyncClient) -> None:
    assert await post(http, format_export()) == 200
    assert f"/traces/{TRACE_ID}" in (await http.get("/")).text
    for path in (f"/traces/{TRACE_ID}", "/images/image-1"):
        page = (await http.get(path)).text
        assert "GET /v1/images" in page
        assert "sightline.receive_count" in page
    text = (await http.get("/images/image-1/waterfall.txt")).text
    assert "sightline-api  GET /v1/images" in text


async def test_compressed_export_is_accepted(http: httpx.AsyncClient, store: TraceStore) -> None:
    assert await post(http, gzip.compress(format_export()), content_encoding="gzip") == 200
    assert len(store.list()) == 1


async def test_invalid_export_is_rejected(http: httpx.AsyncClient) -> None:
    assert await post(http, b"\xff") == 400
    assert await post(http, b"no gzip", content_encoding="gzip") == 400
    assert await post(http, b"{}", content_type="application/json") == 415
    bomb = gzip.compress(bytes(MAX_BODY_BYTES + 1))
    assert await post(http, bomb, content_encoding="gzip") == 413
    assert await post(http, bytes(MAX_BODY_BYTES + 1)) == 413


async def test_missing_trace_is_not_found(http: httpx.AsyncClient) -> None:
    for path in ("/traces/x", "/images/x", "/images/x/waterfall.txt"):
        assert (await http.get(path)).status_code == 404


async def test_pages_run_nothing_of_a_span(http: httpx.AsyncClient) -> None:
    script = "<script>alert(1)</script>"
    await post(http, format_export(name=script, image_id=script))
    for path in ("/", f"/traces/{TRACE_ID}"):
        response = await http.get(path)
        assert "<script" not in response.text
        assert "&lt;script" in response.text
        assert "default-src 'none'" in response.headers["Content-Security-Policy"]


def test_oldest_trace_is_dropped(store: TraceStore) -> None:
    for number in range(5):
        store.add([make_span(1, trace_id=f"{number:032x}")])
    assert [int(trace.trace_id, 16) for trace in store.list()] == [4, 3, 2]


def test_span_that_arrives_twice_is_kept_once(store: TraceStore) -> None:
    store.add([make_span(1), make_span(1)])
    assert len(store.list()[0].spans) == 1


def test_image_is_found_by_its_upload_first(store: TraceStore) -> None:
    attributes = {"sightline.image_id": "image-1"}
    store.add([make_span(1, attributes=attributes)])
    store.add([make_span(2, trace_id="f" * 32, attributes=attributes)])
    found = store.find_image("image-1")
    assert found is not None
    assert found.trace_id == TRACE_ID


def test_error_of_a_trace_is_that_of_a_unit_of_work() -> None:
    failed_call = make_span(2, 1, error="ConditionalCheckFailedException")
    assert Trace.of(TRACE_ID, [make_span(1), failed_call]).error is None
    failed_unit = make_span(3, 1, service="worker", error="retries_exhausted")
    assert Trace.of(TRACE_ID, [make_span(1), failed_call, failed_unit]).error == "retries_exhausted"


def test_rows_are_nested_and_ordered_by_their_start() -> None:
    spans = [
        make_span(4, 1, start=6, end=9),
        make_span(3, 2, start=2, end=3),
        make_span(2, 1, start=1, end=4),
        make_span(1, 99, start=0, end=10),
    ]
    rows = build_rows(Trace.of(TRACE_ID, spans))
    assert [(row.span.name, row.depth, row.start, row.duration) for row in rows] == [
        ("span 1", 0, 0, 10),
        ("span 2", 1, 1, 3),
        ("span 3", 2, 2, 1),
        ("span 4", 1, 6, 3),
    ]


def test_cycle_of_parents_ends() -> None:
    spans = [make_span(1, 1), make_span(2)]
    assert [row.span.name for row in build_rows(Trace.of(TRACE_ID, spans))] == ["span 2"]


def test_text_shows_service_span_start_duration_and_error() -> None:
    spans = [
        make_span(1, start=0, end=100),
        make_span(2, 1, start=50, end=100, service="worker", error="Throttled"),
    ]
    lines = render_text(Trace.of(TRACE_ID, spans)).splitlines()
    assert lines[0] == f"Trace {TRACE_ID}, 100 ms"
    assert lines[1].split() == ["Service", "Span", "Start", "ms"]
    assert lines[2] == f"api     span 1          0.0      100.0  |{'█' * 32}|"
    assert lines[3] == f"worker    span 2       50.0       50.0  |{' ' * 16}{'█' * 16}|  Throttled"


def test_text_of_an_instant_has_a_bar() -> None:
    assert "█" in render_text(Trace.of(TRACE_ID, [make_span(1, start=0, end=0)]))
