"""The dashboard of an applied stack."""

import json
import re

import pytest

from infra.conftest import Applied
from infra.terraform import Json
from sightline import metrics

#: Metrics in the namespace of the services: name and dimensions.
Series = tuple[str, tuple[tuple[str, str], ...]]


@pytest.fixture(scope="module")
def graphs(applied: Applied) -> dict[str, Json]:
    """Return the properties of all graphs of the dashboard by title."""
    body = applied.client("cloudwatch").get_dashboard(DashboardName=applied.outputs["name"])
    widgets = json.loads(body["DashboardBody"])["widgets"]
    positions = {(widget["x"], widget["y"]) for widget in widgets}
    assert len(positions) == len(widgets)
    return {
        widget["properties"]["title"]: widget["properties"]
        for widget in widgets
        if widget["type"] == "metric"
    }


def _find_series(graph: Json, namespace: str) -> set[Series]:
    """Return the metrics of the services in a graph."""
    series = set()
    for metric in graph["metrics"]:
        if metric[0] == namespace:
            name, *rest = [each for each in metric[1:] if isinstance(each, str)]
            series.add((name, tuple(zip(rest[::2], rest[1::2], strict=True))))
    return series


def test_dashboard_shows_all_metrics_of_the_services(
    applied: Applied, graphs: dict[str, Json]
) -> None:
    """Each metric is in a graph, with dimensions and values that the services write."""
    namespace = applied.outputs["settings"]["worker"]["SIGHTLINE_METRICS_NAMESPACE"]
    shown = {series for graph in graphs.values() for series in _find_series(graph, namespace)}
    known = {metric.name: metric for metric in metrics.METRICS}
    for name, dimensions in shown:
        values = known[name].dimensions
        assert [dimension for dimension, _ in dimensions] == list(values)
        assert all(value in values[dimension] for dimension, value in dimensions)
    # A search finds the codes that have occurred, instead of naming all of them.
    (search,) = graphs["Failures by code"]["metrics"][0]
    (code,) = metrics.FAILURES.dimensions
    pattern = f"SEARCH('{{\"{namespace}\",{code}}} MetricName=\"{metrics.FAILURES.name}\"', 'Sum')"
    assert search["expression"] == pattern
    assert {name for name, _ in shown} == known.keys() - {metrics.FAILURES.name}


def test_dashboard_estimates_the_cost_of_all_features(graphs: dict[str, Json]) -> None:
    """Each paid feature counts with its price."""
    graph = graphs["Recognition: estimated cost in the period shown (US dollars)"]
    (math,), *_ = graph["metrics"]
    prices = {
        feature: float(price)
        for price, feature in re.findall(r"([\d.]+) \* FILL\((\w+), 0\)", math["expression"])
    }
    assert prices == {
        feature: 0.00075 if feature == "properties" else 0.001
        for feature in metrics.RECOGNITION_CALLS.dimensions["Feature"]
    }


@pytest.mark.parametrize(("objective", "percent"), [("Images", 99), ("Requests", 99.9)])
def test_dashboard_shows_objectives(
    graphs: dict[str, Json], objective: str, percent: float
) -> None:
    """The share of good events is drawn next to its target, from metrics that are hidden."""
    (graph,) = [
        graph
        for title, graph in graphs.items()
        if title.startswith(objective) and "objective" in title
    ]
    assert [line["value"] for line in graph["annotations"]["horizontal"]] == [percent]
    (math,), *hidden = graph["metrics"]
    ids = {metric[-1]["id"] for metric in hidden}
    assert set(re.findall(r"\b[a-z]\w+", math["expression"])) == ids
    assert all(metric[-1]["visible"] is False for metric in hidden)
