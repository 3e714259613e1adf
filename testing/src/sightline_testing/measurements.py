"""Record metrics in memory."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import NamedTuple

from sightline import metrics
from sightline.metrics import Metric


class Measurement(NamedTuple):
    metric: Metric
    value: float
    dimensions: dict[str, str]


class RecordedMeasurements:
    """`metrics.Recorder` that keeps everything."""

    def __init__(self) -> None:
        self.all: list[Measurement] = []

    def record(self, metric: Metric, value: float, dimensions: Mapping[str, str]) -> None:
        self.all.append(Measurement(metric, value, dict(dimensions)))

    def find(self, metric: Metric) -> list[dict[str, str]]:
        """Return the dimensions of each measurement of the metric."""
        return [each.dimensions for each in self.all if each.metric is metric]


@contextmanager
def recorded_measurements() -> Iterator[RecordedMeasurements]:
    """Record metrics within this context."""
    recorded = RecordedMeasurements()
    metrics.enable(recorded)
    try:
        yield recorded
    finally:
        metrics.disable()
