"""Metrics: what is recorded, in how many series, and how it is exported."""

import gzip
import json
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import pytest
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import (
    ExportMetricsServiceRequest,
)

from core.test_consumer_traces import TracedWork, process, upload_message
from sightline import metrics
from sightline.consumer.messages import Upload
from sightline.consumer.upload_messages import RETRIES_EXHAUSTED
from sightline.domain.failures import Failure, Rejected
from sightline.domain.images import PART_NAMES, PartName
from sightline.domain.model import Value
from sightline.domain.recognition import Feature
from sightline.metric_export import MAX_VALUES, EmbeddedMetrics, export_metrics
from sightline_testing.backend import MemoryBackend
from sightline_testing.builders import make_recognition, make_rendition_set
from sightline_testing.measurements import RecordedMeasurements, recorded_measurements

#: Series that CloudWatch bills at most, whatever users send. Each costs $0.30 a month in which it
#: has data.
MAX_SERIES = 60


@pytest.fixture
def recorded() -> Iterator[RecordedMeasurements]:
    with recorded_measurements() as measurements:
        yield measurements


def test_number_of_series_is_bounded() -> None:
    assert sum(metric.max_series for metric in metrics.METRICS) <= MAX_SERIES


def test_dimensions_have_the_names_of_the_domain() -> None:
    assert metrics.PARTS == PART_NAMES
    assert set(metrics.RECOGNITION_CALLS.dimensions["Feature"]) == {each.value for each in Feature}


def test_values_that_are_not_listed_share_a_series(recorded: RecordedMeasurements) -> None:
    for number in range(1000):
        metrics.record(metrics.FAILURES, Code=f"code-{number}")
    assert {tuple(each.items()) for each in recorded.find(metrics.FAILURES)} == {
        (("Code", metrics.OTHER),)
    }


async def test_success_of_a_part_is_measured(recorded: RecordedMeasurements) -> None:
    await process(TracedWork(), upload_message)
    assert recorded.find(metrics.PROCESSING_SECONDS) == [
        {"Part": "recognition", "Outcome": "succeeded"}
    ]
    assert len(recorded.find(metrics.QUEUE_SECONDS)) == 1
    assert [each["Outcome"] for each in recorded.find(metrics.ATTEMPTS)] == ["handled"]
    # The renditions are still pending.
    assert recorded.find(metrics.IMAGE_SECONDS) == []
    assert recorded.find(metrics.FAILURES) == []


async def test_the_last_part_measures_the_time_of_the_image(
    recorded: RecordedMeasurements,
) -> None:
    backend = MemoryBackend()
    image = await backend.upload(b"hello")
    message = Upload(image.key, sent_at=time.time() - 7)
    results = {"recognition": make_recognition("Dog"), "renditions": make_rendition_set()}
    for part in PART_NAMES:
        assert recorded.find(metrics.IMAGE_SECONDS) == []
        await backend.processor(part, FixedWork(results[part])).handle(message)
    (measurement,) = [each for each in recorded.all if each.metric is metrics.IMAGE_SECONDS]
    assert measurement.dimensions == {"Outcome": "ready"}
    assert measurement.value >= 7


@pytest.mark.parametrize(("first", "last"), [PART_NAMES, PART_NAMES[::-1]])
async def test_the_time_of_an_image_is_measured_once_if_its_parts_overlap(
    recorded: RecordedMeasurements, first: PartName, last: PartName
) -> None:
    """Neither part sees the end of the other in the row as it was when it began."""
    backend = MemoryBackend()
    message = Upload((await backend.upload(b"hello")).key, sent_at=time.time())
    results = {"recognition": make_recognition("Dog"), "renditions": make_rendition_set()}

    class OuterWork(FixedWork):
        async def perform(self, *_: object) -> Value:
            inner = backend.processor(first, FixedWork(results[first]))
            await inner.handle(message)
            assert recorded.find(metrics.IMAGE_SECONDS) == []
            return await super().perform()

    await backend.processor(last, OuterWork(results[last])).handle(message)
    assert recorded.find(metrics.IMAGE_SECONDS) == [{"Outcome": "ready"}]


@pytest.mark.parametrize(
    ("failure", "outcome"),
    [
        (Failure("broken_image", "The image is damaged."), "rejected"),
        (RETRIES_EXHAUSTED, "failed"),
    ],
)
async def test_outcome_tells_whose_fault_it_is(
    recorded: RecordedMeasurements, failure: Failure, outcome: str
) -> None:
    backend = MemoryBackend()
    message = Upload((await backend.upload(b"hello")).key, sent_at=time.time())
    await backend.processor("recognition", FixedWork(make_recognition("Dog"))).handle(message)
    renditions = backend.processor("renditions", FixedWork(make_rendition_set()))
    await renditions.fail(message, failure)
    assert recorded.find(metrics.IMAGE_SECONDS) == [{"Outcome": outcome}]
    assert recorded.find(metrics.FAILURES) == [{"Code": failure.code}]


class FixedWork:
    """Returns a result."""

    def __init__(self, result: Value) -> None:
        self._result = result

    async def perform(self, *_: object) -> Value:
        return self._result

    async def discard(self, *_: object) -> None:
        pass


async def test_retry_and_rejection_are_counted(recorded: RecordedMeasurements) -> None:
    work = TracedWork(OSError("reset"), Rejected("broken_image", "The image is damaged."))
    await process(work, upload_message)
    assert [each["Outcome"] for each in recorded.find(metrics.ATTEMPTS)] == ["retried", "handled"]
    assert recorded.find(metrics.FAILURES) == [{"Code": "broken_image"}]
    assert recorded.find(metrics.PROCESSING_SECONDS) == [
        {"Part": "recognition", "Outcome": "failed"}
    ]
    # A message that is delivered again waited once.
    assert len(recorded.find(metrics.QUEUE_SECONDS)) == 1


def collect_lines(record: Callable[[], None]) -> list[dict[str, object]]:
    lines: list[str] = []
    exporter = EmbeddedMetrics("worker", "Sightline/test", lines.append)
    metrics.enable(exporter)
    try:
        record()
    finally:
        metrics.disable()
        exporter.close()
    return [json.loads(line) for line in lines]


def test_embedded_metrics_follow_the_specification() -> None:
    def record() -> None:
        metrics.record(metrics.IMAGE_SECONDS, 1.5, Outcome="ready")
        metrics.record(metrics.IMAGE_SECONDS, 2.5, Outcome="ready")
        metrics.record(metrics.EVENT_STREAMS, 3)

    ready, streams = collect_lines(record)
    header = ready["_aws"]
    assert isinstance(header, dict)
    assert header["CloudWatchMetrics"] == [
        {
            "Namespace": "Sightline/test",
            "Dimensions": [["Outcome"]],
            "Metrics": [{"Name": "ImageSeconds", "Unit": "Seconds"}],
        }
    ]
    assert (ready["Outcome"], ready["ImageSeconds"]) == ("ready", [1.5, 2.5])
    assert streams["EventStreams"] == [3]


def test_a_line_has_no_more_values_than_cloudwatch_reads() -> None:
    def record() -> None:
        for _ in range(MAX_VALUES + 1):
            metrics.record(metrics.FAILURES, Code="broken_image")

    assert [len(line["Failures"]) for line in collect_lines(record)] == [MAX_VALUES, 1]  # type: ignore[arg-type]


def test_lines_are_written_while_the_service_runs() -> None:
    lines: list[str] = []
    exporter = EmbeddedMetrics("worker", "Sightline/test", lines.append, interval=0.01)
    exporter.record(metrics.EVENT_STREAMS, 1, {})
    while not lines:
        pass
    exporter.close()


def test_metrics_are_off_by_default(capsys: pytest.CaptureFixture[str]) -> None:
    with export_metrics("worker", "off", ""):
        metrics.record(metrics.EVENT_STREAMS, 1)
    assert capsys.readouterr().out == ""


def test_otlp_receiver_gets_histograms_counters_and_gauges(
    otlp_receiver: tuple[str, list[bytes]], monkeypatch: pytest.MonkeyPatch
) -> None:
    endpoint, bodies = otlp_receiver
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", endpoint)
    with export_metrics("worker", "otlp", ""):
        metrics.record(metrics.IMAGE_SECONDS, 12, Outcome="ready")
        metrics.record(metrics.FAILURES, Code="broken_image")
        metrics.record(metrics.EVENT_STREAMS, 4)
        metrics.record(metrics.EVENT_STREAMS, 2)
    exported = {}
    for body in bodies:
        request = ExportMetricsServiceRequest.FromString(body)
        for metric in request.resource_metrics[0].scope_metrics[0].metrics:
            exported[metric.name] = metric
    histogram = exported["sightline.image.seconds"].histogram.data_points[0]
    assert (histogram.count, histogram.sum) == (1, 12)
    assert histogram.attributes[0].value.string_value == "ready"
    assert exported["sightline.failures"].sum.data_points[0].as_int == 1
    assert exported["sightline.event.streams"].gauge.data_points[0].as_int == 2


@pytest.fixture
def otlp_receiver() -> Iterator[tuple[str, list[bytes]]]:
    """An HTTP server that keeps the bodies of all requests; its URL, and the bodies."""
    bodies: list[bytes] = []

    class Receiver(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            is_compressed = self.headers.get("Content-Encoding") == "gzip"
            bodies.append(gzip.decompress(body) if is_compressed else body)
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Receiver) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}", bodies
        server.shutdown()
