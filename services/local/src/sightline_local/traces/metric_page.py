"""The page of the current metrics, as HTML without scripts."""

from collections.abc import Sequence
from html import escape
from itertools import groupby

from sightline.domain.recognition import CALL_PRICES
from sightline_local.traces.html import render_page
from sightline_local.traces.metric_points import Attributes, Histogram
from sightline_local.traces.metric_store import Series

#: Quantiles of a histogram that the page shows.
QUANTILES = (0.5, 0.9, 0.95, 0.99)

#: Seconds between two loads of the page.
REFRESH_SECONDS = 5

#: Headings of the metrics of Sightline, in their order. Others follow with their own name.
HEADINGS = {
    "sightline.image.seconds": "Upload to ready",
    "sightline.queue.seconds": "Time in queue",
    "sightline.processing.seconds": "Processing",
    "sightline.failures": "Failures",
    "sightline.attempts": "Attempts",
    "sightline.recognition.calls": "Recognition calls",
    "sightline.event.streams": "Live event streams",
}

#: The counter that has an estimated cost.
CALLS = "sightline.recognition.calls"


def render_metrics(series: Sequence[Series]) -> str:
    """Return the page; each metric has a table with a row for each of its series."""
    order = list(HEADINGS)

    def place(name: str) -> tuple[int, str]:
        return (order.index(name) if name in HEADINGS else len(order), name)

    by_name = {name: list(each) for name, each in groupby(series, lambda each: each.name)}
    sections = "".join(_render_metric(by_name[name]) for name in sorted(by_name, key=place))
    body = sections or "<p>No metrics have arrived yet.</p>"
    return render_page("Metrics", f"<p><a href='/'>Traces</a></p>{body}", REFRESH_SECONDS)


def _render_metric(series: list[Series]) -> str:
    first = series[0]
    heading = escape(HEADINGS.get(first.name, first.name))
    unit = f" <code>{escape(first.name)}</code>, {escape(first.unit)}" if first.unit else ""
    table = (
        _render_histograms(series)
        if isinstance(first.value, Histogram)
        else _render_numbers(series)
    )
    return f"<h2>{heading}</h2><p>{escape(first.description)}{unit}</p>{table}"


def _render_histograms(series: list[Series]) -> str:
    quantiles = [f"p{share * 100:g}" for share in QUANTILES]
    rows = [
        [_label(each), f"{each.value.count:,}", *_summarize(each.value)]
        for each in series
        if isinstance(each.value, Histogram)
    ]
    return _render_table(["", "Count", "Mean", *quantiles, "Maximum"], rows)


def _summarize(value: Histogram) -> list[str]:
    figures = [value.mean, *(value.quantile(share) for share in QUANTILES), value.greatest]
    return ["" if figure is None else f"{figure:,.2f}" for figure in figures]


def _render_numbers(series: list[Series]) -> str:
    numbers = [(each, each.value) for each in series if not isinstance(each.value, Histogram)]
    if series[0].name != CALLS:
        return _render_table(
            ["", "Now" if series[0].is_level else "Count"],
            [[_label(each), f"{value:,g}"] for each, value in numbers],
        )
    costs = [_estimate_cost(each.attributes, value) for each, value in numbers]
    rows = [
        [_label(each), f"{value:,g}", f"${cost:,.4f}"]
        for (each, value), cost in zip(numbers, costs, strict=True)
    ]
    total = ["Total", f"{sum(value for _, value in numbers):,g}", f"${sum(costs):,.4f}"]
    return _render_table(["", "Count", "Cost on AWS, estimated"], [*rows, total])


def _estimate_cost(attributes: Attributes, calls: float) -> float:
    """Return what the calls of a feature would cost, in US dollars."""
    feature = dict(attributes).get("feature", "")
    prices = {each.value: price for each, price in CALL_PRICES.items()}
    return prices.get(feature, 0) * calls / 1000


def _label(series: Series) -> str:
    return ", ".join(value for _, value in series.attributes) or "All"


def _render_table(columns: list[str], rows: list[list[str]]) -> str:
    head = "".join(_render_cell("th", place, text) for place, text in enumerate(columns))
    body = "".join(
        f"<tr>{''.join(_render_cell('td', place, text) for place, text in enumerate(row))}</tr>"
        for row in rows
    )
    return f"<table class=narrow><tr>{head}</tr>{body}</table>"


def _render_cell(tag: str, place: int, text: str) -> str:
    kind = " class=number" if place else ""
    return f"<{tag}{kind}>{escape(text)}</{tag}>"
