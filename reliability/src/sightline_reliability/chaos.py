"""Everything goes wrong at once, and nothing may be lost: `make chaos`.

Fifty owners use real processes, several of each service, while every call to AWS may be slowed,
throttled, refused, cut or carried out without an answer, messages come twice and in another order,
and processes are killed every few seconds. Then the faults end, what waits is worked off, and an
independent checker looks for a promise that was not kept.

Ends with 0 where all were kept, 1 where one was broken, 2 where the trial itself failed.
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

from sightline_local.emulators import EmulatorMissing
from sightline_reliability.checker import (
    BROKEN_MESSAGE,
    PROMISES,
    Finding,
    Places,
    check,
    count_kinds,
    read_world,
)
from sightline_reliability.faults import Fault, Service
from sightline_reliability.fleet import Fleet, FleetError, Shape, until_told
from sightline_reliability.ledger import Ledger
from sightline_reliability.timeline import Timeline, count_waiting, draw, watch
from sightline_reliability.users import ANSWER_TIMEOUT, STEPS, Pace, Person

OUT = Path(__file__).parents[3] / "benchmarks" / "out"

#: Seconds between one kill and the next.
KILLS = (1.5, 5.0)

#: Of ten kills so many give no warning.
ABRUPT = 0.6

#: Messages put into the queues that nobody can read: these alone may be set aside.
PLANTED = 3

#: Times the trial's own length, for what waits to be worked off once all is well again: a machine
#: that had no time for it meanwhile needs some afterwards. It is at least the seconds.
DRAIN = 2.0
DRAIN_SECONDS = 240.0

#: Findings of one promise that are told in full.
TOLD = 6

#: Every so many owners one never deletes, so that its months are exact.
TIDY = 3


class Trial:
    """One run, from the first process to the verdict."""

    def __init__(self, fleet: Fleet, given: argparse.Namespace, console: Console) -> None:
        self._fleet = fleet
        self._given = given
        self._console = console
        self._chance = random.Random(given.seed)
        self.ledger = Ledger()
        self.timeline = Timeline()
        self.figures: Any = {}
        self.drained_in: float | None = None

    async def run(self) -> list[Finding]:
        await self._fleet.start()
        self.timeline = Timeline()
        watching = asyncio.create_task(watch(self._sample))
        try:
            await self._be_busy()
            self._console.print("faults and kills end; what waits is worked off")
            await self._drain()
        finally:
            watching.cancel()
        self.figures = await self._fleet.ask_proxy("figures")
        world = await asyncio.to_thread(read_world, self._fleet.client, self._places())
        return check(world, self.ledger)

    async def _be_busy(self) -> None:
        given = self._given
        await self._fleet.tell_proxy("share", given.faults)
        uploads = sum(weight for name, weight in STEPS.items() if name.startswith("upload"))
        pace = Pace(given.uploads / given.seconds * sum(STEPS.values()) / uploads)
        stop = asyncio.Event()
        timeout = aiohttp.ClientTimeout(total=ANSWER_TIMEOUT)
        connector = aiohttp.TCPConnector(limit=0)
        async with aiohttp.ClientSession(timeout=timeout, connector=connector) as http:
            people = [asyncio.create_task(person.live(pace, stop)) for person in self._invite(http)]
            striking = asyncio.create_task(self._strike())
            planting = asyncio.create_task(self._plant())
            try:
                await self._await_uploads(people)
            finally:
                striking.cancel()
                stop.set()
            await planting
            # What people have begun they bring to an end, with the faults still there.
            await asyncio.gather(*people)
        await self._fleet.tell_proxy("share", 0)
        self.timeline.mark("faults end")

    def _invite(self, http: aiohttp.ClientSession) -> list[Person]:
        people = []
        for number in range(self._given.owners):
            owner = f"owner-{number:03}-{self._chance.randbytes(6).hex()}"
            token = self._fleet.sign_in(owner)
            seed, tidy = self._chance.randrange(2**32), number % TIDY == 0
            gateways = self._fleet.gateways()
            people.append(Person(owner, token, gateways, http, self.ledger, seed, tidy))
        return people

    async def _await_uploads(self, people: list[asyncio.Task[None]]) -> None:
        """Until as many as asked for; a machine that is slow takes longer, but not for ever."""
        deadline = time.monotonic() + 3 * self._given.seconds
        told = 0.0
        while self.ledger.uploads < self._given.uploads and time.monotonic() < deadline:
            for ended in (task for task in people if task.done()):
                ended.result()
            if time.monotonic() - told > 15:
                told = time.monotonic()
                self._tell()
            await asyncio.sleep(0.2)

    async def _strike(self) -> None:
        while True:
            await asyncio.sleep(self._chance.uniform(*KILLS))
            kind = self._chance.choice(["api", "worker", "worker", "resizer", "resizer"])
            member = self._chance.choice(self._fleet.of_kind(kind))
            number = signal.SIGKILL if self._chance.random() < ABRUPT else signal.SIGTERM
            if member.well:
                self._fleet.strike(member, number)
                self.timeline.mark(number.name)

    async def _plant(self) -> None:
        """Something else writes to our queues."""
        sqs = self._fleet.client("sqs")
        for number in range(PLANTED):
            for url in self._queues():
                body = f"{BROKEN_MESSAGE} {number}"
                await asyncio.to_thread(sqs.send_message, QueueUrl=url, MessageBody=body)
            await asyncio.sleep(1)

    async def _drain(self) -> None:
        began = time.monotonic()
        quiet = 0
        patience = max(DRAIN_SECONDS, DRAIN * self._given.seconds)
        while time.monotonic() - began < patience:
            if int(time.monotonic() - began) % 30 == 29:
                self._tell()
            sample = self.timeline.samples[-1]
            quiet = quiet + 1 if not sample.recognition + sample.renditions else 0
            if quiet >= 4:
                self.drained_in = time.monotonic() - began
                return
            await asyncio.sleep(1)

    async def _sample(self) -> None:
        figures = await self._fleet.ask_proxy("figures")
        faults = sum(sum(each.values()) for each in figures["faults"].values())
        backlog = [
            await asyncio.to_thread(count_waiting, self._fleet.client("sqs"), url)
            for url in self._queues()
        ]
        self.timeline.add(self.ledger.uploads, figures["settled"], faults, (backlog[0], backlog[1]))

    def _tell(self) -> None:
        if not self.timeline.samples:
            return
        last = self.timeline.samples[-1]
        kills = sum(self._fleet.signals.values())
        self._console.print(
            f"{last.at:5.0f} s  {last.accepted:5} uploads  {last.settled:6} settled  "
            f"{last.recognition + last.renditions:5} waiting  {last.faults:6} faults  "
            f"{kills:4} kills",
            highlight=False,
        )

    def _queues(self) -> tuple[str, str]:
        made = self._fleet.made
        return made.recognition_queue_url, made.renditions_queue_url

    def _places(self) -> Places:
        made = self._fleet.made
        return Places(made.table, made.originals_bucket, made.renditions_bucket, self._queues())


def tell_faults(figures: Any, signals: Counter[str], console: Console) -> None:
    table = Table("faults injected", *Service, "together", title_justify="left")
    for fault in Fault:
        row = [figures["faults"][service].get(fault, 0) for service in Service]
        if sum(row):
            table.add_row(fault, *(f"{count:,}" if count else "" for count in row), f"{sum(row):,}")
    for name, count in signals.items():
        table.add_row(name, *("" for _ in Service), f"{count:,}")
    calls = [figures["calls"].get(service, 0) for service in Service]
    table.add_section()
    table.add_row("calls", *(f"{count:,}" for count in calls), f"{sum(calls):,}")
    console.print(table)


def tell_promises(findings: list[Finding], console: Console) -> None:
    broken = Counter(finding.promise for finding in findings)
    table = Table("promise", "broken")
    for promise in PROMISES:
        count = broken[promise.sentence]
        table.add_row(promise.sentence, f"[red]{count}[/]" if count else "[green]never[/]")
    console.print(table)
    told: Counter[str] = Counter()
    for finding in findings:
        told[finding.promise] += 1
        if told[finding.promise] <= TOLD:
            console.print(f"  {finding.kind}: {finding.detail}", highlight=False, soft_wrap=True)


def write_ratios(trial: Trial, findings: list[Finding], path: Path) -> None:
    counts = count_kinds(findings)
    ratios = {"uploads": trial.ledger.uploads, **counts}
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({"ratios": ratios}, indent=2) + "\n")


async def try_everything(given: argparse.Namespace, console: Console) -> int:
    shape = Shape(apis=2, workers=given.workers, resizers=given.resizers)
    console.print(f"seed {given.seed}", highlight=False)
    async with Fleet(shape, given.folder, given.seed) as fleet:
        trial = Trial(fleet, given, console)
        findings = await trial.run()
        tell_faults(trial.figures, fleet.signals, console)
        tell_promises(findings, console)
        mishaps = [*fleet.mishaps, *(f"{n} times {s}" for s, n in trial.ledger.surprises.items())]
    for what in mishaps:
        console.print(f"  surprise: {what}", highlight=False, soft_wrap=True)
    drained = trial.drained_in
    console.print(
        f"{trial.ledger.uploads} uploads, "
        + (f"drained in {drained:.0f} s" if drained is not None else "[red]never drained[/]")
        + f"; steps: {dict(sorted(trial.ledger.steps.items()))}",
        highlight=False,
        soft_wrap=True,
    )
    trial.ledger.write(given.folder / "ledger.json")
    write_ratios(trial, findings, OUT / "chaos.json")
    draw(trial.timeline, OUT / "chaos.png", f"make chaos, seed {given.seed}")
    console.print(f"{OUT / 'chaos.json'}, {OUT / 'chaos.png'}; logs in {given.folder}")
    kept = not findings and not mishaps and drained is not None
    console.print("[green]every promise was kept[/]" if kept else "[red]not everything held[/]")
    return 0 if kept else 1


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="make chaos",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--seed", type=int, default=None, help="for the same chances again")
    parser.add_argument("--uploads", type=int, default=5000, help="(default: %(default)s)")
    parser.add_argument(
        "--seconds", type=float, default=600, help="over which they come (default: %(default)s)"
    )
    parser.add_argument("--owners", type=int, default=50, help="(default: %(default)s)")
    parser.add_argument("--workers", type=int, default=2, help="(default: %(default)s)")
    parser.add_argument("--resizers", type=int, default=2, help="(default: %(default)s)")
    parser.add_argument(
        "--faults", type=float, default=1.0, help="times the usual rate (default: %(default)s)"
    )
    parser.add_argument(
        "--folder",
        type=Path,
        default=Path(".sightline/chaos"),
        help="for logs and the ledger (default: %(default)s)",
    )
    given = parser.parse_args()
    if given.seed is None:
        given.seed = random.SystemRandom().randrange(2**32)
    console = Console()
    try:
        code = asyncio.run(until_told(try_everything(given, console)))
    except asyncio.CancelledError:
        console.print("stopped before its end")
        code = 2
    except (FleetError, EmulatorMissing) as error:
        Console(stderr=True).print(f"[red]sightline:[/] {error}", soft_wrap=True)
        code = 2
    sys.exit(code)


if __name__ == "__main__":
    main()
