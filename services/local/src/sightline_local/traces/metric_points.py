"""Metrics as received by OTLP: the protobuf messages of OpenTelemetry as values.

https://github.com/open-telemetry/opentelemetry-proto/blob/main/opentelemetry/proto/metrics/v1/metrics.proto
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import NamedTuple, Self

from google.protobuf.message import DecodeError
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest
from opentelemetry.proto.metrics.v1 import metrics_pb2

from sightline_local.traces.spans import (
    SERVICE_ATTRIBUTE,
    UNKNOWN_SERVICE,
    InvalidExport,
    parse_attributes,
)

#: Names one process of a service.
INSTANCE_ATTRIBUTE = "service.instance.id"

#: Names and values of the attributes of a series, sorted.
Attributes = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Histogram:
    """How many measurements are in each bucket; bucket `n` ends with `limits[n]`.

    The last bucket has no limit. `least` and `greatest` are the extreme measurements, if known.
    """

    limits: tuple[float, ...]
    counts: tuple[int, ...]
    total: float
    least: float | None = None
    greatest: float | None = None

    @property
    def count(self) -> int:
        return sum(self.counts)

    @property
    def mean(self) -> float | None:
        return self.total / self.count if self.count else None

    def merge(self, other: Self) -> Self:
        """Return the measurements of both; those of the other only if it has other buckets."""
        if other.limits != self.limits:
            return other
        counts = tuple(map(sum, zip(self.counts, other.counts, strict=True)))
        return replace(
            self,
            counts=counts,
            total=self.total + other.total,
            least=_choose(min, self.least, other.least),
            greatest=_choose(max, self.greatest, other.greatest),
        )

    def quantile(self, share: float) -> float | None:
        """Estimate the measurement below which this share of them is; None if there are none.

        Measurements are taken to be spread evenly over their bucket, as Prometheus does.
        https://prometheus.io/docs/prometheus/latest/querying/functions/#histogram_quantile
        """
        rank = share * self.count
        if not self.count:
            return None
        for (start, end), count in zip(pairwise(self._edges()), self.counts, strict=True):
            if count and rank <= count:
                return start + (end - start) * rank / count
            rank -= count
        return self._edges()[-1]

    def _edges(self) -> list[float]:
        """Return the ends of all buckets, within the extreme measurements if they are known."""
        first = min(0.0, *self.limits) if self.least is None else self.least
        last = max(first, *self.limits) if self.greatest is None else self.greatest
        return [first, *(min(max(each, first), last) for each in self.limits), last]


def _choose(
    extreme: Callable[[float, float], float], one: float | None, other: float | None
) -> float | None:
    """Return the extreme of both; None if one is not known."""
    return None if one is None or other is None else extreme(one, other)


class Point(NamedTuple):
    """The state of one series in one process; `time` is in nanoseconds since 1970.

    `value` is the sum so far of a counter, a level if `is_level`, or a histogram. If `is_delta`, it
    is what was added since the last point.
    """

    service: str
    instance: str
    name: str
    description: str
    unit: str
    attributes: Attributes
    time: int
    value: float | Histogram
    is_level: bool = False
    is_delta: bool = False


def parse_metrics(body: bytes) -> list[Point]:
    """Return the points of an export request. Raises `InvalidExport`.

    Exponential histograms and summaries are left out.
    """
    request = ExportMetricsServiceRequest()
    try:
        request.ParseFromString(body)
    except DecodeError as error:
        raise InvalidExport("the body is no ExportMetricsServiceRequest") from error
    return [
        point
        for resource_metrics in request.resource_metrics
        for resource in [dict(parse_attributes(resource_metrics.resource.attributes))]
        for scope_metrics in resource_metrics.scope_metrics
        for metric in scope_metrics.metrics
        for point in _parse_points(
            str(resource.get(SERVICE_ATTRIBUTE, UNKNOWN_SERVICE)),
            str(resource.get(INSTANCE_ATTRIBUTE, "")),
            metric,
        )
    ]


def _parse_points(service: str, instance: str, metric: metrics_pb2.Metric) -> Iterator[Point]:
    kind = metric.WhichOneof("data")
    if kind not in {"sum", "gauge", "histogram"}:
        return
    data = getattr(metric, kind)
    is_delta = kind != "gauge" and (
        data.aggregation_temporality == metrics_pb2.AGGREGATION_TEMPORALITY_DELTA
    )
    for point in data.data_points:
        value = _parse_histogram(point) if kind == "histogram" else _parse_number(point)
        if value is not None:
            yield Point(
                service=service,
                instance=instance,
                name=metric.name,
                description=metric.description,
                unit=metric.unit,
                attributes=_sort(parse_attributes(point.attributes)),
                time=point.time_unix_nano,
                value=value,
                is_level=kind == "gauge" or (kind == "sum" and not metric.sum.is_monotonic),
                is_delta=is_delta,
            )


def _sort(attributes: Iterable[tuple[str, object]]) -> Attributes:
    return tuple(sorted((name, str(value)) for name, value in attributes))


def _parse_number(point: metrics_pb2.NumberDataPoint) -> float | None:
    kind = point.WhichOneof("value")
    return None if kind is None else float(getattr(point, kind))


def _parse_histogram(point: metrics_pb2.HistogramDataPoint) -> Histogram | None:
    limits, counts = tuple(point.explicit_bounds), tuple(point.bucket_counts)
    if len(counts) != len(limits) + 1:
        return None
    return Histogram(
        limits,
        counts,
        point.sum,
        point.min if point.HasField("min") else None,
        point.max if point.HasField("max") else None,
    )
