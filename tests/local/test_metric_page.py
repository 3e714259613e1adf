"""The receiver of metrics, and its page."""

import re
from dataclasses import replace
from html.parser import HTMLParser

import httpx
import pytest
from opentelemetry.exporter.otlp.proto.common.metrics_encoder import encode_metrics
from opentelemetry.sdk.metrics import Counter, Histogram, MeterProvider
from opentelemetry.sdk.metrics.export import AggregationTemporality, InMemoryMetricReader
from opentelemetry.sdk.resources import Resource

from sightline import metrics
from sightline.otlp_metrics import create_instruments
from sightline_local.traces import metric_points
from sightline_local.traces.app import PROTOBUF, create_app
from sightline_local.traces.metric_store import MetricStore
from sightline_local.traces.store import TraceStore

DELTA = AggregationTemporality.DELTA


class Process:
    """A process of a service, with the instruments of Sightline and the SDK of OpenTelemetry."""

    def __init__(self, name: str, service: str = "sightline-worker", delta: bool = False) -> None:
        temporality: dict[type, AggregationTemporality] = {}
        if delta:
            temporality = {Counter: DELTA, Histogram: DELTA}
        self._reader = InMemoryMetricReader(preferred_temporality=temporality)
        resource = Resource({"service.name": service, "service.instance.id": name})
        self._provider = MeterProvider([self._reader], resource, shutdown_on_exit=False)
        self._instruments = create_instruments(self._provider.get_meter("sightline"))

    def record(self, metric: metrics.Metric, value: float = 1, **attributes: str) -> None:
        self._instruments[metric.name](value, attributes)

    def export(self) -> bytes:
        """Return an export request with all metrics."""
        collected = self._reader.get_metrics_data()
        assert collected is not None
        body: bytes = encode_metrics(collected).SerializeToString()
        return body


class TableParser(HTMLParser):
    """Reads the rows of all tables."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.rows: list[list[str]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: object) -> None:
        if tag == "tr":
            self.rows.append([])
        elif tag in {"td", "th"}:
            self.rows[-1].append("")

    def handle_data(self, data: str) -> None:
        if self.rows and self.rows[-1] and self.lasttag in {"td", "th"}:
            self.rows[-1][-1] += data


@pytest.fixture
def store() -> MetricStore:
    return MetricStore(max_series=20)


@pytest.fixture
def http(store: MetricStore) -> httpx.AsyncClient:
    transport = httpx.ASGITransport(create_app(TraceStore(), store))
    return httpx.AsyncClient(transport=transport, base_url="http://traces")


async def post(http: httpx.AsyncClient, body: bytes) -> int:
    headers = {"content-type": PROTOBUF}
    return (await http.post("/v1/metrics", content=body, headers=headers)).status_code


async def read_page(http: httpx.AsyncClient) -> tuple[str, list[list[str]]]:
    page = (await http.get("/metrics")).text
    return page, TableParser(page).rows


async def test_page_shows_percentiles_counts_costs_and_levels(http: httpx.AsyncClient) -> None:
    process = Process("1")
    for seconds in (2.0, 2.0, 2.0, 4.0, 12.0):
        process.record(metrics.IMAGE_SECONDS, seconds, outcome="ready")
    process.record(metrics.IMAGE_SECONDS, 0.5, outcome="rejected")
    process.record(metrics.FAILURES, code="broken_image")
    process.record(metrics.RECOGNITION_CALLS, 3000, feature="labels")
    process.record(metrics.RECOGNITION_CALLS, 1000, feature="properties")
    process.record(metrics.EVENT_STREAMS, 4)
    process.record(metrics.EVENT_STREAMS, 2)
    assert await post(http, process.export()) == 200
    page, rows = await read_page(http)
    headings = re.findall("<h2>(.*?)</h2>", page)
    assert headings == ["Upload to ready", "Failures", "Recognition calls", "Live event streams"]
    assert rows == [
        ["", "Count", "Mean", "p50", "p90", "p95", "p99", "Maximum"],
        ["ready", "5", "4.40", "2.00", "11.00", "11.50", "11.90", "12.00"],
        ["rejected", "1", "0.50", "0.50", "0.50", "0.50", "0.50", "0.50"],
        ["", "Count"],
        ["broken_image", "1"],
        ["", "Count", "Cost on AWS, estimated"],
        ["labels", "3,000", "$3.0000"],
        ["properties", "1,000", "$0.7500"],
        ["Total", "4,000", "$3.7500"],
        ["", "Now"],
        ["All", "2"],
    ]


@pytest.mark.parametrize("delta", [False, True])
async def test_counts_of_a_restarted_process_are_kept(http: httpx.AsyncClient, delta: bool) -> None:
    for name in ("1", "2"):
        process = Process(name, delta=delta)
        for _ in range(3):
            process.record(metrics.FAILURES, code="broken_image")
            process.record(metrics.QUEUE_SECONDS, 1.5, part="recognition")
            process.record(metrics.EVENT_STREAMS, 7)
            assert await post(http, process.export()) == 200
    _, rows = await read_page(http)
    assert ["broken_image", "6"] in rows
    assert ["recognition", "6", "1.50", *["1.50"] * 5] in rows
    assert ["All", "7"] in rows


async def test_series_of_several_services_are_one(http: httpx.AsyncClient) -> None:
    """Whichever service ends last records the time of an image."""
    for service in ("sightline-worker", "sightline-resizer"):
        process = Process("1", service)
        process.record(metrics.IMAGE_SECONDS, 1.5, outcome="ready")
        process.record(metrics.FAILURES, code="broken_image")
        await post(http, process.export())
    _, rows = await read_page(http)
    assert [row for row in rows if row[0] == "ready"] == [["ready", "2", *["1.50"] * 6]]
    assert [row for row in rows if row[0] == "broken_image"] == [["broken_image", "2"]]


async def test_late_point_is_ignored(http: httpx.AsyncClient) -> None:
    process = Process("1")
    process.record(metrics.FAILURES, code="broken_image")
    early = process.export()
    process.record(metrics.FAILURES, code="broken_image")
    for body in (process.export(), early):
        await post(http, body)
    _, rows = await read_page(http)
    assert ["broken_image", "2"] in rows


async def test_series_are_bounded(http: httpx.AsyncClient, store: MetricStore) -> None:
    process = Process("1")
    for number in range(30):
        process.record(metrics.FAILURES, code=f"{number}")
    await post(http, process.export())
    assert len(store.list()) == 20


async def test_page_runs_nothing_of_a_metric(http: httpx.AsyncClient) -> None:
    script = "<script>alert(1)</script>"
    process = Process("1")
    process.record(metrics.FAILURES, code=script)
    await post(http, process.export())
    page, _ = await read_page(http)
    assert "<script" not in page
    assert "&lt;script" in page


async def test_page_without_metrics_says_so(http: httpx.AsyncClient) -> None:
    page, rows = await read_page(http)
    assert "No metrics have arrived yet." in page
    assert rows == []


async def test_invalid_export_is_rejected(http: httpx.AsyncClient) -> None:
    assert await post(http, b"\xff") == 400


def test_quantiles_without_known_extremes_are_within_the_limits() -> None:
    histogram = metric_points.Histogram((1.0, 2.0), (1, 1, 2), total=10)
    assert [histogram.quantile(share) for share in (0, 0.25, 0.5, 0.75, 1)] == [0, 1, 2, 2, 2]
    assert metric_points.Histogram((1.0,), (0, 0), total=0).quantile(0.5) is None


def test_histograms_with_other_buckets_are_not_merged() -> None:
    one = metric_points.Histogram((1.0,), (1, 0), 0.5, 0.5, 0.5)
    other = metric_points.Histogram((2.0,), (1, 0), 1.5, 1.5, 1.5)
    assert one.merge(other) == other
    assert one.merge(replace(one, least=None)).least is None
