"""Export metrics: as embedded metrics in the log, or by OTLP.

CloudWatch extracts embedded metrics from the lines of a log group, without calls of an API.
https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
"""

import logging
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Literal, Protocol

from pydantic_core import to_json

from sightline import metrics
from sightline.batching import in_batches
from sightline.logging import write_line
from sightline.metrics import Metric, Recorder

logger = logging.getLogger(__name__)

#: How metrics leave a service.
MetricFormat = Literal["off", "emf", "otlp"]

#: Time between two lines of a series.
FLUSH_SECONDS = 15.0

#: Values of a metric per line.
#: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
MAX_VALUES = 100

Series = tuple[Metric, tuple[tuple[str, str], ...]]


@contextmanager
def export_metrics(service: str, form: MetricFormat, namespace: str) -> Iterator[None]:
    """Record metrics within this context, and export them in this form.

    `namespace` is that of embedded metrics in CloudWatch.
    """
    match form:
        case "off":
            yield
        case "emf":
            with _enabled(EmbeddedMetrics(service, namespace, write_line)):
                yield
        case "otlp":
            try:
                from sightline.otlp_metrics import OtlpMetrics
            except ImportError:
                logger.warning("no metrics are exported: sightline-core[tracing] is not installed")
                yield
                return
            with _enabled(OtlpMetrics(service)):
                yield


@contextmanager
def _enabled(recorder: "ClosableRecorder") -> Iterator[None]:
    metrics.enable(recorder)
    try:
        yield
    finally:
        metrics.disable()
        recorder.close()


class ClosableRecorder(Recorder, Protocol):
    """A recorder that exports what it has when it is closed."""

    def close(self) -> None: ...


class EmbeddedMetrics:
    """Collects measurements, and writes one line per series every `interval` seconds."""

    def __init__(
        self,
        service: str,
        namespace: str,
        write: Callable[[str], object],
        interval: float = FLUSH_SECONDS,
    ) -> None:
        self._service = service
        self._namespace = namespace
        self._write = write
        self._interval = interval
        self._lock = threading.Lock()
        self._values: dict[Series, list[float]] = {}
        self._closed = threading.Event()
        # A thread: a line is due even if the event loop is busy or the service idle.
        self._thread = threading.Thread(target=self._run, name="metrics", daemon=True)
        self._thread.start()

    def record(self, metric: Metric, value: float, dimensions: Mapping[str, str]) -> None:
        """Take one measurement."""
        with self._lock:
            self._values.setdefault((metric, tuple(dimensions.items())), []).append(value)

    def flush(self) -> None:
        """Write what was recorded since the last call."""
        with self._lock:
            collected, self._values = self._values, {}
        for series, values in collected.items():
            for batch in in_batches(values, MAX_VALUES):
                self._write(self._format(series, batch))

    def close(self) -> None:
        """Write the rest."""
        self._closed.set()
        self._thread.join()
        self.flush()

    def _run(self) -> None:
        while not self._closed.wait(self._interval):
            self.flush()

    def _format(self, series: Series, values: list[float]) -> str:
        metric, dimensions = series
        definition = {
            "Namespace": self._namespace,
            "Dimensions": [[name for name, _ in dimensions]],
            "Metrics": [{"Name": metric.name, "Unit": metric.unit}],
        }
        line = {
            "_aws": {"Timestamp": int(time.time() * 1000), "CloudWatchMetrics": [definition]},
            "service": self._service,
            **dict(dimensions),
            metric.name: values,
        }
        return to_json(line).decode()
