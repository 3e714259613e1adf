"""Export metrics by OTLP over HTTP, with the SDK of OpenTelemetry.

The SDK reads the endpoint and the interval (`OTEL_METRIC_EXPORT_INTERVAL`) from its own variables.
https://opentelemetry.io/docs/languages/sdk-configuration/otlp-exporter/
"""

from collections.abc import Callable, Mapping

from opentelemetry.exporter.otlp.proto.http.metric_exporter import OTLPMetricExporter
from opentelemetry.metrics import Meter
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import PeriodicExportingMetricReader

from sightline.metrics import METRICS, Metric
from sightline.span_export import describe_resource, shut_down

#: Takes a value and its attributes.
Instrument = Callable[[float, dict[str, str]], None]

#: Limits of the histogram of a duration, in seconds. The objective for an image is 30 seconds.
DURATION_LIMITS = (0.1, 0.25, 0.5, 1, 2, 5, 10, 20, 30, 60, 120, 300, 900, 3600)


class OtlpMetrics:
    """`Recorder` on instruments of OpenTelemetry: histograms of seconds, counters and gauges."""

    def __init__(self, service: str) -> None:
        reader = PeriodicExportingMetricReader(OTLPMetricExporter())
        self._provider = MeterProvider([reader], describe_resource(service))
        self._instruments = create_instruments(self._provider.get_meter("sightline"))

    def record(self, metric: Metric, value: float, dimensions: Mapping[str, str]) -> None:
        """Take one measurement."""
        attributes = {name.lower(): each for name, each in dimensions.items()}
        self._instruments[metric.name](value, attributes)

    def close(self) -> None:
        """Export the rest, within a bounded time."""
        shut_down(self._provider.shutdown)


def create_instruments(meter: Meter) -> dict[str, Instrument]:
    """Return the instrument of each metric by the name of the metric."""
    return {metric.name: _create_instrument(meter, metric) for metric in METRICS}


def _create_instrument(meter: Meter, metric: Metric) -> Instrument:
    name = _name(metric)
    if metric.unit == "Seconds":
        return meter.create_histogram(
            name, "s", metric.description, explicit_bucket_boundaries_advisory=DURATION_LIMITS
        ).record
    if metric.is_level:
        return meter.create_gauge(name, "1", metric.description).set
    return meter.create_counter(name, "1", metric.description).add


def _name(metric: Metric) -> str:
    """Return the name as OpenTelemetry writes names: `sightline.image.seconds`."""
    words = "".join(f".{each.lower()}" if each.isupper() else each for each in metric.name)
    return f"sightline{words}"
