"""How much each service bears on this machine, and for how long: `make load`.

1 the knee of each service: a rising rate, until answers come late or not at all
2 four fifths of it held for a while, with memory watched
3 how a backlog drains with 1, 2 and 4 workers, where Rekognition's latency is the limit
4 one picture at a time: from S3's event to its end, less what the stand-ins took of it

All calls go to one stand-in for AWS through the proxy, on the same machine and without faults: what
is told is the least that a service bears. Figures go to benchmarks/out/load.json, a plot beside.
"""

import argparse
import asyncio
import hashlib
import itertools
import json
import os
import random
import statistics
import sys
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any

import aiohttp
from rich.console import Console
from rich.progress import Progress

from sightline_local.emulators import EmulatorMissing
from sightline_reliability.fleet import Fleet, FleetError, Shape, until_told
from sightline_reliability.sample_images import draw_picture
from sightline_reliability.saturation import (
    Step,
    Work,
    busy,
    climb,
    knee,
    offer,
    percentile,
    slope,
    summarize,
)

OUT = Path(__file__).parents[3] / "benchmarks" / "out"

#: The part of an image that each consumer ends.
PARTS = {"worker": "recognition", "resizer": "renditions"}

#: Rates to begin with, a second.
FIRST = {"api": 20.0, "worker": 2.0, "resizer": 2.0}

#: Of a knee, what is held.
HELD = 0.8

#: Users who send in turn: their counters are written with every picture.
OWNERS = 20

#: What else would be the limit: quotas of an owner and of an account, and pictures at a time.
UNLIMITED = {
    "api": {"SIGHTLINE_OWNER_REQUESTS_PER_SECOND": "100000"},
    "worker": {"SIGHTLINE_CALLS_PER_SECOND": "10000", "SIGHTLINE_CONCURRENCY": "16"},
    "resizer": {"SIGHTLINE_CONCURRENCY": "16"},
}

#: Of a call that was refused or not answered.
FAILURES = (aiohttp.ClientError, TimeoutError)

Figures = dict[str, Any]


@dataclass
class Load:
    """Everything that was measured."""

    knees: dict[str, list[Step]] = field(default_factory=dict)
    memory: dict[str, list[tuple[float, int]]] = field(default_factory=dict)
    held: dict[str, Figures] = field(default_factory=dict)
    drained: dict[int, float] = field(default_factory=dict)
    alone: Figures = field(default_factory=dict)


class Driver:
    """Announces and uploads pictures of several owners, as fast as it is told to."""

    def __init__(self, fleet: Fleet, http: aiohttp.ClientSession) -> None:
        self._fleet = fleet
        self._http = http
        self._chance = random.Random(7)
        self._owners = [f"load-{number}" for number in range(OWNERS)]
        self._turns = itertools.cycle(
            {"Authorization": f"Bearer {fleet.sign_in(owner)}"} for owner in self._owners
        )
        #: When S3 took each picture, in Unix seconds.
        self.accepted: dict[str, float] = {}

    async def announce(self) -> None:
        """A ticket that nobody uses."""
        digest = self._chance.randbytes(32).hex()
        await self._announce({"media_type": "image/jpeg", "bytes": 1000, "sha256": digest})

    async def send(self) -> str:
        body, media_type = draw_picture(self._chance)
        digest = hashlib.sha256(body).hexdigest()
        asked = {"media_type": media_type, "bytes": len(body), "sha256": digest}
        ticket = await self._announce(asked)
        data = aiohttp.FormData(ticket["upload"]["fields"])
        data.add_field("file", body, filename="picture")
        async with self._http.post(ticket["upload"]["url"], data=data) as answer:
            answer.raise_for_status()
        image_id: str = ticket["image"]["id"]
        self.accepted[image_id] = time.time()
        return image_id

    async def _announce(self, asked: Figures) -> Any:
        url = f"{self._fleet.gateways()[0]}/v1/images"
        async with self._http.post(url, json=asked, headers=next(self._turns)) as answer:
            answer.raise_for_status()
            return await answer.json()

    async def await_ends(self, part: str, patience: float = 60, pause: float = 1) -> list[Work]:
        """From S3's taking each picture to the end of this part, of those that came to it."""
        deadline = time.monotonic() + patience
        while True:
            ends = await asyncio.to_thread(self.read_ends, part)
            if len(ends) == len(self.accepted) or time.monotonic() > deadline:
                return [Work(self.accepted[each], end) for each, end in ends.items()]
            await asyncio.sleep(pause)

    def read_ends(self, part: str) -> dict[str, float]:
        """When the part of each accepted image ended, of those that have; Unix seconds."""
        if not self.accepted:
            return {}
        table = self._fleet.client("dynamodb")
        ends = {}
        for owner in self._owners:
            pages = table.get_paginator("query").paginate(
                TableName=self._fleet.made.table,
                # Ids rise with time: what earlier steps left is not read again.
                KeyConditionExpression="pk = :pk AND sk BETWEEN :first AND :last",
                ExpressionAttributeValues={
                    ":pk": {"S": f"USER#{owner}"},
                    ":first": {"S": f"IMAGE#{min(self.accepted)}"},
                    ":last": {"S": f"IMAGE#{max(self.accepted)}"},
                },
            )
            for row in (row for page in pages for row in page["Items"]):
                ended = row[part]["M"].get("finished_at")
                if ended and row["image_id"]["S"] in self.accepted:
                    at = datetime.fromisoformat(ended["S"])
                    ends[row["image_id"]["S"]] = at.timestamp()
        return ends


class Meter:
    """Cores that a service has had since then, and all other processes of the trial together."""

    def __init__(self, fleet: Fleet, kind: str) -> None:
        self._members = fleet.members.values()
        self._kind = kind
        self._began = time.perf_counter()
        self._before = self._read()

    def read(self) -> tuple[float, float]:
        seconds = time.perf_counter() - self._began
        own, others = self._read()
        return (own - self._before[0]) / seconds, (others - self._before[1]) / seconds

    def _read(self) -> tuple[float, float]:
        own = sum(each.worked() for each in self._members if each.kind == self._kind)
        others = sum(each.worked() for each in self._members if each.kind != self._kind)
        return own, others + time.process_time()


class Bench:
    """Takes each measurement, in a fleet of its own."""

    def __init__(self, given: argparse.Namespace, console: Console) -> None:
        self._given = given
        self._console = console
        self._seconds = 5.0 if given.short else 20.0
        self._settling = 5.0 if given.short else 60.0
        self.load = Load()

    async def run(self) -> None:
        for kind in FIRST:
            await self._find_and_hold(kind)
        for count in (1, 2, 4):
            await self._drain(count, backlog=100 if self._given.short else 400)
        await self._take_alone(20 if self._given.short else 100)

    async def _in_fleet(
        self, shape: Shape, work: Callable[[Fleet, Driver], Awaitable[None]]
    ) -> None:
        timeout = aiohttp.ClientTimeout(total=20)
        connector = aiohttp.TCPConnector(limit=0)
        settings = {**UNLIMITED, **shape.settings}
        shape = replace(shape, settings=settings, visibility=60, steady=True)
        async with Fleet(shape, self._given.folder, 0) as fleet:
            await fleet.start()
            async with aiohttp.ClientSession(timeout=timeout, connector=connector) as http:
                await work(fleet, Driver(fleet, http))
            if fleet.mishaps:
                raise FleetError("; ".join(fleet.mishaps))

    async def _find_and_hold(self, kind: str) -> None:
        async def climb_and_hold(fleet: Fleet, driver: Driver) -> None:
            async def measure(rate: float) -> Step:
                step = await _measure(fleet, driver, kind, rate, self._seconds)
                self._say(kind, step)
                return step

            # Connections and caches fill first.
            await offer(10, 5, driver.send, FAILURES)
            steps = self.load.knees[kind] = await climb(measure, FIRST[kind])
            await self._hold(fleet, driver, kind, HELD * knee(steps).offered)

        shape = Shape(apis=1, workers=int(kind == "worker"), resizers=int(kind == "resizer"))
        await self._in_fleet(shape, climb_and_hold)

    def _say(self, what: str, step: Step) -> None:
        self._console.print(
            f"{what:>12} {step.offered:5.0f}/s: {step.done:6.1f} done, "
            f"p50 {step.p50 * 1000:4.0f} ms, p99 {step.p99 * 1000:4.0f} ms, "
            f"calls {step.calls_p99 * 1000:4.0f} ms, "
            f"{step.cores:.2f} cores, others {step.others:.2f}",
            highlight=False,
            soft_wrap=True,
        )

    async def _hold(self, fleet: Fleet, driver: Driver, kind: str, rate: float) -> None:
        (member,) = fleet.of_kind(kind)
        samples = self.load.memory[kind] = []

        async def watch() -> None:
            began = time.monotonic()
            with Progress(console=self._console, transient=True) as progress:
                bar = progress.add_task(f"{kind} at {rate:.0f}/s", total=self._given.hold)
                while True:
                    now = time.monotonic() - began
                    samples.append((now, member.resident()))
                    progress.update(bar, completed=now)
                    await asyncio.sleep(1)

        # Overload has left more than this rate needs, and the allocator's arenas fill slowly.
        await _measure(fleet, driver, kind, rate, self._settling)
        watching = asyncio.create_task(watch())
        step = await _measure(fleet, driver, kind, rate, self._given.hold)
        watching.cancel()
        growth = slope(samples) * 3600 / 2**20
        self.load.held[kind] = {
            **step._asdict(),
            "seconds": self._given.hold,
            "rss_mib": samples[-1][1] / 2**20,
            "rss_mib_per_hour": growth,
        }
        self._say(f"{kind} held", step)
        self._console.print(
            f"{kind:>12} {samples[-1][1] / 2**20:.0f} MiB, {growth:+.1f} MiB an hour",
            highlight=False,
        )

    async def _drain(self, workers: int, backlog: int) -> None:
        """The same backlog for each number of workers, with a Rekognition that takes its time."""

        async def drain(fleet: Fleet, driver: Driver) -> None:
            # Nothing gets through to the queue until the backlog is complete.
            await fleet.tell_proxy("down", {"sqs": "refuse"})
            for _ in range(0, backlog, 20):
                await asyncio.gather(*(driver.send() for _ in range(20)))
            await fleet.tell_proxy("down", {})
            done = await driver.await_ends(PARTS["worker"], patience=600)
            ends = sorted(each.ended for each in done)
            if len(ends) < backlog:
                raise FleetError(f"{backlog - len(ends)} pictures of a backlog were never done")
            # Without beginning and end, where not all are busy.
            first, last = ends[backlog // 10], ends[backlog * 9 // 10]
            self.load.drained[workers] = 0.8 * backlog / (last - first)

        settings = {"worker": {"SIGHTLINE_CONCURRENCY": "2", "SIGHTLINE_BACKOFF_SECONDS": "2"}}
        shape = Shape(apis=1, workers=workers, resizers=0, latency=1.0, settings=settings)
        await self._in_fleet(shape, drain)
        self._console.print(f"{workers} workers drain {self.load.drained[workers]:.2f} a second")

    async def _take_alone(self, count: int) -> None:
        """One picture at a time; the first few open connections."""

        async def take(fleet: Fleet, driver: Driver) -> None:
            whole, own = [], []
            for number in range(count + 5):
                driver.accepted.clear()
                accepted = driver.accepted[await driver.send()]
                ends = [
                    work.ended
                    for part in PARTS.values()
                    for work in await driver.await_ends(part, pause=0.1)
                ]
                if len(ends) < len(PARTS):
                    raise FleetError("a picture that was alone was never done")
                ended = max(ends)
                if number >= 5:
                    whole.append(ended - accepted)
                    # A call may have begun before the picture was there.
                    waits = await _read_waits(fleet, accepted - 1)
                    own.append(whole[-1] - busy(waits, accepted, ended))
            self.load.alone = {
                "event_to_ready": _describe(whole),
                "less_dependencies": _describe(own),
            }

        await self._in_fleet(Shape(apis=1, workers=1, resizers=1), take)
        self._console.print("one at a time, seconds", self.load.alone)


async def _measure(fleet: Fleet, driver: Driver, kind: str, rate: float, seconds: float) -> Step:
    meter, began = Meter(fleet, kind), time.time()
    if kind == "api":
        done = await offer(rate, seconds, driver.announce, FAILURES)
        own, others = meter.read()
    else:
        driver.accepted.clear()
        await offer(rate, seconds, driver.send, FAILURES)
        own, others = meter.read()
        done = await driver.await_ends(PARTS[kind])
    calls_p99 = summarize(0, seconds, await _read_waits(fleet, began)).p99
    return summarize(rate, seconds, done)._replace(cores=own, others=others, calls_p99=calls_p99)


async def _read_waits(fleet: Fleet, since: float) -> list[Work]:
    """Calls to the stand-ins, without polls: they wait for us, and not we for them."""
    calls = await fleet.ask_proxy(f"spans?since={since}")
    return [Work(began, ended) for _, name, began, ended in calls if name != "ReceiveMessage"]


def _describe(seconds: list[float]) -> Figures:
    ordered = sorted(seconds)
    return {"p50": statistics.median(ordered), "p99": percentile(ordered, 0.99)}


def draw_load(load: Load, path: Path) -> None:
    import matplotlib as mpl

    mpl.use("Agg")
    import matplotlib.pyplot as plt

    figure, ((done, late), (memory, drained)) = plt.subplots(2, 2, figsize=(11, 8))
    for name, steps in load.knees.items():
        offered = [step.offered for step in steps]
        borne = knee(steps)
        (line,) = done.plot(offered, [step.done for step in steps], marker="o", label=name)
        color = line.get_color()
        done.plot(borne.offered, borne.done, "o", ms=14, mfc="none", color=color)
        late.plot(offered, [step.p99 * 1000 for step in steps], marker="o", label=name)
        calls = [step.calls_p99 * 1000 for step in steps]
        late.plot(offered, calls, color=color, linewidth=0.8, linestyle="--")
        late.axvline(borne.offered, color=color, linewidth=0.8, linestyle=":")
    rates = [step.offered for steps in load.knees.values() for step in steps]
    done.plot([min(rates), max(rates)], [min(rates), max(rates)], color="#bbbbbb", linewidth=0.8)
    done.set(title="throughput, knees circled", ylabel="done per second")
    late.set(title="slowest hundredth (dashed: of calls to the stand-ins)", ylabel="p99, ms")
    for axes in (done, late):
        axes.set(xlabel="offered per second", xscale="log", yscale="log")
    for name, samples in load.memory.items():
        label = f"{name} at {load.held[name]['offered']:.0f}/s"
        memory.plot(
            [at / 60 for at, _ in samples], [octets / 2**20 for _, octets in samples], label=label
        )
    memory.set(title="memory at four fifths of the knee", xlabel="minutes", ylabel="MiB")
    memory.set_ylim(bottom=0)
    counts = list(load.drained)
    drained.plot(counts, list(load.drained.values()), marker="o", label="measured")
    alike = [load.drained[1] * count for count in counts]
    drained.plot(counts, alike, color="#bbbbbb", linewidth=0.8, label="proportional")
    drained.set(title="a backlog drains", xlabel="workers", ylabel="pictures per second")
    drained.set_ylim(bottom=0)
    for axes in (done, late, memory, drained):
        axes.legend()
        axes.grid(alpha=0.2)
    figure.tight_layout()
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, dpi=120)
    plt.close(figure)


def write_figures(load: Load, path: Path) -> None:
    told = {
        "ratios": {
            f"drain_{count}_to_1": rate / load.drained[1]
            for count, rate in load.drained.items()
            if count > 1
        },
        "knees": {name: knee(steps)._asdict() for name, steps in load.knees.items()},
        "steps": {name: [each._asdict() for each in steps] for name, steps in load.knees.items()},
        "held": load.held,
        "drained_per_second": load.drained,
        "alone": load.alone,
        "load_average": os.getloadavg(),
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(told, indent=2) + "\n")


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="make load",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--short", action="store_true", help="a trial of the trial: six minutes")
    parser.add_argument("--hold", type=float, default=600, help="seconds (default: %(default)s)")
    parser.add_argument("--folder", type=Path, default=Path(".sightline/load"), help="for logs")
    given = parser.parse_args()
    if given.short:
        given.hold = min(given.hold, 20)
    console = Console()
    bench = Bench(given, console)
    try:
        asyncio.run(until_told(bench.run()))
    except asyncio.CancelledError:
        sys.exit("stopped before its end")
    except (FleetError, EmulatorMissing) as error:
        Console(stderr=True).print(f"[red]sightline:[/] {error}", soft_wrap=True)
        sys.exit(2)
    write_figures(bench.load, OUT / "load.json")
    draw_load(bench.load, OUT / "load.png")
    console.print(f"{OUT / 'load.json'}, {OUT / 'load.png'}")


if __name__ == "__main__":
    main()
