"""The pages of the viewer, as HTML without scripts."""

from collections.abc import Iterable
from datetime import UTC, datetime
from html import escape

from sightline_local.traces.html import render_page
from sightline_local.traces.spans import Span
from sightline_local.traces.store import Trace
from sightline_local.traces.waterfall import NANOSECONDS_PER_MILLISECOND, Row, build_rows

#: Rows of each list.
MAX_LISTED = 50


def render_list(traces: list[Trace]) -> str:
    """Return the page that lists failed traces, the slowest and the latest."""
    failed = [trace for trace in traces if trace.error is not None]
    slowest = sorted(traces, key=lambda trace: -trace.duration)
    # Traces of uploads are what an operator looks for; most others are single requests.
    images = [trace for trace in slowest if trace.image_id is not None]
    sections = [
        ("Failed", failed),
        ("Slowest images", images),
        ("Slowest", slowest),
        ("Latest", traces),
    ]
    body = "".join(
        f"<h2>{heading} ({len(listed)})</h2>{_render_table(listed[:MAX_LISTED])}"
        for heading, listed in sections
    )
    return render_page("Traces", f"<p><a href='/metrics'>Metrics</a></p>{body}")


def render_trace(trace: Trace) -> str:
    """Return the page with the waterfall of one trace."""
    rows = build_rows(trace)
    summary = f"{_format_time(trace.start)}, {_format_milliseconds(trace.duration)} ms"
    if trace.image_id:
        summary += f", image {escape(trace.image_id)}"
    header = (
        "<tr><th>Service</th><th>Span</th><th class=number>Start, ms</th>"
        "<th class=number>Duration, ms</th><th class=bar></th></tr>"
    )
    body = f"<p><a href='/'>All traces</a></p><p>{summary}</p><table>{header}"
    body += "".join(_render_row(row, trace) for row in rows) + "</table>"
    return render_page(f"Trace {trace.trace_id}", body)


def render_missing() -> str:
    """Return the page of a trace that is not known."""
    return render_page(
        "Trace not found",
        "<p>It has not arrived yet, or newer traces have replaced it. "
        "<a href='/'>All traces</a></p>",
    )


def _render_table(traces: Iterable[Trace]) -> str:
    header = (
        "<tr><th>Trace</th><th>Started</th><th class=number>Duration, ms</th>"
        "<th class=number>Spans</th><th>Services</th><th>Error</th></tr>"
    )
    return f"<table>{header}{''.join(map(_render_summary, traces))}</table>"


def _render_summary(trace: Trace) -> str:
    return (
        f"<tr><td><a href='/traces/{escape(trace.trace_id)}'>{escape(trace.name)}</a></td>"
        f"<td>{_format_time(trace.start)}</td>"
        f"<td class=number>{_format_milliseconds(trace.duration)}</td>"
        f"<td class=number>{len(trace.spans)}</td><td>{escape(', '.join(trace.services))}</td>"
        f"<td class=error>{escape(trace.error or '')}</td></tr>"
    )


def _render_row(row: Row, trace: Trace) -> str:
    span = row.span
    failed = " class=failed" if span.error else ""
    total = max(trace.duration, 1) / NANOSECONDS_PER_MILLISECOND
    # At least a fifth of a percent, so that every span is visible.
    width = max(row.duration / total * 100, 0.2)
    return (
        f"<tr><td>{escape(span.service)}</td>"
        f"<td style='padding-left:{row.depth * 1.2:.1f}rem'>{_render_details(span)}</td>"
        f"<td class=number>{row.start:,.1f}</td><td class=number>{row.duration:,.1f}</td>"
        f"<td class=bar><svg viewBox='0 0 100 1' preserveAspectRatio='none' role=img "
        f"aria-label='{row.start:.1f} to {row.start + row.duration:.1f} ms'>"
        f"<rect{failed} x='{row.start / total * 100:.2f}' width='{width:.2f}' height='1'/></svg>"
        "</td></tr>"
    )


def _render_details(span: Span) -> str:
    error = f" <span class=error>{escape(span.error)}</span>" if span.error else ""
    attributes = "".join(
        f"<dt>{escape(name)}</dt><dd>{escape(str(value))}</dd>"
        for name, value in sorted(span.attributes.items())
    )
    links = "".join(
        f"<dt>linked trace</dt><dd><a href='/traces/{escape(link)}'>{escape(link)}</a></dd>"
        for link in span.links
    )
    if not attributes + links:
        return f"{escape(span.name)}{error}"
    summary = f"<summary>{escape(span.name)}{error}</summary>"
    return f"<details>{summary}<dl>{attributes}{links}</dl></details>"


def _format_time(nanoseconds: int) -> str:
    return f"{datetime.fromtimestamp(nanoseconds / 1e9, UTC):%Y-%m-%d %H:%M:%S.%f}"[:-3] + " UTC"


def _format_milliseconds(nanoseconds: int) -> str:
    return f"{nanoseconds / NANOSECONDS_PER_MILLISECOND:,.1f}"
