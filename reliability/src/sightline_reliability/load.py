"""Load test: the sustained throughput of each service on this machine (`make load`).

1 saturation point of each service: rising rates until latency or throughput degrades
2 80 % of it, sustained for a while, with memory sampled
3 drain rate of a backlog with 1, 2 and 4 workers, where Rekognition's latency is the bottleneck
4 one image at a time: from S3's event to the end of processing, with and without the emulators

All calls go to one AWS emulator through the proxy, on the same machine and without faults: the
results are a lower bound of each service's throughput. They are written to benchmarks/out/load.json
and load.png.
"""

import argparse
import asyncio
import statistics
import sys
import time
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path

import aiohttp
from rich.console import Console
from rich.progress import Progress

from sightline_local.emulators import EmulatorMissing
from sightline_reliability.fleet import Fleet, FleetConfig, FleetError, run_until_signaled
from sightline_reliability.load_generator import LoadGenerator
from sightline_reliability.load_report import LoadTestResults, plot_results, write_results
from sightline_reliability.saturation import (
    RateResult,
    Span,
    find_saturation_point,
    fit_slope,
    measure_overlap,
    measure_rates,
    offer_load,
    percentile,
    summarize,
)

OUT = Path(__file__).parents[3] / "benchmarks" / "out"

#: The part of an image that each consumer processes.
PARTS = {"worker": "recognition", "resizer": "renditions"}

#: First rate of each service, per second.
FIRST_RATES = {"api": 20.0, "worker": 2.0, "resizer": 2.0}

#: Share of the saturation point at which memory is sampled.
SUSTAINED_SHARE = 0.8

#: Settings that remove other bottlenecks: the rate limits of owner and account, and concurrency.
UNLIMITED_SETTINGS = {
    "api": {"SIGHTLINE_OWNER_REQUESTS_PER_SECOND": "100000"},
    "worker": {"SIGHTLINE_CALLS_PER_SECOND": "10000", "SIGHTLINE_CONCURRENCY": "16"},
    "resizer": {"SIGHTLINE_CONCURRENCY": "16"},
}

#: Exceptions of a call that was rejected or not answered.
CALL_FAILURES = (aiohttp.ClientError, TimeoutError)

#: Uploads sent at the same time while a backlog is built.
BACKLOG_BATCH_SIZE = 20

#: Images processed one at a time before the measurement, which open connections.
WARM_UP_IMAGES = 5


class CpuMeter:
    """Measures the CPU time per second of a service and of all other processes of the test."""

    def __init__(self, fleet: Fleet, service: str) -> None:
        self._processes = fleet.processes.values()
        self._service = service
        self._started_at = time.perf_counter()
        self._initial = self._read_seconds()

    def read_cores(self) -> tuple[float, float]:
        elapsed = time.perf_counter() - self._started_at
        own, others = self._read_seconds()
        return (own - self._initial[0]) / elapsed, (others - self._initial[1]) / elapsed

    def _read_seconds(self) -> tuple[float, float]:
        own = sum(each.cpu_seconds() for each in self._processes if each.service == self._service)
        others = sum(
            each.cpu_seconds() for each in self._processes if each.service != self._service
        )
        return own, others + time.process_time()


class LoadTest:
    """Takes each measurement in a fleet of its own."""

    def __init__(self, options: argparse.Namespace, console: Console) -> None:
        self._options = options
        self._console = console
        self._rate_seconds = 5.0 if options.short else 20.0
        self._settle_seconds = options.settle
        self.results = LoadTestResults()

    async def run(self) -> None:
        if self._options.service:
            await self._measure_service(self._options.service)
            return
        for service in FIRST_RATES:
            await self._measure_service(service)
        for workers in (1, 2, 4):
            await self._measure_drain(workers, backlog=100 if self._options.short else 400)
        await self._measure_single_images(20 if self._options.short else 100)

    async def _run_in_fleet(
        self, config: FleetConfig, measure: Callable[[Fleet, LoadGenerator], Awaitable[None]]
    ) -> None:
        timeout = aiohttp.ClientTimeout(total=20)
        connector = aiohttp.TCPConnector(limit=0)
        settings = {**UNLIMITED_SETTINGS, **config.settings}
        config = replace(config, settings=settings, visibility=60, avoid_gc_pauses=True)
        async with Fleet(config, self._options.folder, 0) as fleet:
            await fleet.start()
            async with aiohttp.ClientSession(timeout=timeout, connector=connector) as http:
                await measure(fleet, LoadGenerator(fleet, http))
            if fleet.incidents:
                raise FleetError("; ".join(fleet.incidents))

    async def _measure_service(self, service: str) -> None:
        """Find the saturation point, then sustain a share of it."""

        async def measure(fleet: Fleet, generator: LoadGenerator) -> None:
            async def measure_rate(rate: float) -> RateResult:
                result = await _measure_rate(fleet, generator, service, rate, self._rate_seconds)
                self._print_result(service, result)
                return result

            # Warm up connections and caches.
            await offer_load(10, 5, generator.upload_image, CALL_FAILURES)
            rates = await measure_rates(measure_rate, FIRST_RATES[service])
            self.results.rates[service] = rates
            rate = SUSTAINED_SHARE * find_saturation_point(rates).offered
            await self._sustain_rate(fleet, generator, service, rate)

        config = FleetConfig(
            apis=1, workers=int(service == "worker"), resizers=int(service == "resizer")
        )
        await self._run_in_fleet(config, measure)

    def _print_result(self, label: str, result: RateResult) -> None:
        self._console.print(
            f"{label:>17} {result.offered:5.0f}/s: {result.completed:6.1f} completed, "
            f"p50 {result.p50 * 1000:4.0f} ms, p99 {result.p99 * 1000:4.0f} ms, "
            f"emulators' p99 {result.emulator_p99 * 1000:4.0f} ms, "
            f"{result.cores:.2f} cores, others {result.other_cores:.2f}",
            highlight=False,
            soft_wrap=True,
        )

    async def _sustain_rate(
        self, fleet: Fleet, generator: LoadGenerator, service: str, rate: float
    ) -> None:
        """Hold the rate and sample the service's memory."""
        (process,) = fleet.list_processes(service)
        samples = self.results.memory[service] = []

        async def sample_memory() -> None:
            start = time.monotonic()
            with Progress(console=self._console, transient=True) as progress:
                bar = progress.add_task(f"{service} at {rate:.0f}/s", total=self._options.hold)
                while True:
                    elapsed = time.monotonic() - start
                    samples.append((elapsed, process.resident_bytes()))
                    progress.update(bar, completed=elapsed)
                    await asyncio.sleep(1)

        # Overload has allocated more than this rate needs, and the allocator's arenas fill slowly.
        await _measure_rate(fleet, generator, service, rate, self._settle_seconds)
        sampling = asyncio.create_task(sample_memory())
        result = await _measure_rate(fleet, generator, service, rate, self._options.hold)
        sampling.cancel()
        resident = samples[-1][1] / 2**20
        growth = fit_slope(samples) * 3600 / 2**20
        self.results.sustained[service] = {
            **result._asdict(),
            "seconds": self._options.hold,
            "rss_mib": resident,
            "rss_mib_per_hour": growth,
        }
        self._print_result(f"{service} sustained", result)
        self._console.print(
            f"{service:>17} {resident:.0f} MiB, {growth:+.1f} MiB per hour", highlight=False
        )

    async def _measure_drain(self, workers: int, backlog: int) -> None:
        """Drain a backlog of the same size with each number of workers; Rekognition takes 1 s."""

        async def measure(fleet: Fleet, generator: LoadGenerator) -> None:
            # The workers cannot receive messages until the backlog is complete.
            await fleet.configure_proxy("outages", {"sqs": "reset"})
            for _ in range(0, backlog, BACKLOG_BATCH_SIZE):
                await asyncio.gather(*(generator.upload_image() for _ in range(BACKLOG_BATCH_SIZE)))
            await fleet.configure_proxy("outages", {})
            spans = await generator.wait_until_processed(PARTS["worker"], timeout_seconds=600)
            ends = sorted(span.end for span in spans)
            if len(ends) < backlog:
                raise FleetError(f"{backlog - len(ends)} images of a backlog were not processed")
            # Leave out the first and last tenth, in which not all workers are busy.
            first, last = ends[backlog // 10], ends[backlog * 9 // 10]
            self.results.drain_rates[workers] = 0.8 * backlog / (last - first)

        settings = {"worker": {"SIGHTLINE_CONCURRENCY": "2", "SIGHTLINE_BACKOFF_SECONDS": "2"}}
        config = FleetConfig(apis=1, workers=workers, resizers=0, latency=1.0, settings=settings)
        await self._run_in_fleet(config, measure)
        rate = self.results.drain_rates[workers]
        self._console.print(f"workers: {workers}, drain rate: {rate:.2f} images per second")

    async def _measure_single_images(self, count: int) -> None:
        """Process one image at a time."""

        async def measure(fleet: Fleet, generator: LoadGenerator) -> None:
            total, without_emulators = [], []
            for number in range(count + WARM_UP_IMAGES):
                generator.accepted.clear()
                accepted = generator.accepted[await generator.upload_image()]
                ends = [
                    span.end
                    for part in PARTS.values()
                    for span in await generator.wait_until_processed(part, poll_seconds=0.1)
                ]
                if len(ends) < len(PARTS):
                    raise FleetError("an image uploaded by itself was not processed")
                end = max(ends)
                if number >= WARM_UP_IMAGES:
                    total.append(end - accepted)
                    # A call may have started just before the upload completed.
                    calls = await _read_emulator_calls(fleet, accepted - 1)
                    without_emulators.append(total[-1] - measure_overlap(calls, accepted, end))
            self.results.single_image = {
                "event_to_ready": _summarize_seconds(total),
                "less_dependencies": _summarize_seconds(without_emulators),
            }

        await self._run_in_fleet(FleetConfig(apis=1, workers=1, resizers=1), measure)
        self._console.print("single image, seconds:", self.results.single_image)


async def _measure_rate(
    fleet: Fleet, generator: LoadGenerator, service: str, rate: float, seconds: float
) -> RateResult:
    meter, start = CpuMeter(fleet, service), time.time()
    if service == "api":
        spans = await offer_load(rate, seconds, generator.create_upload, CALL_FAILURES)
        cores, other_cores = meter.read_cores()
    else:
        generator.accepted.clear()
        await offer_load(rate, seconds, generator.upload_image, CALL_FAILURES)
        cores, other_cores = meter.read_cores()
        spans = await generator.wait_until_processed(PARTS[service])
    emulator_p99 = summarize(0, seconds, await _read_emulator_calls(fleet, start)).p99
    return summarize(rate, seconds, spans)._replace(
        cores=cores, other_cores=other_cores, emulator_p99=emulator_p99
    )


async def _read_emulator_calls(fleet: Fleet, since: float) -> list[Span]:
    """Return the calls since then, without long polls, whose duration is not the emulator's."""
    calls = await fleet.query_proxy(f"spans?since={since}")
    return [Span(start, end) for _, operation, start, end in calls if operation != "ReceiveMessage"]


def _summarize_seconds(seconds: list[float]) -> dict[str, float]:
    ordered = sorted(seconds)
    return {"p50": statistics.median(ordered), "p99": percentile(ordered, 0.99)}


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="make load",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "--short", action="store_true", help="shorten every measurement (six minutes in total)"
    )
    parser.add_argument(
        "--hold",
        type=float,
        default=600,
        help="seconds for which the sustained rate is held (default: %(default)s)",
    )
    parser.add_argument(
        "--settle",
        type=float,
        default=60,
        help="seconds at the sustained rate before memory is sampled (default: %(default)s)",
    )
    parser.add_argument(
        "--service",
        choices=FIRST_RATES,
        help="measure the saturation point and the memory of one service only",
    )
    parser.add_argument(
        "--folder",
        type=Path,
        default=Path(".sightline/load"),
        help="folder for logs (default: %(default)s)",
    )
    options = parser.parse_args()
    if options.short:
        options.hold = min(options.hold, 20)
        options.settle = min(options.settle, 5)
    console = Console()
    test = LoadTest(options, console)
    try:
        asyncio.run(run_until_signaled(test.run()))
    except asyncio.CancelledError:
        sys.exit("interrupted")
    except (FleetError, EmulatorMissing) as error:
        Console(stderr=True).print(f"[red]sightline:[/] {error}", soft_wrap=True)
        sys.exit(2)
    name = f"load-{options.service}" if options.service else "load"
    write_results(test.results, OUT / f"{name}.json")
    plot_results(test.results, OUT / f"{name}.png")
    console.print(f"wrote {OUT / name}.json and {OUT / name}.png")


if __name__ == "__main__":
    main()
