"""Fairness trial: what one owner's backlog costs another owner (`make fairness`).

1 alone: an owner uploads one image at a time to an idle fleet of one worker and one resizer
2 crowd: one owner queues many images
3 beside it: other owners upload one image each, while the crowd is being processed

A delay is the time from S3's acceptance until both parts of the image are processed. Beside a crowd
it may be twice what it is alone, plus one unit of work: the time for which an image of the crowd
occupies its place. `fair_delay_ratio` is the delay less that unit, relative to the delay alone: it
may be 2. All of these are medians. The results are written to benchmarks/out/fairness.json and
fairness.png.
"""

import argparse
import asyncio
import json
import statistics
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
from rich.console import Console

from sightline_local.emulators import EmulatorMissing
from sightline_reliability.fleet import Fleet, FleetConfig, FleetError, run_until_signaled
from sightline_reliability.load_generator import LoadGenerator
from sightline_reliability.sample_images import draw_large_image
from sightline_reliability.timeline import count_unsettled

OUT = Path(__file__).parents[3] / "benchmarks" / "out"

PARTS = ("recognition", "renditions")

#: What the ratio may be.
MAX_RATIO = 2.0

#: Rekognition's usual latency, in seconds.
RECOGNITION_SECONDS = 0.3

#: Images processed before the measurement, which open connections.
WARM_UP_IMAGES = 3

#: Uploads of the crowd that one request creates: as many as one may.
BATCH_SIZE = 100

#: Timeout of one measured upload.
UPLOAD_TIMEOUT_SECONDS = 600.0

#: Interval between two reads of an image that is being processed.
POLL_SECONDS = 0.05

SETTINGS = {
    "api": {"SIGHTLINE_OWNER_REQUESTS_PER_SECOND": "100000", "SIGHTLINE_OWNER_BURST": "100000"},
    "worker": {"SIGHTLINE_CALLS_PER_SECOND": "10000"},
}


@dataclass
class FairnessResults:
    """Delays in seconds. `queued` has the unsettled messages of the crowd at each measurement."""

    crowd: int
    alone: list[float] = field(default_factory=list)
    beside: list[float] = field(default_factory=list)
    queued: list[int] = field(default_factory=list)
    unit_seconds: float = 0.0

    @property
    def fair_delay_ratio(self) -> float:
        """The delay beside the crowd less one unit of work, relative to the delay alone."""
        beside = statistics.median(self.beside) - self.unit_seconds
        return max(0.0, beside) / statistics.median(self.alone)

    def to_document(self) -> dict[str, Any]:
        return {
            "ratios": {"fair_delay_ratio": self.fair_delay_ratio},
            "crowd": self.crowd,
            "unit_seconds": self.unit_seconds,
            "alone_seconds": self.alone,
            "beside_seconds": self.beside,
            "queued": self.queued,
        }


async def measure_fairness(
    folder: Path, crowd: int, samples: int, report: Callable[[str], None], *, is_fair: bool = True
) -> FairnessResults:
    """Run the trial in a fleet of its own, with `samples` uploads alone and beside the crowd.

    Raises `FleetError`, also if the crowd is processed before the last sample.
    """
    results = FairnessResults(crowd)
    unfair = {} if is_fair else {"SIGHTLINE_BACKLOG_URL": ""}
    settings = {
        **SETTINGS,
        "worker": {**SETTINGS["worker"], **unfair},
        "resizer": unfair,
    }
    config = FleetConfig(
        apis=1,
        workers=1,
        resizers=1,
        visibility=60,
        latency=RECOGNITION_SECONDS,
        settings=settings,
        avoid_gc_pauses=True,
    )
    timeout = aiohttp.ClientTimeout(total=60)
    async with Fleet(config, folder, 0) as fleet:
        await fleet.start()
        async with aiohttp.ClientSession(timeout=timeout) as http:
            for number in range(WARM_UP_IMAGES + samples):
                delay = await _measure_delay(fleet, http, f"alone-{number}")
                if number >= WARM_UP_IMAGES:
                    results.alone.append(delay)
            report(f"alone: {statistics.median(results.alone):.2f} s")
            greedy = LoadGenerator(fleet, http, ["greedy"], draw_large_image)
            for first in range(0, crowd, BATCH_SIZE):
                await greedy.upload_images(min(BATCH_SIZE, crowd - first))
            report(f"crowd: {crowd} images, {_count_queued(fleet)} messages queued")
            for number in range(samples):
                results.queued.append(await asyncio.to_thread(_count_queued, fleet))
                results.beside.append(await _measure_delay(fleet, http, f"beside-{number}"))
                report(f"beside {results.queued[-1]} messages: {results.beside[-1]:.2f} s")
            if not await asyncio.to_thread(_count_queued, fleet):
                raise FleetError("the crowd was processed before the last measurement")
            results.unit_seconds = await asyncio.to_thread(_measure_unit, greedy)
        if fleet.incidents:
            raise FleetError("; ".join(fleet.incidents))
    return results


async def _measure_delay(fleet: Fleet, http: aiohttp.ClientSession, owner: str) -> float:
    """Upload an image of the owner; return the seconds until both parts are processed."""
    generator = LoadGenerator(fleet, http, [owner], draw_large_image)
    await generator.upload_image()
    delays = []
    for part in PARTS:
        spans = await generator.wait_until_processed(part, UPLOAD_TIMEOUT_SECONDS, POLL_SECONDS)
        delays += [span.end - span.start for span in spans]
    if len(delays) < len(PARTS):
        raise FleetError(f"the image of {owner} was not processed")
    return max(delays)


def _count_queued(fleet: Fleet) -> int:
    resources, sqs = fleet.resources, fleet.client("sqs")
    urls = (
        *(resources.recognition_queue_url, resources.recognition_backlog_url),
        *(resources.renditions_queue_url, resources.renditions_backlog_url),
    )
    return sum(count_unsettled(sqs, url) for url in urls)


def _measure_unit(greedy: LoadGenerator) -> float:
    """Return the median time for which an image of the crowd occupies a place, in seconds."""
    units = [
        statistics.median(span.end - span.start for span in processed.values())
        for part in PARTS
        if (processed := greedy.read_processing(part))
    ]
    return max(units)


def plot_fairness(results: FairnessResults, path: Path) -> None:
    """Plot the delays alone and beside the crowd, with the limit."""
    import matplotlib as mpl

    mpl.use("Agg")
    import matplotlib.pyplot as plt

    limit = MAX_RATIO * statistics.median(results.alone) + results.unit_seconds
    figure, axes = plt.subplots(figsize=(8, 4))
    for label, delays, color in (
        ("alone", results.alone, "#2c7a4b"),
        (f"beside a backlog of {results.crowd:,} images", results.beside, "#2b6cb0"),
    ):
        axes.plot(range(1, len(delays) + 1), delays, "o-", label=label, color=color)
    axes.axhline(limit, color="#c0392b", linestyle="--", label="2 x alone + one unit of work")
    axes.set(xlabel="upload", ylabel="seconds until ready", title="A single upload of an owner")
    axes.set_ylim(bottom=0)
    axes.legend()
    axes.grid(alpha=0.2)
    figure.tight_layout()
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, dpi=110)
    plt.close(figure)


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="make fairness",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "--crowd", type=int, default=10_000, help="images of the backlog (default: %(default)s)"
    )
    parser.add_argument(
        "--samples", type=int, default=20, help="measured uploads (default: %(default)s)"
    )
    parser.add_argument(
        "--unfair", action="store_true", help="without backlog queues, for comparison"
    )
    parser.add_argument(
        "--folder",
        type=Path,
        default=Path(".sightline/fairness"),
        help="folder for logs (default: %(default)s)",
    )
    options = parser.parse_args()
    console = Console()
    trial = measure_fairness(
        options.folder,
        options.crowd,
        options.samples,
        lambda line: console.print(line, highlight=False),
        is_fair=not options.unfair,
    )
    started = time.monotonic()
    try:
        results = asyncio.run(run_until_signaled(trial))
    except asyncio.CancelledError:
        sys.exit("interrupted")
    except (FleetError, EmulatorMissing) as error:
        Console(stderr=True).print(f"[red]sightline:[/] {error}", soft_wrap=True)
        sys.exit(2)
    console.print(
        f"fair_delay_ratio {results.fair_delay_ratio:.2f}, unit {results.unit_seconds:.2f} s, "
        f"{time.monotonic() - started:.0f} s in total"
    )
    OUT.mkdir(parents=True, exist_ok=True)
    (OUT / "fairness.json").write_text(json.dumps(results.to_document(), indent=2) + "\n")
    plot_fairness(results, OUT / "fairness.png")
    if results.fair_delay_ratio > MAX_RATIO:
        sys.exit(f"the delay exceeds {MAX_RATIO:g} x alone plus one unit of work")


if __name__ == "__main__":
    main()
