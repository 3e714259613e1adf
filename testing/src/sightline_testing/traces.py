"""Record traces in memory."""

from collections.abc import Iterator
from contextlib import contextmanager

from sightline import tracing


class RecordedTraces:
    """`tracing.Exporter` that keeps the finished units."""

    def __init__(self) -> None:
        self.units: list[tracing.Unit] = []

    def export(self, unit: tracing.Unit) -> None:
        self.units.append(unit)

    @property
    def spans(self) -> list[tracing.Span]:
        return [span for unit in self.units for span in unit.spans]

    def find(self, name: str) -> tracing.Span:
        """Return the only span with this name."""
        (span,) = [span for span in self.spans if span.name == name]
        return span


@contextmanager
def recorded_traces(ratio: float = 1.0) -> Iterator[RecordedTraces]:
    """Record traces within this context."""
    traces = RecordedTraces()
    tracing.enable(traces, ratio)
    try:
        yield traces
    finally:
        tracing.disable()
