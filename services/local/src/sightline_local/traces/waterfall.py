"""The waterfall of a trace: its spans as a tree, in order of their start."""

from collections.abc import Iterator
from typing import NamedTuple

from sightline_local.traces.spans import Span
from sightline_local.traces.store import Trace

#: Columns of the bar in the text.
BAR_COLUMNS = 32

NANOSECONDS_PER_MILLISECOND = 1e6


class Row(NamedTuple):
    """One span of a waterfall: how deep it is nested, and milliseconds from the trace's start."""

    span: Span
    depth: int
    start: float
    duration: float


def build_rows(trace: Trace) -> list[Row]:
    """Return the rows, each parent before its children.

    A span whose parent is not known is a root, such as that of a client which exports nothing.
    """
    known = {span.span_id for span in trace.spans}
    children: dict[str | None, list[Span]] = {}
    for span in trace.spans:
        parent = span.parent_id if span.parent_id in known else None
        children.setdefault(parent, []).append(span)

    def walk(parent: str | None, depth: int) -> Iterator[Row]:
        # Removed, so that spans that are their own ancestors end.
        for span in children.pop(parent, ()):
            start = (span.start - trace.start) / NANOSECONDS_PER_MILLISECOND
            duration = (span.end - span.start) / NANOSECONDS_PER_MILLISECOND
            yield Row(span, depth, start, duration)
            yield from walk(span.span_id, depth + 1)

    return list(walk(None, 0))


def render_text(trace: Trace) -> str:
    """Return the waterfall as lines of text: service, span, start, duration in ms, and a bar."""
    rows = build_rows(trace)
    total = trace.duration / NANOSECONDS_PER_MILLISECOND
    lines = [(row, f"{'  ' * row.depth}{row.span.name}") for row in rows]
    service_width = max(len(row.span.service) for row in rows)
    name_width = max(len(name) for _, name in lines)
    heading = f"{'Service':{service_width}}  {'Span':{name_width}}  {'Start':>9}  {'ms':>9}"
    return "\n".join(
        [
            f"Trace {trace.trace_id}, {total:,.0f} ms",
            heading,
            *(
                f"{row.span.service:{service_width}}  {name:{name_width}}  {row.start:9,.1f}  "
                f"{row.duration:9,.1f}  {_draw_bar(row, total)}"
                + (f"  {row.span.error}" if row.span.error else "")
                for row, name in lines
            ),
            "",
        ]
    )


def _draw_bar(row: Row, total: float) -> str:
    scale = BAR_COLUMNS / total if total else 0
    before = min(int(row.start * scale), BAR_COLUMNS - 1)
    length = min(max(1, round(row.duration * scale)), BAR_COLUMNS - before)
    return f"|{' ' * before}{'█' * length}{' ' * (BAR_COLUMNS - before - length)}|"
