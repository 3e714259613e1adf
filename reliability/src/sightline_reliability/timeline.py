"""Samples of a chaos run over time, and their plot."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple


class Sample(NamedTuple):
    """Cumulative counts and queue depths at one moment, in seconds since the start.

    `recognition` and `renditions` are the unsettled messages of each queue.
    """

    at: float
    accepted: int
    settled: int
    faults: int
    recognition: int
    renditions: int


@dataclass
class Timeline:
    """Samples in chronological order; `marks` are labeled moments, such as a kill."""

    started_at: float = field(default_factory=time.monotonic)
    samples: list[Sample] = field(default_factory=list)
    marks: list[tuple[float, str]] = field(default_factory=list)

    def mark(self, label: str) -> None:
        self.marks.append((time.monotonic() - self.started_at, label))

    def add(self, accepted: int, settled: int, faults: int, backlog: tuple[int, int]) -> None:
        at = time.monotonic() - self.started_at
        self.samples.append(Sample(at, accepted, settled, faults, *backlog))


def count_unsettled(sqs: Any, queue_url: str) -> int:
    """Return the number of messages that are visible, delayed or in flight."""
    names = [f"ApproximateNumberOfMessages{each}" for each in ("", "NotVisible", "Delayed")]
    response = sqs.get_queue_attributes(QueueUrl=queue_url, AttributeNames=names)
    return sum(int(response["Attributes"][name]) for name in names)


async def sample_periodically(
    take_sample: Callable[[], Any], interval_seconds: float = 1.0
) -> None:
    """Take samples until cancelled; skip those that fail."""
    while True:
        await asyncio.gather(take_sample(), return_exceptions=True)
        await asyncio.sleep(interval_seconds)


MARK_COLORS = {"SIGKILL": "#c0392b", "SIGTERM": "#e6a23c", "faults end": "#2c7a4b"}


def plot_timeline(timeline: Timeline, path: Path, title: str) -> None:
    """Plot throughput above and queue depth below, with a vertical line for every mark."""
    import matplotlib as mpl

    mpl.use("Agg")
    import matplotlib.pyplot as plt

    figure, (upper, lower) = plt.subplots(2, 1, figsize=(11, 6), sharex=True)
    pairs = list(zip(timeline.samples, timeline.samples[5:], strict=False))
    times = [later.at for _, later in pairs]
    for name, color in (("accepted", "#2b6cb0"), ("settled", "#2c7a4b"), ("faults", "#c0392b")):
        rates = [
            (getattr(later, name) - getattr(earlier, name)) / (later.at - earlier.at)
            for earlier, later in pairs
        ]
        label = {"accepted": "uploads", "settled": "messages settled", "faults": "faults"}[name]
        upper.plot(times, rates, color=color, label=label, linewidth=1.2)
    for name, color in (("recognition", "#2b6cb0"), ("renditions", "#805ad5")):
        lower.plot(
            [sample.at for sample in timeline.samples],
            [getattr(sample, name) for sample in timeline.samples],
            color=color,
            label=f"{name} queue",
        )
    for at, label in timeline.marks:
        for axes in (upper, lower):
            axes.axvline(at, color=MARK_COLORS.get(label, "#888888"), alpha=0.35, linewidth=0.8)
    upper.set(ylabel="rate, per second", title=title)
    lower.set(
        ylabel="unsettled messages",
        xlabel="time, seconds (red: SIGKILL, yellow: SIGTERM, gray: SIGSTOP, green: faults end)",
    )
    for axes in (upper, lower):
        axes.legend(loc="upper left", fontsize="small")
        axes.set_ylim(bottom=0)
        axes.grid(alpha=0.2)
    figure.tight_layout()
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, dpi=120)
    plt.close(figure)
