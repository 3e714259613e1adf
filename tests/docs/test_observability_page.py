"""docs/observability.md lists what the services record."""

from pathlib import Path

import pytest

from sightline.metrics import METRICS, Metric

PAGE = (Path(__file__).parents[2] / "docs" / "observability.md").read_text()


@pytest.mark.parametrize("metric", METRICS, ids=lambda metric: metric.name)
def test_page_lists_each_metric_with_its_dimensions(metric: Metric) -> None:
    (row,) = [line for line in PAGE.splitlines() if line.startswith(f"| `{metric.name}` |")]
    assert f"| {metric.unit.lower()} |" in row
    for dimension in metric.dimensions:
        assert f"`{dimension}`" in row
