"""Failover drill: lose a region under load, continue in the other one, and fail back.

Two emulated regions on this machine, with a replicator between them. The first is active; the
second has replicated data and no running service, as the warm standby of docs/regions.md. Every
process of the first region is killed, also the emulators with all their data: what was not yet
replicated is lost. The drill then follows the runbook, with its commands, and an independent
checker verifies the invariants. The first region returns empty, is seeded from the second, and
takes over again without loss.

Exit code: 0 if nothing that was acknowledged and replicated is lost, doubled or paid for twice.
"""

import argparse
import asyncio
import json
import random
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
from rich.console import Console

from sightline_reliability.checker import Violation, check_invariants, count_by_kind
from sightline_reliability.failover_report import FailoverTimeline, plot_failover
from sightline_reliability.failover_users import (
    ACTION_WEIGHTS,
    Acknowledgements,
    PausablePacer,
    RegionUser,
    Traffic,
    is_expected,
)
from sightline_reliability.fleet import Fleet, FleetConfig, FleetError, run_command
from sightline_reliability.ledger import Ledger, UploadRecord
from sightline_reliability.replicator import RegionReplicator
from sightline_reliability.system_state import DataStores, SystemState, read_state
from sightline_reliability.timeline import count_unsettled, sample_periodically
from sightline_reliability.users import RESPONSE_TIMEOUT_SECONDS
from sightline_testing.tokens import TokenIssuer

OUT = Path(__file__).parents[3] / "benchmarks" / "out"

FIRST_REGION, SECOND_REGION = "eu-central-1", "eu-west-1"

#: The health check of the drill: seconds between two requests, and failures that count as an
#: outage. Route 53 needs 30 seconds for three failures at its fast interval of ten seconds.
HEALTH_INTERVAL_SECONDS = 0.5
HEALTH_FAILURES = 3

#: Latency of the Rekognition emulator: long enough that a kill interrupts paid calls.
RECOGNITION_SECONDS = 0.8

#: Consecutive seconds with empty queues that count as drained, and the maximum time for it.
QUIET_SECONDS = 3

#: Last lines that are printed of a command.
MAX_PRINTED_LINES = 4
DRAIN_TIMEOUT_SECONDS = 240


@dataclass
class Cut:
    """What the second region has when the first is lost."""

    killed_at: float
    state: SystemState
    #: Accepted images without a row or an original there: lost with the region.
    lost: set[str] = field(default_factory=set)
    #: These images, and those whose deletion was not replicated in full: their objects are
    #: incomplete, and only their owners can decide what becomes of them.
    incomplete: set[str] = field(default_factory=set)
    #: Images whose recognition result is there, and must not be paid for again.
    recognized: set[str] = field(default_factory=set)

    def abandon(self, upload: UploadRecord) -> None:
        """Note an image that the region took with it; its user no longer changes it."""
        self.incomplete.add(upload.image_id)
        upload.deletion = "requested"

    def rpo_seconds(self, acknowledgements: Acknowledgements) -> float:
        """Return the age of the oldest acknowledged upload that is lost."""
        ages = (self.killed_at - acknowledgements.accepted_at[each] for each in self.lost)
        return max(ages, default=0.0)


class FailoverDrill:
    """One run: active in the first region, failover, active in the second, fail back."""

    def __init__(self, options: argparse.Namespace, console: Console) -> None:
        self._options, self._console = options, console
        self._rng = random.Random(options.seed)
        self._pool = TokenIssuer()
        self.ledger, self.traffic = Ledger(), Traffic()
        self.acknowledgements = Acknowledgements()
        self.timeline = FailoverTimeline()
        self.violations: list[Violation] = []
        self.incidents: list[str] = []
        self.ratios: dict[str, float] = {}
        self.details: dict[str, float] = {}
        share = ACTION_WEIGHTS["upload_valid"] / sum(ACTION_WEIGHTS.values())
        self._pacer = PausablePacer(options.rate / share, options.owners)
        self._replicator: RegionReplicator | None = None
        self._calls_files: list[Path] = []
        self._incomplete: set[str] = set()

    def create_fleet(self, region: str, name: str) -> Fleet:
        settings = {
            service: {"SIGHTLINE_REPLICATED": "true"} for service in ("api", "worker", "resizer")
        }
        # The latency must not limit the throughput.
        settings["worker"]["SIGHTLINE_CONCURRENCY"] = "16"
        # Tokens of the user pool of the first region stay valid in the second.
        settings["api"]["SIGHTLINE_TOKEN_ISSUER"] = self._pool.issuer
        config = FleetConfig(
            apis=1,
            workers=1,
            resizers=1,
            latency=RECOGNITION_SECONDS,
            region=region,
            pool=self._pool,
            settings=settings,
        )
        fleet = Fleet(config, self._options.folder / name, self._options.seed)
        self._calls_files.append(fleet.calls_file)
        fleet.calls_file.unlink(missing_ok=True)
        return fleet

    async def run(self) -> None:
        options = self._options
        async with (
            self.create_fleet(FIRST_REGION, "first") as first,
            self.create_fleet(SECOND_REGION, "second") as second,
            self.create_fleet(FIRST_REGION, "first-rebuilt") as rebuilt,
        ):
            await first.start()
            await second.start_cloud()
            for fleet in (second, rebuilt):
                clients = json.dumps([first.resources.client_id])
                fleet.config.settings["api"]["SIGHTLINE_TOKEN_CLIENT_IDS"] = clients
            await self._replicate(first, second)
            self.traffic.move(first.gateway_urls())
            stop = asyncio.Event()
            async with aiohttp.ClientSession(
                timeout=aiohttp.ClientTimeout(total=RESPONSE_TIMEOUT_SECONDS),
                connector=aiohttp.TCPConnector(limit=0),
            ) as http:
                self.timeline.start()
                sampling = asyncio.create_task(sample_periodically(self._sample))
                load = asyncio.create_task(self._run_load(http, first, stop))
                try:
                    await self._wait(load, options.seconds, "first region active")
                    cut = await self._lose(first, second, http)
                    await self._fail_over(second, cut)
                    await self._wait(load, options.seconds, "second region active")
                    await self._check_second(second, rebuilt)
                    await self._fail_back(second, rebuilt, load)
                    await self._wait(load, options.seconds / 2, "first region active again")
                finally:
                    stop.set()
                    self._pacer.resume()
                    await asyncio.gather(load)
                    sampling.cancel()
            await self._drain(rebuilt)
            await self._repair(rebuilt)
            await self._check(rebuilt, "after the fail back")
            self._measure(cut)
            for fleet in (first, second, rebuilt):
                self.incidents += fleet.incidents

    async def _run_load(
        self, http: aiohttp.ClientSession, first: Fleet, stop: asyncio.Event
    ) -> None:
        users = []
        for number in range(self._options.owners):
            owner = f"owner-{number:03}-{self._rng.randbytes(6).hex()}"
            users.append(
                RegionUser(
                    owner,
                    first.issue_token(owner),
                    self.traffic,
                    http,
                    self.ledger,
                    self._rng.randrange(2**32),
                    self.acknowledgements,
                )
            )
        await asyncio.gather(*(user.run(self._pacer, stop) for user in users))

    async def _wait(self, load: asyncio.Task[None], seconds: float, phase: str) -> None:
        """Continue the load for some seconds. Raises the error of a failed user."""
        self._console.print(f"{phase} for {seconds:g} s", highlight=False)
        await asyncio.wait({load}, timeout=seconds)
        if load.done():
            load.result()

    async def _replicate(self, source: Fleet, target: Fleet) -> None:
        self._replicator = RegionReplicator(source, target, self._rng.randrange(2**32))
        await self._replicator.start()

    async def _lose(self, first: Fleet, second: Fleet, http: aiohttp.ClientSession) -> Cut:
        """Kill the first region; return what the second has of it once the outage is detected."""
        assert self._replicator is not None
        killed_at = time.monotonic()
        self.timeline.mark("region lost")
        await first.kill_all()
        self.details["pending_changes"] = self._replicator.pending
        await self._replicator.stop()
        await self._detect_outage(http, first.gateway_urls()[0])
        self.timeline.mark("outage detected")
        state = await asyncio.to_thread(read_state, second.client, _data_stores(second))
        cut = Cut(killed_at, state)
        for upload in self.ledger.uploads:
            row = state.images.get(upload.image_id)
            original = f"originals/{upload.owner}/{upload.image_id}" in state.originals
            if row is not None and row["recognition"]["state"] == "succeeded":
                cut.recognized.add(upload.image_id)
            if upload.deletion == "none" and not (row and original):
                if upload.accepted:
                    cut.lost.add(upload.image_id)
                cut.abandon(upload)
            elif upload.deletion == "confirmed" and (row or original):
                # The deletion is not replicated: it is completed or undone, and may be repeated.
                cut.abandon(upload)
        self._incomplete = cut.incomplete
        return cut

    async def _detect_outage(self, http: aiohttp.ClientSession, url: str) -> None:
        failures = 0
        while failures < HEALTH_FAILURES:
            try:
                timeout = aiohttp.ClientTimeout(total=HEALTH_INTERVAL_SECONDS)
                async with http.get(f"{url}/health", timeout=timeout) as response:
                    failures = 0 if response.ok else failures + 1
            except (aiohttp.ClientError, TimeoutError):
                failures += 1
            await asyncio.sleep(HEALTH_INTERVAL_SECONDS)

    async def _fail_over(self, second: Fleet, cut: Cut) -> None:
        await second.start_services()
        self.timeline.mark("second region started")
        self.traffic.move(second.gateway_urls())
        await self._operate(second, "adopt", "--from", FIRST_REGION, "--apply")
        self.timeline.mark("images adopted")

    async def _check_second(self, second: Fleet, rebuilt: Fleet) -> None:
        """Complete the failover, check its result, and seed the first region.

        No user changes anything meanwhile: a scan of the emulator misses items that move.
        """
        await self._pacer.pause()
        self.timeline.mark("check")
        await self._drain(second)
        await self._repair(second)
        await self._check(second, "after the failover")
        await rebuilt.start_cloud()
        await self._replicate(second, rebuilt)
        self._pacer.resume()

    async def _fail_back(self, second: Fleet, rebuilt: Fleet, load: asyncio.Task[None]) -> None:
        """Move to the first region when both have the same data."""
        assert self._replicator is not None
        await self._wait(load, self._options.seconds / 4, "replicating to the first region")
        self.timeline.mark("fail back started")
        await self._pacer.pause()
        await second.stop_services()
        await self._replicator.wait_until_synchronous()
        await self._replicator.stop()
        await self._send_stale_messages(rebuilt)
        await rebuilt.start_services()
        await self._operate(rebuilt, "adopt", "--from", SECOND_REGION, "--apply")
        self.traffic.move(rebuilt.gateway_urls())
        self._pacer.resume()
        self.timeline.mark("failed back")

    async def _send_stale_messages(self, rebuilt: Fleet) -> None:
        """Send the messages again that the queues of a region keep while it is unavailable."""
        sqs = rebuilt.client("sqs")
        for upload in self.ledger.uploads:
            if upload.accepted:
                key = f"originals/{upload.owner}/{upload.image_id}"
                record = {"eventName": "ObjectCreated:Post", "s3": {"object": {"key": key}}}
                for url in _queue_urls(rebuilt):
                    await asyncio.to_thread(
                        sqs.send_message,
                        QueueUrl=url,
                        MessageBody=json.dumps({"Records": [record]}),
                    )

    async def _operate(self, fleet: Fleet, *command: str) -> None:
        """Run a command of the operations tool on a region. Raises `FleetError`."""
        outputs = fleet.folder / "outputs.json"
        outputs.write_text(json.dumps(_describe_stack(fleet)))
        arguments = ("-m", "sightline_ops", "--stack", str(outputs), *command)
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            *arguments,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        output, _ = await process.communicate()
        for line in output.decode().splitlines()[-MAX_PRINTED_LINES:]:
            self._console.print(f"{command[0]}: {line}", highlight=False)
        # 1 is a finding that needs an operator, such as an original that was lost.
        if process.returncode not in {0, 1}:
            raise FleetError(f"{' '.join(command)} failed: {output.decode()}")

    async def _repair(self, fleet: Fleet) -> None:
        """Complete interrupted deletions and find what was replicated in part."""
        await self._operate(fleet, "reconcile", "--older-than", "0", "--apply")
        await self._drain(fleet)
        await self._operate(fleet, "rebuild", "--apply")

    async def _drain(self, fleet: Fleet) -> None:
        sqs, quiet = fleet.client("sqs"), 0
        deadline = time.monotonic() + DRAIN_TIMEOUT_SECONDS
        while quiet < QUIET_SECONDS:
            if time.monotonic() > deadline:
                raise FleetError("the queues did not drain")
            counts = [
                await asyncio.to_thread(count_unsettled, sqs, url) for url in _all_queue_urls(fleet)
            ]
            quiet = quiet + 1 if sum(counts) == 0 else 0
            await asyncio.sleep(1)

    async def _check(self, fleet: Fleet, when: str) -> None:
        state = await asyncio.to_thread(read_state, fleet.client, _data_stores(fleet))
        violations = [
            each
            for each in check_invariants(state, self.ledger)
            if not (each.kind == "lost" and _names_any(each.detail, self._incomplete))
        ]
        self.violations += violations
        for violation in violations[:20]:
            self._console.print(
                f"  {when}: {violation.kind}: {violation.detail}", highlight=False, soft_wrap=True
            )

    def _measure(self, cut: Cut) -> None:
        calls = Counter(
            line.split()[1]
            for path in self._calls_files
            if path.exists()
            for line in path.read_text().splitlines()
            if line.startswith("DetectLabels ")
        )
        digests = self.acknowledgements.digests
        allowed = {
            image_id: 1 if image_id in cut.recognized or image_id not in cut.state.images else 2
            for image_id in digests
        }
        kinds = count_by_kind(self.violations)
        first = self.acknowledgements.first_after(cut.killed_at)
        self.ratios = {
            "lost": kinds["lost"] + kinds["stuck"],
            "doubled": kinds["doubled"],
            "paid_twice": sum(calls[digests[each]] > allowed[each] for each in digests),
            "rpo_seconds": round(cut.rpo_seconds(self.acknowledgements), 2),
            "rto_seconds": round((first or time.monotonic()) - cut.killed_at, 2),
        }
        self.details |= {
            "uploads": self.ledger.accepted_count,
            "uploads_lost_with_the_region": len(cut.lost),
            "recognized_again": sum(calls[digests[each]] == 2 for each in digests),
            "other_violations": kinds["left"] + kinds["foreign"],
        }

    async def _sample(self) -> None:
        pending = self._replicator.pending if self._replicator else 0
        self.timeline.add(self.ledger.accepted_count, pending)


def _names_any(detail: str, image_ids: set[str]) -> bool:
    return any(image_id in detail for image_id in image_ids)


def _queue_urls(fleet: Fleet) -> tuple[str, str]:
    return fleet.resources.recognition_queue_url, fleet.resources.renditions_queue_url


def _all_queue_urls(fleet: Fleet) -> tuple[str, ...]:
    resources = fleet.resources
    backlogs = resources.recognition_backlog_url, resources.renditions_backlog_url
    return (*_queue_urls(fleet), *backlogs)


def _data_stores(fleet: Fleet) -> DataStores:
    resources = fleet.resources
    return DataStores(
        resources.table,
        resources.originals_bucket,
        resources.renditions_bucket,
        _all_queue_urls(fleet),
    )


def _describe_stack(fleet: Fleet) -> dict[str, Any]:
    """Return the outputs of a region as Terraform writes them."""
    resources = fleet.resources
    recognition, renditions = _queue_urls(fleet)
    outputs = {
        "region": resources.region,
        "endpoint": fleet.aws_url,
        "table": resources.table,
        "replicated": True,
        "buckets": {
            "originals": resources.originals_bucket,
            "renditions": resources.renditions_bucket,
        },
        "queues": {
            "recognition": recognition,
            "recognition_dead": f"{recognition}-dead",
            "renditions": renditions,
            "renditions_dead": f"{renditions}-dead",
        },
    }
    return {name: {"value": value} for name, value in outputs.items()}


def write_ratios(drill: FailoverDrill, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    report = {"ratios": drill.ratios, "details": drill.details}
    path.write_text(json.dumps(report, indent=2) + "\n")


async def run_drill(options: argparse.Namespace, console: Console) -> int:
    """Run the drill and write its reports; return the exit code."""
    console.print(f"seed {options.seed}", highlight=False)
    drill = FailoverDrill(options, console)
    await drill.run()
    unexpected = [
        f"{count} x {text}"
        for text, count in drill.ledger.unexpected_responses.items()
        if not is_expected(text)
    ]
    for incident in (*drill.incidents, *unexpected):
        console.print(f"  unexpected: {incident}", highlight=False, soft_wrap=True)
    write_ratios(drill, OUT / "failover.json")
    plot_failover(drill.timeline, OUT / "failover.png", f"make failover-drill, seed {options.seed}")
    console.print_json(data={**drill.ratios, **drill.details})
    console.print(f"wrote {OUT / 'failover.json'} and {OUT / 'failover.png'}")
    passed = not (drill.violations or drill.ratios["paid_twice"] or drill.incidents or unexpected)
    console.print("[green]passed[/]" if passed else "[red]failed[/]")
    return 0 if passed else 1


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="make failover-drill",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "--seed", type=int, default=None, help="seed of the random choices (default: a new one)"
    )
    parser.add_argument(
        "--rate", type=float, default=4, help="uploads per second (default: %(default)s)"
    )
    parser.add_argument(
        "--seconds",
        type=float,
        default=20,
        help="duration of the load in each region (default: %(default)s)",
    )
    parser.add_argument(
        "--owners", type=int, default=12, help="simulated users (default: %(default)s)"
    )
    parser.add_argument(
        "--folder",
        type=Path,
        default=Path(".sightline/failover"),
        help="folder for logs (default: %(default)s)",
    )
    options = parser.parse_args()
    if options.seed is None:
        options.seed = random.SystemRandom().randrange(2**32)
    console = Console()
    sys.exit(run_command(run_drill(options, console), console))


if __name__ == "__main__":
    main()
