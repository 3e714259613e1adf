"""How a trial went, second by second, and the picture of it."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple


class Sample(NamedTuple):
    """Counts so far, and messages that wait or are in work, at one moment."""

    at: float
    accepted: int
    settled: int
    faults: int
    recognition: int
    renditions: int


@dataclass
class Timeline:
    """Samples by time; `marks` are moments with a word, as of a kill."""

    began: float = field(default_factory=time.monotonic)
    samples: list[Sample] = field(default_factory=list)
    marks: list[tuple[float, str]] = field(default_factory=list)

    def mark(self, word: str) -> None:
        self.marks.append((time.monotonic() - self.began, word))

    def add(self, accepted: int, settled: int, faults: int, backlog: tuple[int, int]) -> None:
        at = time.monotonic() - self.began
        self.samples.append(Sample(at, accepted, settled, faults, *backlog))


def count_waiting(sqs: Any, url: str) -> int:
    """Messages of a queue that are not settled: waiting, delayed or in work."""
    names = [f"ApproximateNumberOfMessages{each}" for each in ("", "NotVisible", "Delayed")]
    found = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=names)["Attributes"]
    return sum(int(found[name]) for name in names)


async def watch(take: Callable[[], Any], interval: float = 1.0) -> None:
    """Take a sample every so often until cancelled; one that fails is left out."""
    while True:
        await asyncio.gather(take(), return_exceptions=True)
        await asyncio.sleep(interval)


#: What marks look like.
COLOURS = {"SIGKILL": "#c0392b", "SIGTERM": "#e6a23c", "faults end": "#2c7a4b"}


def draw(timeline: Timeline, path: Path, title: str) -> None:
    """Throughput above, backlog below, with every kill on both."""
    import matplotlib as mpl

    mpl.use("Agg")
    import matplotlib.pyplot as plt

    figure, (upper, lower) = plt.subplots(2, 1, figsize=(11, 6), sharex=True)
    pairs = list(zip(timeline.samples, timeline.samples[5:], strict=False))
    moments = [later.at for _, later in pairs]
    for name, color in (("accepted", "#2b6cb0"), ("settled", "#2c7a4b"), ("faults", "#c0392b")):
        rates = [
            (getattr(later, name) - getattr(sooner, name)) / (later.at - sooner.at)
            for sooner, later in pairs
        ]
        label = {"accepted": "uploads", "settled": "messages settled", "faults": "faults"}[name]
        upper.plot(moments, rates, color=color, label=label, linewidth=1.2)
    for name, color in (("recognition", "#2b6cb0"), ("renditions", "#805ad5")):
        lower.plot(
            [sample.at for sample in timeline.samples],
            [getattr(sample, name) for sample in timeline.samples],
            color=color,
            label=f"{name} queue",
        )
    for at, word in timeline.marks:
        for axes in (upper, lower):
            axes.axvline(at, color=COLOURS.get(word, "#888888"), alpha=0.35, linewidth=0.8)
    upper.set(ylabel="per second", title=title)
    lower.set(
        ylabel="messages", xlabel="seconds (red: SIGKILL, yellow: SIGTERM, green: faults end)"
    )
    for axes in (upper, lower):
        axes.legend(loc="upper left", fontsize="small")
        axes.set_ylim(bottom=0)
        axes.grid(alpha=0.2)
    figure.tight_layout()
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, dpi=120)
    plt.close(figure)
