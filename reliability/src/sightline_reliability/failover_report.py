"""The timeline of a failover drill, and its plot."""

import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

#: Seconds over which the rate of uploads is averaged.
RATE_SECONDS = 3


class FailoverSample(NamedTuple):
    """The total of accepted uploads, and the changes that are not replicated yet."""

    at: float
    accepted: int
    pending: int


@dataclass
class FailoverTimeline:
    """Samples in chronological order; `marks` are the steps of the runbook."""

    started_at: float = 0.0
    samples: list[FailoverSample] = field(default_factory=list)
    marks: list[tuple[float, str]] = field(default_factory=list)

    def start(self) -> None:
        self.started_at = time.monotonic()

    def mark(self, label: str) -> None:
        self.marks.append((time.monotonic() - self.started_at, label))

    def add(self, accepted: int, pending: int) -> None:
        self.samples.append(FailoverSample(time.monotonic() - self.started_at, accepted, pending))


def plot_failover(timeline: FailoverTimeline, path: Path, title: str) -> None:
    """Plot the rate of accepted uploads and the replication backlog, with the marked steps."""
    import matplotlib as mpl

    mpl.use("Agg")
    import matplotlib.pyplot as plt

    figure, (upper, lower) = plt.subplots(2, 1, figsize=(11, 6), sharex=True)
    pairs = list(zip(timeline.samples, timeline.samples[RATE_SECONDS:], strict=False))
    upper.plot(
        [later.at for _, later in pairs],
        [(late.accepted - early.accepted) / (late.at - early.at) for early, late in pairs],
        color="#2b6cb0",
    )
    lower.plot(
        [sample.at for sample in timeline.samples],
        [sample.pending for sample in timeline.samples],
        color="#805ad5",
    )
    for number, (at, label) in enumerate(timeline.marks):
        color = "#c0392b" if label == "region lost" else "#2c7a4b"
        for axes in (upper, lower):
            axes.axvline(at, color=color, alpha=0.6, linewidth=0.9)
        # Neighboring labels are at different heights, because some steps take only seconds.
        upper.annotate(
            label,
            (at, 0.95 - 0.11 * (number % 4)),
            xycoords=("data", "axes fraction"),
            textcoords="offset points",
            xytext=(3, 0),
            fontsize="small",
            color=color,
        )
    upper.set(ylabel="accepted uploads per second", title=title)
    lower.set(ylabel="changes not replicated yet", xlabel="time, seconds")
    for axes in (upper, lower):
        axes.set_ylim(bottom=0)
        axes.grid(alpha=0.2)
    figure.tight_layout()
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, dpi=110)
    plt.close(figure)
