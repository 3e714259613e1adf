"""The traces of the last while, in memory."""

from collections import OrderedDict
from collections.abc import Iterable
from typing import NamedTuple, Self

from sightline_local.traces.spans import Span

#: Traces that are kept, and spans of one trace; the oldest trace is dropped first.
MAX_TRACES = 2_000
MAX_SPANS_PER_TRACE = 2_000


class Trace(NamedTuple):
    """The spans of one trace that have arrived so far, in order of their start."""

    trace_id: str
    spans: tuple[Span, ...]

    @classmethod
    def of(cls, trace_id: str, spans: Iterable[Span]) -> Self:
        return cls(trace_id, tuple(sorted(spans, key=lambda span: (span.start, -span.end))))

    @property
    def name(self) -> str:
        """The name of the span that started first."""
        return self.spans[0].name

    @property
    def start(self) -> int:
        """Nanoseconds since 1970."""
        return self.spans[0].start

    @property
    def duration(self) -> int:
        """Nanoseconds from the first start to the last end."""
        return max(span.end for span in self.spans) - self.start

    @property
    def services(self) -> tuple[str, ...]:
        """The names of the services, in order of their first span."""
        return tuple(dict.fromkeys(span.service for span in self.spans))

    @property
    def image_id(self) -> str | None:
        """The image that the trace is about, if its spans name one."""
        return next((span.image_id for span in self.spans if span.image_id), None)

    @property
    def error(self) -> str | None:
        """The error of the first unit of work that failed; errors that it handled do not count."""
        known = {span.span_id: span for span in self.spans}
        for span in self.spans:
            parent = known.get(span.parent_id or "")
            is_root = parent is None or parent.service != span.service
            if is_root and span.error is not None:
                return span.error
        return None


class TraceStore:
    """A bounded number of traces."""

    def __init__(self, max_traces: int = MAX_TRACES) -> None:
        self._max_traces = max_traces
        self._spans: OrderedDict[str, dict[str, Span]] = OrderedDict()

    def add(self, spans: Iterable[Span]) -> None:
        """Add spans; a span that was exported twice is kept once."""
        for span in spans:
            known = self._spans.setdefault(span.trace_id, {})
            if len(known) < MAX_SPANS_PER_TRACE:
                known[span.span_id] = span
        while len(self._spans) > self._max_traces:
            self._spans.popitem(last=False)

    def list(self) -> list[Trace]:
        """Return all traces, latest first."""
        return [
            Trace.of(trace_id, spans.values()) for trace_id, spans in reversed(self._spans.items())
        ]

    def get(self, trace_id: str) -> Trace | None:
        spans = self._spans.get(trace_id)
        return None if spans is None else Trace.of(trace_id, list(spans.values()))

    def find_image(self, image_id: str) -> Trace | None:
        """Return the trace of the upload of this image: the first one that names it."""
        for trace_id, spans in list(self._spans.items()):
            if any(span.image_id == image_id for span in list(spans.values())):
                return self.get(trace_id)
        return None
