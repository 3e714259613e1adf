"""Record traces: where the time of a request or a message goes, across services.

A unit of work (one request, one message) is a *root span*; what it waits for are its *child spans*.
The spans of a unit stay in memory until the unit ends. Then they are exported if the trace is
sampled, or if the unit failed: whether it fails is not known when it starts, nor is the trace that
a message belongs to, which is stored in the row of its image.

Nothing is recorded until `enable` is called, and spans outside a unit are never recorded, such as
those of polls. `sightline.otlp` converts finished units into spans of OpenTelemetry.

An attribute may hold a name of the code, a status, a count or the id of an image. It must not hold
what users write or what identifies them; see docs/observability.md.
"""

import random
import re
import time
from collections.abc import Mapping
from contextvars import ContextVar, Token
from types import TracebackType
from typing import Literal, NamedTuple, Protocol, Self

Kind = Literal["internal", "server", "client", "producer", "consumer"]
AttributeValue = str | int | float | bool

#: Name of the span of a message's time in its queue.
QUEUE_SPAN_NAME = "in queue"

#: Spans that one unit records at most; its root counts the others in `sightline.dropped_spans`.
MAX_SPANS = 1_000

#: Version 00 of the header: trace id, parent id and flags. A later version may append fields.
#: https://www.w3.org/TR/trace-context/#traceparent-header-field-values
TRACEPARENT = re.compile(r"([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?")

#: The flag of a sampled trace, and the version that is invalid.
SAMPLED = 0x01
INVALID_VERSION = "ff"

#: Sampling compares the low 64 bits of the trace id with the ratio, as OpenTelemetry does.
#: https://opentelemetry.io/docs/specs/otel/trace/sdk/#traceidratiobased
ID_BITS = 64

SPAN_ID_BITS = 64
TRACE_ID_BITS = 128


class TraceContext(NamedTuple):
    """A position in a trace: what continues it is a child of this span."""

    trace_id: int
    span_id: int
    is_sampled: bool


class Exporter(Protocol):
    """Exports the spans of a finished unit; must return quickly and never raise."""

    def export(self, unit: "Unit") -> None: ...


class _Tracer(NamedTuple):
    exporter: Exporter
    #: Trace ids below it are sampled, by their low 64 bits.
    bound: int


_tracer: _Tracer | None = None


class Unit:
    """The spans of one unit of work; the first is its root.

    `owner` is the owner whose data it processes. Times of spans are in nanoseconds of the
    performance counter; adding `epoch` makes them Unix times.
    """

    __slots__ = (
        "dropped",
        "epoch",
        "is_ended",
        "is_sampled",
        "links",
        "owner",
        "parent_id",
        "spans",
        "trace_id",
    )

    def __init__(self, parent: TraceContext | None, links: tuple[TraceContext, ...]) -> None:
        self.epoch = time.time_ns() - time.perf_counter_ns()
        self.spans: list[Span] = []
        self.links = links
        self.owner: str | None = None
        self.is_ended = False
        self.dropped = 0
        self.parent_id: int | None = None
        if parent is None:
            self.trace_id = random.getrandbits(TRACE_ID_BITS) or 1
            self.is_sampled = should_sample(self.trace_id)
        else:
            self.trace_id, self.parent_id, self.is_sampled = parent

    def join(self, context: TraceContext) -> None:
        """Make the unit a part of this trace; link it to the trace if it is a part of another."""
        known = {(self.trace_id, self.parent_id), *(link[:2] for link in self.links)}
        if context[:2] in known:
            return
        if self.parent_id is None:
            self.trace_id, self.parent_id, self.is_sampled = context
        else:
            self.links += (context,)

    def add(self, span: "Span") -> None:
        if len(self.spans) < MAX_SPANS:
            self.spans.append(span)
        else:
            self.dropped += 1

    def finish(self) -> None:
        """Export the spans if the trace is sampled or the unit failed."""
        self.is_ended = True
        if _tracer is not None and (self.is_sampled or self.spans[0].error is not None):
            _tracer.exporter.export(self)


class Span:
    """One operation; a context that records its end, and that makes it the current span.

    `parent_id` is None if it is a child of what the unit is a child of. `error` is the name of what
    failed: the type of an exception or a code, never a message, which may quote user data.
    """

    __slots__ = (
        "_token",
        "attributes",
        "end",
        "error",
        "kind",
        "name",
        "parent_id",
        "span_id",
        "start",
        "unit",
    )

    def __init__(self, unit: Unit, name: str, kind: Kind, parent_id: int | None) -> None:
        self.unit = unit
        self.name = name
        self.kind = kind
        self.parent_id = parent_id
        self.span_id = random.getrandbits(SPAN_ID_BITS) or 1
        self.attributes: dict[str, AttributeValue] = {}
        self.error: str | None = None
        self.end: int | None = None
        self._token: Token[Span | None] | None = None
        unit.add(self)
        self.start = time.perf_counter_ns()

    def set(self, name: str, value: AttributeValue) -> None:
        """Set an attribute."""
        self.attributes[name] = value

    def rename(self, name: str) -> None:
        """Replace the name, once a better one is known."""
        self.name = name

    def set_owner(self, owner: str) -> None:
        """Name the owner of the data that the unit processes; exported only as a keyed hash."""
        self.unit.owner = owner

    def fail(self, error: str) -> None:
        """Mark the operation as failed; the first error counts."""
        self.error = self.error or error

    def finish(self) -> None:
        """Record the end; the end of the root span ends the unit."""
        if self.end is None:
            self.end = time.perf_counter_ns()
            if self.unit.spans[0] is self:
                self.unit.finish()

    def __enter__(self) -> Self:
        self._token = _current.set(self)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._token is not None:
            _current.reset(self._token)
        if kind is not None:
            self.fail(kind.__qualname__)
        self.finish()


class NullSpan:
    """Records nothing: while tracing is off, and outside a unit."""

    __slots__ = ()

    def set(self, name: str, value: AttributeValue) -> None:
        pass

    def rename(self, name: str) -> None:
        pass

    def set_owner(self, owner: str) -> None:
        pass

    def fail(self, error: str) -> None:
        pass

    def finish(self) -> None:
        pass

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        pass


NULL_SPAN = NullSpan()

#: The span that the code is in.
_current: ContextVar[Span | None] = ContextVar("span", default=None)


def enable(exporter: Exporter, ratio: float = 1.0) -> None:
    """Record traces from now on, and sample this share of those that start here (0 to 1)."""
    global _tracer
    _tracer = _Tracer(exporter, round(ratio * 2**ID_BITS))


def disable() -> None:
    """Record nothing from now on."""
    global _tracer
    _tracer = None


def is_enabled() -> bool:
    """Return whether traces are recorded."""
    return _tracer is not None


def should_sample(trace_id: int) -> bool:
    """Return whether a trace that starts here is sampled: the same for the same id."""
    return _tracer is not None and trace_id & (2**ID_BITS - 1) < _tracer.bound


def root_span(
    name: str,
    kind: Kind,
    parent: TraceContext | None = None,
    links: tuple[TraceContext, ...] = (),
    waiting_since: float | None = None,
) -> Span | NullSpan:
    """Return the root span of a new unit, which continues the trace of `parent` if there is one.

    A span "in queue" before it covers the time since `waiting_since` (Unix seconds).
    """
    if _tracer is None:
        return NULL_SPAN
    root = Span(Unit(parent, links), name, kind, None)
    if waiting_since is not None:
        unit = root.unit
        queued = Span(unit, QUEUE_SPAN_NAME, "internal", None)
        queued.start = min(int(waiting_since * 1e9) - unit.epoch, root.start)
        queued.end = root.start
    return root


def child_span(
    name: str, kind: Kind = "internal", attributes: Mapping[str, AttributeValue] | None = None
) -> Span | NullSpan:
    """Return a child of the current span."""
    if _tracer is None or (parent := _current_span()) is None:
        return NULL_SPAN
    span = Span(parent.unit, name, kind, parent.span_id)
    if attributes is not None:
        span.attributes.update(attributes)
    return span


def set_attribute(name: str, value: AttributeValue) -> None:
    """Set an attribute of the current unit's root span."""
    if (current := _current_span()) is not None:
        current.unit.spans[0].set(name, value)


def fail_unit(error: str) -> None:
    """Mark the current unit as failed, so that its spans are exported in any case."""
    if (current := _current_span()) is not None:
        current.unit.spans[0].fail(error)


def join_trace(traceparent: str | None) -> None:
    """Make the current unit a part of the trace, or link it if it is a part of another one."""
    if (current := _current_span()) is not None and (context := parse_traceparent(traceparent)):
        current.unit.join(context)


def current_context() -> TraceContext | None:
    """Return the position of the current span; None outside a unit."""
    if (current := _current_span()) is None:
        return None
    return TraceContext(current.unit.trace_id, current.span_id, current.unit.is_sampled)


def current_traceparent() -> str | None:
    """Return the position of the current span as a `traceparent`; None outside a unit."""
    context = current_context()
    return None if context is None else format_traceparent(context)


def parse_traceparent(value: str | None) -> TraceContext | None:
    """Return the context of a `traceparent` header; None if it is absent or invalid."""
    match = TRACEPARENT.fullmatch(value) if value else None
    if match is None:
        return None
    version, trace_id, span_id, flags, rest = match.groups()
    if version == INVALID_VERSION or (version == "00" and rest):
        return None
    context = TraceContext(int(trace_id, 16), int(span_id, 16), bool(int(flags, 16) & SAMPLED))
    return context if context.trace_id and context.span_id else None


def format_traceparent(context: TraceContext) -> str:
    """Return the context as the value of a `traceparent` header."""
    return f"00-{context.trace_id:032x}-{context.span_id:016x}-{context.is_sampled:02x}"


def _current_span() -> Span | None:
    """Return the current span; None if its unit has ended, as for what a request left behind."""
    if _tracer is None:
        return None
    span = _current.get()
    return None if span is None or span.unit.is_ended else span
