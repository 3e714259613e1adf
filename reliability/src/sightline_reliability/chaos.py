"""Chaos test: faults, crashes and restarts under load, with no data lost (`make chaos`).

Two hundred owners use several real processes of each service. Meanwhile every call to AWS may be
slowed, throttled, rejected, cut off, or executed without a response; messages are duplicated and
reordered; processes are killed every few seconds; clocks step, and the disk is full. Then fault
injection ends, the queues drain, the emulator is killed as well, and an independent checker
verifies the invariants.

Exit code: 0 if every invariant holds, 1 if one is violated, 2 if the test itself failed.
"""

import argparse
import asyncio
import json
import random
import signal
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any

import aiohttp
from rich.console import Console
from rich.table import Table

from sightline_reliability.checker import (
    INVARIANTS,
    POISON_MESSAGE,
    Violation,
    check_invariants,
    count_by_kind,
)
from sightline_reliability.clocks import find_clock_library
from sightline_reliability.faults import Fault, Service
from sightline_reliability.fleet import Fleet, FleetConfig, FleetError, ManagedProcess, run_command
from sightline_reliability.ledger import Ledger
from sightline_reliability.recording_endpoint import RecordingEndpoint
from sightline_reliability.system_state import DataStores, read_objects, read_state
from sightline_reliability.timeline import (
    Timeline,
    count_unsettled,
    plot_timeline,
    sample_periodically,
)
from sightline_reliability.users import (
    ACTION_WEIGHTS,
    RESPONSE_TIMEOUT_SECONDS,
    Pacer,
    SimulatedUser,
)
from sightline_reliability.visitors import Visitor

OUT = Path(__file__).parents[3] / "benchmarks" / "out"

#: Mean time between two interventions, and its range in multiples of that.
KILL_SECONDS, KILL_RANGE = 3.25, (0.5, 1.5)

#: Share of the kills that are SIGKILL; the others are SIGTERM.
SIGKILL_SHARE = 0.6

#: Share of the interventions that pause a process with SIGSTOP, and how long, seconds: up to more
#: than the visibility timeout of a message.
PAUSE_SHARE = 0.15
PAUSE_SECONDS = (1.0, 14.0)

#: Share of the interventions that step the clock of a worker or resizer, and where to, seconds.
CLOCK_STEP_SHARE = 0.2
CLOCK_OFFSETS_SECONDS = (-3600, 0, 3600)

#: Range of the seconds between two times in which the emulator's disk is full, and how long.
FULL_DISK_INTERVAL_SECONDS = (15.0, 40.0)
FULL_DISK_SECONDS = (2.0, 8.0)

#: Events of S3 that are delivered again at the end of the load, as if they were a day late.
LATE_EVENTS = 200

#: Unparsable messages sent to each queue: only these may be dead-lettered.
POISON_MESSAGE_COUNT = 3

#: The queues do not drain if the backlog does not shrink for this long, seconds: much longer than
#: a message waits for its next delivery. A slow machine takes long to drain, but goes on.
STALL_SECONDS = 120.0

#: Maximum time for the queues to drain, seconds.
MAX_DRAIN_SECONDS = 7_200.0

#: Consecutive seconds with empty queues that count as drained.
QUIET_SECONDS = 4

#: Seconds between two progress lines.
PROGRESS_SECONDS = 15

#: Violations of one invariant that are printed in detail.
MAX_PRINTED_VIOLATIONS = 6

#: One of this many owners never deletes, so that its monthly usage can be checked exactly.
EXACT_USAGE_EVERY = 3


class ChaosTest:
    """One run, from the first process to the list of violations."""

    def __init__(self, fleet: Fleet, options: argparse.Namespace, console: Console) -> None:
        self._fleet = fleet
        self._options = options
        self._console = console
        self._rng = random.Random(options.seed)
        self.ledger = Ledger()
        self.timeline = Timeline()
        self.metrics: Any = {}
        self.drain_seconds: float | None = None
        self._endpoint = RecordingEndpoint(self.ledger, options.seed)
        self._notifications = 0
        self._users: list[SimulatedUser] = []

    async def run(self) -> list[Violation]:
        await self._fleet.start()
        self.timeline = Timeline()
        sampling = asyncio.create_task(sample_periodically(self._sample))
        try:
            async with self._endpoint:
                await self._run_load()
                self._console.print("fault injection ended; draining the queues")
                await self._drain()
            self._console.print("opening share links and shared albums")
            await self._visit()
        finally:
            sampling.cancel()
        self.metrics = await self._fleet.query_proxy("metrics")
        # Nothing is written any more, so that the files must equal what the emulator has in memory.
        await self._fleet.stop_services()
        client, stores = self._fleet.client, self._data_stores()
        self._console.print("reading the state")
        state = await asyncio.to_thread(read_state, client, stores)
        await self._fleet.restart_cloud()
        state.objects_after_kill = await asyncio.to_thread(read_objects, client, stores)
        self._console.print("checking the invariants")
        return check_invariants(state, self.ledger)

    async def _run_load(self) -> None:
        options = self._options
        upload_weight = sum(
            weight for name, weight in ACTION_WEIGHTS.items() if name.startswith("upload")
        )
        actions_per_upload = sum(ACTION_WEIGHTS.values()) / upload_weight
        pacer = Pacer(options.uploads / options.seconds * actions_per_upload)
        stop = asyncio.Event()
        timeout = aiohttp.ClientTimeout(total=RESPONSE_TIMEOUT_SECONDS)
        connector = aiohttp.TCPConnector(limit=0)
        async with aiohttp.ClientSession(timeout=timeout, connector=connector) as http:
            self._users = self._create_users(http)
            for user in self._users:
                await self._create_webhook(user)
            await self._fleet.configure_proxy("fault-multiplier", options.faults)
            users = [asyncio.create_task(user.run(pacer, stop)) for user in self._users]
            killing = asyncio.create_task(self._kill_processes())
            filling = asyncio.create_task(self._fill_disk())
            poisoning = asyncio.create_task(self._send_poison_messages())
            try:
                await self._wait_for_uploads(users)
            finally:
                killing.cancel()
                filling.cancel()
                stop.set()
            await poisoning
            # Users complete their last actions while faults are still injected.
            await asyncio.gather(*users)
        await self._fleet.configure_proxy("late-events", LATE_EVENTS)
        await self._fleet.configure_proxy("fault-multiplier", 0)
        self._endpoint.rejected_share = 0
        self.timeline.mark("faults end")

    async def _visit(self) -> None:
        """Open every share link and shared album, and use every API key."""
        timeout = aiohttp.ClientTimeout(total=RESPONSE_TIMEOUT_SECONDS)
        async with aiohttp.ClientSession(timeout=timeout) as http:
            visitor = Visitor(self._fleet.gateway_urls(), http, self._rng)
            for link in self.ledger.share_links:
                await visitor.open(link)
            for user in self._users:
                await user.visit(http)

    def _create_users(self, http: aiohttp.ClientSession) -> list[SimulatedUser]:
        users = []
        gateway_urls = self._fleet.gateway_urls()
        for number in range(self._options.owners):
            owner = f"owner-{number:03}-{self._rng.randbytes(6).hex()}"
            token = self._fleet.issue_token(owner)
            seed, exact = self._rng.randrange(2**32), number % EXACT_USAGE_EVERY == 0
            users.append(SimulatedUser(owner, token, gateway_urls, http, self.ledger, seed, exact))
        return users

    async def _create_webhook(self, user: SimulatedUser) -> None:
        secret = await user.create_webhook(self._endpoint.url(user.owner))
        self._endpoint.add_secret(user.owner, secret)

    async def _wait_for_uploads(self, users: list[asyncio.Task[None]]) -> None:
        """Wait for the requested number, for up to three times the requested duration."""
        deadline = time.monotonic() + 3 * self._options.seconds
        printed_at = 0.0
        while self.ledger.accepted_count < self._options.uploads and time.monotonic() < deadline:
            for ended in (user for user in users if user.done()):
                ended.result()
            if time.monotonic() - printed_at > PROGRESS_SECONDS:
                printed_at = time.monotonic()
                self._print_progress()
            await asyncio.sleep(0.2)

    async def _kill_processes(self) -> None:
        # Most processes start with a wrong clock.
        for target in self._fleet.processes.values():
            if target.clock is not None:
                self._step_clock(target)
        # A pause ends with the load.
        async with asyncio.TaskGroup() as pauses:
            while True:
                await asyncio.sleep(self._options.kill_seconds * self._rng.uniform(*KILL_RANGE))
                self._intervene(pauses)

    def _intervene(self, pauses: asyncio.TaskGroup) -> None:
        """Kill, stop or pause a random process, or step its clock."""
        service = self._rng.choice(["api", "worker", "worker", "resizer", "resizer", "notifier"])
        target = self._rng.choice(self._fleet.list_processes(service))
        if not target.healthy or target.paused:
            return
        if target.clock is not None and self._rng.random() < CLOCK_STEP_SHARE:
            self._step_clock(target)
            return
        if self._rng.random() < PAUSE_SHARE:
            seconds = self._rng.uniform(*PAUSE_SECONDS)
            pauses.create_task(self._fleet.pause(target, seconds))
            self.timeline.mark("SIGSTOP")
            return
        number = signal.SIGKILL if self._rng.random() < SIGKILL_SHARE else signal.SIGTERM
        self._fleet.send_signal(target, number)
        self.timeline.mark(number.name)

    def _step_clock(self, target: ManagedProcess) -> None:
        self._fleet.step_clock(target, self._rng.choice(CLOCK_OFFSETS_SECONDS))
        self.timeline.mark("clock step")

    async def _fill_disk(self) -> None:
        while True:
            await asyncio.sleep(self._rng.uniform(*FULL_DISK_INTERVAL_SECONDS))
            self.timeline.mark("full disk")
            await self._fleet.fill_disk(self._rng.uniform(*FULL_DISK_SECONDS))

    async def _send_poison_messages(self) -> None:
        """Send messages that no consumer can parse, as a misconfigured producer would."""
        sqs = self._fleet.client("sqs")
        for number in range(POISON_MESSAGE_COUNT):
            for url in self._queue_urls():
                body = f"{POISON_MESSAGE} {number}"
                await asyncio.to_thread(sqs.send_message, QueueUrl=url, MessageBody=body)
            await asyncio.sleep(1)

    async def _drain(self) -> None:
        """Wait until the queues are empty, as long as the backlog shrinks."""
        start = shrunk_at = time.monotonic()
        smallest, quiet_seconds = sys.maxsize, 0
        while (now := time.monotonic()) - start < MAX_DRAIN_SECONDS:
            if int(now - start) % 30 == 29:
                self._print_progress()
            sample = self.timeline.samples[-1]
            backlog = sample.recognition + sample.renditions + self._notifications
            quiet_seconds = quiet_seconds + 1 if backlog == 0 else 0
            if quiet_seconds >= QUIET_SECONDS:
                self.drain_seconds = now - start
                return
            if backlog < smallest:
                smallest, shrunk_at = backlog, now
            # An empty queue may fill again, while another is still draining.
            elif backlog and now - shrunk_at > STALL_SECONDS:
                return
            await asyncio.sleep(1)

    async def _sample(self) -> None:
        metrics = await self._fleet.query_proxy("metrics")
        faults = sum(sum(each.values()) for each in metrics["faults"].values())
        backlog = [
            await asyncio.to_thread(count_unsettled, self._fleet.client("sqs"), url)
            for url in self._all_queue_urls()
        ]
        self._notifications = backlog[2]
        accepted = self.ledger.accepted_count
        self.timeline.add(
            accepted, metrics["settled"], faults, (backlog[0] + backlog[3], backlog[1] + backlog[4])
        )

    def _print_progress(self) -> None:
        if not self.timeline.samples:
            return
        last = self.timeline.samples[-1]
        kills = sum(self._fleet.signals.values())
        self._console.print(
            f"{last.at:5.0f} s  {last.accepted:5} uploads  {last.settled:6} settled  "
            f"{last.recognition + last.renditions:5} queued  {last.faults:6} faults  "
            f"{kills:4} kills",
            highlight=False,
        )

    def _queue_urls(self) -> tuple[str, str, str]:
        resources = self._fleet.resources
        return (
            resources.recognition_queue_url,
            resources.renditions_queue_url,
            resources.notifications_queue_url,
        )

    def _all_queue_urls(self) -> tuple[str, ...]:
        resources = self._fleet.resources
        backlogs = resources.recognition_backlog_url, resources.renditions_backlog_url
        return (*self._queue_urls(), *backlogs)

    def _data_stores(self) -> DataStores:
        resources = self._fleet.resources
        return DataStores(
            resources.table,
            resources.originals_bucket,
            resources.renditions_bucket,
            self._all_queue_urls(),
        )


def print_faults(metrics: Any, signals: Counter[str], console: Console) -> None:
    table = Table("injected faults", *Service, "total")
    for fault in Fault:
        row = [metrics["faults"][service].get(fault, 0) for service in Service]
        if sum(row):
            table.add_row(fault, *(f"{count:,}" if count else "" for count in row), f"{sum(row):,}")
    for name, count in signals.items():
        table.add_row(name, *("" for _ in Service), f"{count:,}")
    calls = [metrics["calls"].get(service, 0) for service in Service]
    table.add_section()
    table.add_row("calls", *(f"{count:,}" for count in calls), f"{sum(calls):,}")
    console.print(table)


def print_invariants(violations: list[Violation], console: Console) -> None:
    counts = Counter(violation.invariant for violation in violations)
    table = Table("invariant", "violations")
    for invariant in INVARIANTS:
        count = counts[invariant.sentence]
        table.add_row(invariant.sentence, f"[red]{count}[/]" if count else "[green]none[/]")
    console.print(table)
    printed: Counter[str] = Counter()
    for violation in violations:
        printed[violation.invariant] += 1
        if printed[violation.invariant] <= MAX_PRINTED_VIOLATIONS:
            console.print(
                f"  {violation.kind}: {violation.detail}", highlight=False, soft_wrap=True
            )


def write_ratios(test: ChaosTest, violations: list[Violation], path: Path) -> None:
    ratios = {"uploads": test.ledger.accepted_count, **count_by_kind(violations)}
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({"ratios": ratios}, indent=2) + "\n")


async def run_chaos(options: argparse.Namespace, console: Console) -> int:
    """Run the test and write its reports; return the exit code."""
    config = FleetConfig(
        apis=2,
        workers=options.workers,
        resizers=options.resizers,
        notifiers=options.notifiers,
        clock_library=find_clock_library() if options.clock_steps else None,
        writes_objects=True,
    )
    if options.clock_steps and config.clock_library is None:
        raise FleetError("clocks cannot step: install the package libfaketime")
    console.print(f"seed {options.seed}", highlight=False)
    if not options.clock_steps:
        console.print("clocks do not step: install the package libfaketime for that")
    async with Fleet(config, options.folder, options.seed) as fleet:
        test = ChaosTest(fleet, options, console)
        violations = await test.run()
        print_faults(test.metrics, fleet.signals, console)
        print_invariants(violations, console)
        unexpected = [f"{n} x {text}" for text, n in test.ledger.unexpected_responses.items()]
        incidents = [*fleet.incidents, *unexpected]
        rejected = test.metrics["faults"][Service.S3].get(Fault.FULL_DISK)
        if fleet.signals["disk filled"] and not rejected:
            incidents.append("no write failed while the disk was full")
    for incident in incidents:
        console.print(f"  unexpected: {incident}", highlight=False, soft_wrap=True)
    drained = test.drain_seconds is not None
    console.print(
        f"{test.ledger.accepted_count} uploads, "
        + (f"drained in {test.drain_seconds:.0f} s" if drained else "[red]not drained[/]")
        + f"; {len(test.ledger.messages)} webhook messages"
        + f"; actions: {dict(sorted(test.ledger.actions.items()))}",
        highlight=False,
        soft_wrap=True,
    )
    test.ledger.write(options.folder / "ledger.json")
    write_ratios(test, violations, OUT / "chaos.json")
    plot_timeline(test.timeline, OUT / "chaos.png", f"make chaos, seed {options.seed}")
    console.print(f"wrote {OUT / 'chaos.json'} and {OUT / 'chaos.png'}; logs in {options.folder}")
    passed = not violations and not incidents and drained
    console.print("[green]passed: every invariant holds[/]" if passed else "[red]failed[/]")
    return 0 if passed else 1


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="make chaos",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "--seed", type=int, default=None, help="seed of the random choices (default: a new one)"
    )
    parser.add_argument(
        "--uploads", type=int, default=20_000, help="number of uploads (default: %(default)s)"
    )
    parser.add_argument(
        "--seconds",
        type=float,
        default=2_400,
        help="duration over which uploads are spread (default: %(default)s)",
    )
    parser.add_argument(
        "--owners", type=int, default=200, help="simulated users (default: %(default)s)"
    )
    parser.add_argument(
        "--workers", type=int, default=2, help="worker processes (default: %(default)s)"
    )
    parser.add_argument(
        "--resizers", type=int, default=2, help="resizer processes (default: %(default)s)"
    )
    parser.add_argument(
        "--notifiers", type=int, default=2, help="notifier processes (default: %(default)s)"
    )
    parser.add_argument(
        "--faults",
        type=float,
        default=1.0,
        help="multiplier of all fault rates (default: %(default)s)",
    )
    parser.add_argument(
        "--kill-seconds",
        type=float,
        default=KILL_SECONDS,
        help="mean time between two interventions: a process is killed, stopped or paused, or its "
        "clock steps (default: %(default)s)",
    )
    parser.add_argument(
        "--clock-steps",
        action=argparse.BooleanOptionalAction,
        default=find_clock_library() is not None,
        help="step the clocks of workers and resizers by an hour (default: if libfaketime is "
        "installed)",
    )
    parser.add_argument(
        "--folder",
        type=Path,
        default=Path(".sightline/chaos"),
        help="folder for logs and the ledger (default: %(default)s)",
    )
    options = parser.parse_args()
    if options.seed is None:
        options.seed = random.SystemRandom().randrange(2**32)
    console = Console()
    sys.exit(run_command(run_chaos(options, console), console))


if __name__ == "__main__":
    main()
