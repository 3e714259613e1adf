"""The current metrics, in memory."""

from collections import OrderedDict
from collections.abc import Iterable
from typing import NamedTuple

from sightline_local.traces.metric_points import Attributes, Histogram, Point

#: Series that are kept; the one that was updated longest ago is dropped first.
MAX_SERIES = 10_000

_Key = tuple[str, str, str, Attributes]


class Series(NamedTuple):
    """The current value of one series, over all services and processes that record it."""

    name: str
    description: str
    unit: str
    attributes: Attributes
    value: float | Histogram
    is_level: bool


class MetricStore:
    """The last points of a bounded number of series."""

    def __init__(self, max_series: int = MAX_SERIES) -> None:
        self._max_series = max_series
        self._points: OrderedDict[_Key, Point] = OrderedDict()

    def add(self, points: Iterable[Point]) -> None:
        """Add points. An older one than that which is known has arrived late, and is ignored."""
        for point in points:
            # A process that has ended leaves its counts behind, but not its levels.
            instance = "" if point.is_level else point.instance
            key = (point.service, instance, point.name, point.attributes)
            known = self._points.get(key)
            if known is not None and point.time < known.time:
                continue
            value = point.value
            if known is not None and point.is_delta:
                value = _add(known.value, value)
            self._points[key] = point._replace(value=value)
            self._points.move_to_end(key)
        while len(self._points) > self._max_series:
            self._points.popitem(last=False)

    def list(self) -> list[Series]:
        """Return all series by name and attributes."""
        found: dict[tuple[str, Attributes], Series] = {}
        for point in list(self._points.values()):
            key = (point.name, point.attributes)
            series = Series(
                point.name,
                point.description,
                point.unit,
                point.attributes,
                point.value,
                point.is_level,
            )
            known = found.get(key)
            if known is not None:
                series = series._replace(value=_add(known.value, series.value))
            found[key] = series
        return [series for _, series in sorted(found.items(), key=lambda each: each[0])]


def _add(one: float | Histogram, other: float | Histogram) -> float | Histogram:
    """Return the sum; the other value if the kind of the metric has changed."""
    if isinstance(one, Histogram) and isinstance(other, Histogram):
        return one.merge(other)
    if isinstance(one, Histogram) or isinstance(other, Histogram):
        return other
    return one + other
