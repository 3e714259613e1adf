"""Attack a gateway, and measure what others notice of it (`make attack`).

A well-behaved owner reads a page of images, and a load balancer the health of the gateway, at a
constant rate: first undisturbed, then during each attack of `attacks`. The gateway runs by itself,
without a load balancer or a firewall before it, and with the table of `make run`: a query in an
emulator of DynamoDB takes longer with every item of the owner. Then the trial of `fairness`
measures what the backlog of one owner costs another one. The results are written to
benchmarks/out/attack.json and attack.png. The command fails if the gateway stops answering, ends,
or takes more memory than it may.
"""

import argparse
import asyncio
import json
import os
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

import aiohttp
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from sightline.settings import SQLITE_SCHEME
from sightline_reliability.attacks import (
    ATTACKS,
    EVENT_STREAMS,
    STREAMS_PER_OWNER,
    Target,
    allow_open_files,
)
from sightline_reliability.fairness import measure_fairness
from sightline_reliability.fleet import Fleet, FleetConfig, FleetError, ManagedProcess, run_command
from sightline_reliability.load_generator import LoadGenerator
from sightline_reliability.saturation import Span, offer_load, percentile

OUT = Path(__file__).parents[3] / "benchmarks" / "out"

#: Images of the well-behaved owners, and how many of them share one page.
IMAGES = 60

#: Requests per second of each kind while latencies are measured.
RATE = 10

#: Longest time for an answer to a well-behaved client, seconds.
TIMEOUT_SECONDS = 10

#: Resident memory that the gateway may take, MB.
MAX_RSS_MB = 300

#: Single uploads that the trial of fairness measures, alone and beside a backlog.
FAIRNESS_SAMPLES = 5

#: Time after an attack in which its connections and rate limits recover, seconds.
PAUSE_SECONDS = 1

FAILURES = (aiohttp.ClientError, TimeoutError)


class Latencies(NamedTuple):
    """Of answered requests, in seconds, in ascending order; and the number of the others."""

    answered: list[float]
    failed: int

    @property
    def p99(self) -> float:
        return percentile(self.answered, 0.99) if self.answered else float("inf")


@dataclass
class Measurement:
    """What was measured in one phase; `outcomes` are those of the attack."""

    health: Latencies
    page: Latencies
    rss_mb: float
    outcomes: dict[str, int] = field(default_factory=dict)


class AttackTest:
    """Measures each attack against the same gateway, between phases without one."""

    def __init__(self, fleet: Fleet, http: aiohttp.ClientSession, seconds: float) -> None:
        self._http = http
        self._seconds = seconds
        self._fleet = fleet
        (self._gateway,) = fleet.list_processes("api")
        (self._url,) = fleet.gateway_urls()
        owners = range(-(-EVENT_STREAMS // STREAMS_PER_OWNER))
        tokens = [fleet.issue_token(f"attacker-{number}") for number in owners]
        self._target = Target(self._url, tokens, seconds).to_json().encode()
        #: Measurements by attack.
        self.attacked: dict[str, Measurement] = {}
        #: See `FairnessResults`; None if the trial was left out.
        self.fair_delay_ratio: float | None = None
        self._calm: list[Measurement] = []

    @property
    def calm(self) -> Measurement:
        """All phases without an attack together."""
        return Measurement(
            _merge([each.health for each in self._calm]),
            _merge([each.page for each in self._calm]),
            max(each.rss_mb for each in self._calm),
        )

    async def run(self, names: list[str], console: Console) -> None:
        """Raises `FleetError` if the gateway ends."""
        self._token = await self._add_images()
        await self._measure()
        with Progress(console=console, transient=True) as progress:
            for name in progress.track(names, description="attacks"):
                progress.console.print(name)
                self._calm.append(await self._measure())
                process = await self._start_attack(name)
                measurement = await self._measure()
                output, _ = await process.communicate()
                if process.returncode != 0:
                    raise FleetError(f"the attack {name} failed")
                measurement.outcomes = json.loads(output)
                self.attacked[name] = measurement
                await asyncio.sleep(PAUSE_SECONDS)
                if self._fleet.incidents:
                    raise FleetError("; ".join(self._fleet.incidents))

    async def _add_images(self) -> str:
        """Upload the images of the well-behaved owners; return the token of one."""
        generator = LoadGenerator(self._fleet, self._http)
        for _ in range(IMAGES):
            await generator.upload_image()
        return self._fleet.issue_token(generator.owners[0])

    async def _start_attack(self, name: str) -> asyncio.subprocess.Process:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "sightline_reliability.attacks", name),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
        )
        assert process.stdin is not None
        process.stdin.write(self._target)
        process.stdin.write_eof()
        return process

    async def _measure(self) -> Measurement:
        """Measure one phase."""
        sampling = asyncio.create_task(_sample_peak(self._gateway))
        health, page = await asyncio.gather(
            self._measure_latencies("/health"), self._measure_latencies("/v1/images?limit=50")
        )
        sampling.cancel()
        return Measurement(health, page, await sampling)

    async def _measure_latencies(self, path: str) -> Latencies:
        headers = {"Authorization": f"Bearer {self._token}"}

        async def request() -> None:
            async with self._http.get(self._url + path, headers=headers) as response:
                response.raise_for_status()
                await response.read()

        spans = await offer_load(RATE, self._seconds, request, FAILURES)
        return _summarize(spans, int(RATE * self._seconds))


def _summarize(spans: list[Span], offered: int) -> Latencies:
    return Latencies(sorted(span.end - span.start for span in spans), offered - len(spans))


def _merge(parts: list[Latencies]) -> Latencies:
    answered = sorted(latency for part in parts for latency in part.answered)
    return Latencies(answered, sum(part.failed for part in parts))


async def _sample_peak(process: ManagedProcess) -> float:
    """Return the most memory that the process takes until this is cancelled, MB."""
    peak = 0.0
    try:
        while True:
            peak = max(peak, process.resident_bytes() / 1e6)
            await asyncio.sleep(0.25)
    except asyncio.CancelledError:
        return peak


def compute_ratios(test: AttackTest) -> dict[str, float]:
    """Return the worst of all attacks: p99 latencies over those without an attack, and memory.

    And what a backlog costs another owner, if that was measured.
    """
    calm, attacked = test.calm, test.attacked.values()
    fair = {} if test.fair_delay_ratio is None else {"fair_delay_ratio": test.fair_delay_ratio}
    return fair | {
        "health_p99_ratio": max(each.health.p99 for each in attacked) / calm.health.p99,
        "page_p99_ratio": max(each.page.p99 for each in attacked) / calm.page.p99,
        "rss_mb": max(each.rss_mb for each in attacked),
    }


def print_results(test: AttackTest, console: Console) -> None:
    table = Table("attack", box=None)
    for column in ("/health p99", "page p99", "not answered", "memory"):
        table.add_column(column, justify="right")
    table.add_column("answers to the attacker")
    for name, each in {"none": test.calm, **test.attacked}.items():
        table.add_row(
            name,
            f"{each.health.p99 * 1000:.0f} ms",
            f"{each.page.p99 * 1000:.0f} ms",
            str(each.health.failed + each.page.failed),
            f"{each.rss_mb:.0f} MB",
            ", ".join(f"{count:,} x {answer}" for answer, count in sorted(each.outcomes.items())),
        )
    console.print(table)


def write_results(test: AttackTest, path: Path) -> None:
    def describe(each: Measurement) -> dict[str, Any]:
        return {
            "health_p99_seconds": each.health.p99,
            "page_p99_seconds": each.page.p99,
            "not_answered": each.health.failed + each.page.failed,
            "rss_mb": each.rss_mb,
            "outcomes": each.outcomes,
        }

    document = {
        "ratios": compute_ratios(test),
        "without_attack": describe(test.calm),
        "attacks": {name: describe(each) for name, each in test.attacked.items()},
        "load_average": os.getloadavg(),
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(document, indent=2) + "\n")


def plot_results(test: AttackTest, path: Path) -> None:
    import matplotlib as mpl

    mpl.use("Agg")
    import matplotlib.pyplot as plt

    phases = {"none": test.calm, **test.attacked}
    figure, (latency, memory) = plt.subplots(1, 2, figsize=(11, 4.5), sharey=True)
    positions = range(len(phases))
    reads: dict[str, Callable[[Measurement], float]] = {
        "/health": lambda each: each.health.p99 * 1000,
        "page of 50 images": lambda each: each.page.p99 * 1000,
    }
    for number, (label, read) in enumerate(reads.items()):
        shifted = [position + (number - 0.5) * 0.36 for position in positions]
        latency.barh(shifted, [read(each) for each in phases.values()], 0.36, label=label)
    memory.barh(positions, [each.rss_mb for each in phases.values()], 0.6, color="#7a7a7a")
    memory.axvline(MAX_RSS_MB, color="#c0392b", linewidth=0.8, linestyle=":")
    latency.set_yticks(positions, list(phases))
    latency.invert_yaxis()
    latency.set(title="Latency of others during an attack", xlabel="p99 latency, ms")
    memory.set(title="Memory of the gateway", xlabel="resident memory, MB (dotted: limit)")
    latency.legend()
    for axes in (latency, memory):
        axes.grid(alpha=0.2, axis="x")
    figure.tight_layout()
    figure.savefig(path, dpi=120)
    plt.close(figure)


def find_failures(test: AttackTest) -> list[str]:
    """Return what no attack may cause, however slow the machine."""
    failures = []
    for name, each in test.attacked.items():
        if not each.health.answered or not each.page.answered:
            failures.append(f"{name}: the gateway did not answer others")
        if each.rss_mb > MAX_RSS_MB:
            failures.append(f"{name}: the gateway took {each.rss_mb:.0f} MB")
    return failures


async def run(options: argparse.Namespace, console: Console) -> int:
    """Return the exit code. Raises `FleetError`, `EmulatorMissing`."""
    table = options.folder.absolute() / "table.db"
    for path in table.parent.glob(f"{table.name}*"):
        path.unlink()
    environment = {"SIGHTLINE_TABLE": f"{SQLITE_SCHEME}{table}"}
    services = ("api", "worker", "resizer")
    config = FleetConfig(
        apis=1,
        workers=1,
        resizers=1,
        avoid_gc_pauses=True,
        settings=dict.fromkeys(services, environment),
    )
    timeout = aiohttp.ClientTimeout(total=TIMEOUT_SECONDS)
    async with Fleet(config, options.folder, 0) as fleet:
        await fleet.start()
        async with aiohttp.ClientSession(timeout=timeout) as http:
            test = AttackTest(fleet, http, options.seconds)
            await test.run(options.attacks or list(ATTACKS), console)
    if options.crowd:
        trial = await measure_fairness(
            options.folder / "fairness",
            options.crowd,
            FAIRNESS_SAMPLES,
            lambda line: console.print(line, highlight=False),
        )
        test.fair_delay_ratio = trial.fair_delay_ratio
    print_results(test, console)
    write_results(test, OUT / "attack.json")
    plot_results(test, OUT / "attack.png")
    for name, ratio in compute_ratios(test).items():
        console.print(f"{name} {ratio:.2f}", highlight=False)
    console.print(f"wrote {OUT / 'attack.json'} and {OUT / 'attack.png'}")
    failures = find_failures(test)
    for failure in failures:
        console.print(f"[red]{failure}[/]", highlight=False)
    return int(bool(failures))


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="make attack",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "attacks", nargs="*", metavar="ATTACK", help=f"of {', '.join(ATTACKS)} (default: all)"
    )
    parser.add_argument(
        "--seconds",
        type=float,
        default=30,
        help="length of each attack, and of the time without one before it (default: %(default)s)",
    )
    parser.add_argument(
        "--crowd",
        type=int,
        default=1_000,
        help="images of the backlog in the fairness trial; 0 leaves it out (default: %(default)s)",
    )
    parser.add_argument(
        "--folder",
        type=Path,
        default=Path(".sightline/attack"),
        help="folder for logs (default: %(default)s)",
    )
    options = parser.parse_args()
    if unknown := set(options.attacks) - set(ATTACKS):
        parser.error(f"there is no attack {', '.join(sorted(unknown))}")
    allow_open_files()
    console = Console()
    sys.exit(run_command(run(options, console), console))


if __name__ == "__main__":
    main()
