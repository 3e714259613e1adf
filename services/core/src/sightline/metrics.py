"""Metrics: how long images take, how they end, and what they cost.

Each metric has a fixed set of dimensions with fixed values, so the number of series is bounded by
this file. A value that is not listed is recorded as `other`. Nothing is recorded until `enable` is
called; docs/observability.md lists the metrics.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, Protocol

#: Units of CloudWatch.
#: https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_MetricDatum.html
Unit = Literal["Seconds", "Count"]

#: Value of a dimension for everything that is not listed.
OTHER = "other"

PARTS = ("recognition", "renditions")

#: Codes of failures that have a series each; the others share one.
FAILURE_CODES = (
    "broken_image",
    "budget_exceeded",
    "checksum_mismatch",
    "decode_timeout",
    "file_too_large",
    "retries_exhausted",
    "size_mismatch",
    "too_many_pixels",
    "too_much_memory",
    "unsupported_format",
)


@dataclass(frozen=True, slots=True, eq=False)
class Metric:
    """A metric; `dimensions` maps the name of each dimension to its values.

    A level, unlike a count, is not added up.
    """

    name: str
    unit: Unit
    description: str
    dimensions: Mapping[str, tuple[str, ...]]
    is_level: bool = False

    @property
    def max_series(self) -> int:
        """The number of series at most, with `other` for each dimension."""
        product = 1
        for values in self.dimensions.values():
            product *= len(values) + 1
        return product


IMAGE_SECONDS = Metric(
    "ImageSeconds",
    "Seconds",
    "Time from the upload or the command to reprocess until no part of the image is pending: "
    "`ready`, `rejected` for a reason in the image, or `failed` for another one",
    {"Outcome": ("ready", "rejected", "failed")},
)
QUEUE_SECONDS = Metric(
    "QueueSeconds",
    "Seconds",
    "Time that a message waited until it was first received",
    {"Part": PARTS},
)
PROCESSING_SECONDS = Metric(
    "ProcessingSeconds",
    "Seconds",
    "Time to process a part of an image, without the time in the queue",
    {"Part": PARTS, "Outcome": ("succeeded", "failed")},
)
FAILURES = Metric(
    "Failures", "Count", "Parts that failed, by the code of the failure", {"Code": FAILURE_CODES}
)
ATTEMPTS = Metric(
    "Attempts",
    "Count",
    "Deliveries of a message, by how they ended: `retried` is delivered again, and `exhausted` was "
    "the last one",
    {"Part": PARTS, "Outcome": ("handled", "retried", "exhausted")},
)
RECOGNITION_CALLS = Metric(
    "RecognitionCalls",
    "Count",
    "Paid calls of Amazon Rekognition",
    {"Feature": ("labels", "properties", "text", "faces", "moderation")},
)
CIRCUIT_OPEN = Metric(
    "CircuitOpen",
    "Count",
    "1 at each failed probe of a dependency that is down, and 0 when it works again",
    {"Part": PARTS},
    is_level=True,
)
WEBHOOK_DELIVERIES = Metric(
    "WebhookDeliveries",
    "Count",
    "Attempts to deliver a message to a webhook endpoint, by how they ended: `retried` is "
    "attempted again, and `failed` is not, also because the endpoint is paused",
    {"Outcome": ("delivered", "retried", "failed")},
)
EVENT_STREAMS = Metric(
    "EventStreams",
    "Count",
    "Event streams that are open at a task, recorded when one opens or ends",
    {},
    is_level=True,
)

METRICS = (
    IMAGE_SECONDS,
    QUEUE_SECONDS,
    PROCESSING_SECONDS,
    FAILURES,
    ATTEMPTS,
    RECOGNITION_CALLS,
    CIRCUIT_OPEN,
    WEBHOOK_DELIVERIES,
    EVENT_STREAMS,
)


class Recorder(Protocol):
    """Takes measurements; must return quickly and never raise."""

    def record(self, metric: Metric, value: float, dimensions: Mapping[str, str]) -> None:
        """Take one measurement, whose dimensions have listed values."""


_recorder: Recorder | None = None


def enable(recorder: Recorder) -> None:
    """Record measurements from now on."""
    global _recorder
    _recorder = recorder


def disable() -> None:
    """Record nothing from now on."""
    global _recorder
    _recorder = None


def is_enabled() -> bool:
    """Return whether measurements are recorded."""
    return _recorder is not None


def record(metric: Metric, value: float = 1, **dimensions: str) -> None:
    """Record one measurement; `dimensions` are the metric's, in any order."""
    if _recorder is None:
        return
    listed = {
        name: dimensions[name] if dimensions[name] in values else OTHER
        for name, values in metric.dimensions.items()
    }
    _recorder.record(metric, value, listed)
