"""How much each service bears on this machine, and for how long: `make load`.

1 the gateway's knee: tickets at a rising rate, until answers come late or not at all
2 the knees of worker and resizer: pictures at a rising rate, by how long each takes to its end
3 80 % of the lowest of them held for a while, with memory watched
4 how a backlog drains with 1, 2 and 4 workers, where Rekognition's latency is the limit
5 one picture at a time: from S3's event to its end, less what the stand-ins took of it

All calls go to one stand-in for AWS through the proxy, on the same machine and without faults: what
is told is the least that a service bears. Figures go to benchmarks/out/load.json, a plot beside.
"""

import argparse
import asyncio
import hashlib
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
from typing import Any, NamedTuple

import aiohttp
from rich.console import Console

from reliability.drawing import draw_picture
from reliability.fleet import Fleet, FleetError, Shape, until_told
from sightline_local.emulators import EmulatorMissing

OUT = Path(__file__).parents[2] / "benchmarks" / "out"

#: A rate is borne while so much of it is done, and the slowest hundredth is not slower than this
#: many times that of the lowest rate, or than a quarter of a second.
DONE = 0.95
SLOWER = 5.0
SLOW = 0.25

#: Seconds for what is under way at the end of a step.
REST = 15.0

Figures = dict[str, Any]


class Step(NamedTuple):
    """What came of one offered rate: per second, and seconds."""

    offered: float
    done: float
    p50: float
    p99: float


@dataclass
class Load:
    """Everything that was measured."""

    knees: dict[str, list[Step]] = field(default_factory=dict)
    memory: dict[str, list[tuple[float, int]]] = field(default_factory=dict)
    figures: Figures = field(default_factory=dict)


class Driver:
    """Announces and uploads pictures of one owner, as fast as it is told to."""

    def __init__(self, fleet: Fleet, http: aiohttp.ClientSession) -> None:
        self._fleet = fleet
        self._http = http
        self._chance = random.Random(7)
        self._headers = {"Authorization": f"Bearer {fleet.sign_in('load')}"}
        #: When S3 took each picture, in Unix seconds.
        self.accepted: dict[str, float] = {}

    async def announce(self) -> tuple[dict[str, Any], bytes]:
        body, media_type = draw_picture(self._chance)
        digest = hashlib.sha256(body).hexdigest()
        asked = {"media_type": media_type, "bytes": len(body), "sha256": digest}
        url = f"{self._fleet.gateways()[0]}/v1/images"
        async with self._http.post(url, json=asked, headers=self._headers) as answer:
            answer.raise_for_status()
            return await answer.json(), body

    async def send(self) -> str:
        ticket, body = await self.announce()
        data = aiohttp.FormData(ticket["upload"]["fields"])
        data.add_field("file", body, filename="picture")
        async with self._http.post(ticket["upload"]["url"], data=data) as answer:
            answer.raise_for_status()
        image_id: str = ticket["image"]["id"]
        self.accepted[image_id] = time.time()
        return image_id

    def read_ends(self, part: str) -> dict[str, float]:
        """When the part of each image ended, of those that have."""
        table = self._fleet.client("dynamodb")
        pages = table.get_paginator("query").paginate(
            TableName=self._fleet.made.table,
            KeyConditionExpression="pk = :pk AND begins_with(sk, :sk)",
            ExpressionAttributeValues={":pk": {"S": "USER#load"}, ":sk": {"S": "IMAGE#"}},
        )
        ends = {}
        for page in pages:
            for row in page["Items"]:
                ended = row[part]["M"].get("finished_at")
                if ended:
                    at = datetime.fromisoformat(ended["S"])
                    ends[row["image_id"]["S"]] = at.timestamp()
        return ends


async def offer(
    rate: float, seconds: float, work: Callable[[], Awaitable[object]]
) -> list[float | None]:
    """Begin `rate` works a second, however long each takes; how long, None where it failed."""
    took: list[float | None] = []

    async def do() -> None:
        began = time.perf_counter()
        try:
            await work()
            took.append(time.perf_counter() - began)
        except (aiohttp.ClientError, TimeoutError):
            took.append(None)

    began = time.perf_counter()
    tasks = []
    for number in range(int(rate * seconds)):
        await asyncio.sleep(began + number / rate - time.perf_counter())
        tasks.append(asyncio.create_task(do()))
    await asyncio.gather(*tasks)
    return took


def summarize(offered: float, seconds: float, took: list[float]) -> Step:
    if not took:
        return Step(offered, 0, float("inf"), float("inf"))
    ordered = sorted(took)
    return Step(
        offered,
        len(took) / seconds,
        statistics.median(ordered),
        ordered[min(len(ordered) - 1, int(len(ordered) * 0.99))],
    )


def is_borne(step: Step, lowest: Step) -> bool:
    return step.done >= DONE * step.offered and step.p99 <= max(SLOW, SLOWER * lowest.p99)


async def climb(
    measure: Callable[[float], Awaitable[Step]], first: float, say: Callable[[Step], None]
) -> list[Step]:
    """Rates that double until one is not borne, and then one in between."""
    steps = [await measure(first)]
    say(steps[0])
    while is_borne(steps[-1], steps[0]):
        steps.append(await measure(steps[-1].offered * 2))
        say(steps[-1])
    if len(steps) > 1:
        steps.append(await measure(steps[-1].offered * 0.75))
        say(steps[-1])
    return sorted(steps)


def knee(steps: list[Step]) -> float:
    """The highest rate that was borne."""
    return max((step.offered for step in steps if is_borne(step, steps[0])), default=0.0)


class Bench:
    """Runs what is asked for, each in a fleet of its own."""

    def __init__(self, given: argparse.Namespace, console: Console) -> None:
        self._given = given
        self._console = console
        self._seconds = 5.0 if given.short else 20.0
        self.load = Load()

    async def run(self) -> None:
        await self._find_gateways_knee()
        for kind, part in (("worker", "recognition"), ("resizer", "renditions")):
            await self._find_consumers_knee(kind, part)
        await self._hold()
        await self._drain()
        await self._take_one_at_a_time()

    async def _in_fleet(
        self, shape: Shape, work: Callable[[Fleet, Driver], Awaitable[None]]
    ) -> None:
        # One owner asks for all; what an owner may is not what is measured.
        unlimited = {"api": {"SIGHTLINE_OWNER_REQUESTS_PER_SECOND": "100000"}}
        shape = replace(shape, settings={**shape.settings, **unlimited})
        timeout = aiohttp.ClientTimeout(total=20)
        connector = aiohttp.TCPConnector(limit=0)
        async with Fleet(shape, self._given.folder, 0) as fleet:
            await fleet.start()
            async with aiohttp.ClientSession(timeout=timeout, connector=connector) as http:
                await work(fleet, Driver(fleet, http))
            if fleet.mishaps:
                raise FleetError("; ".join(fleet.mishaps))

    def _say(self, name: str) -> Callable[[Step], None]:
        def say(step: Step) -> None:
            self._console.print(
                f"{name}: {step.offered:6.1f}/s offered, {step.done:6.1f}/s done, "
                f"p50 {step.p50 * 1000:6.0f} ms, p99 {step.p99 * 1000:6.0f} ms",
                highlight=False,
            )

        return say

    async def _find_gateways_knee(self) -> None:
        async def climb_tickets(_: Fleet, driver: Driver) -> None:
            async def measure(rate: float) -> Step:
                took = await offer(rate, self._seconds, driver.announce)
                return summarize(rate, self._seconds, [each for each in took if each is not None])

            await measure(5)
            self.load.knees["api"] = await climb(measure, 10, self._say("api"))

        await self._in_fleet(Shape(apis=1, workers=0, resizers=0, visibility=60), climb_tickets)

    async def _find_consumers_knee(self, kind: str, part: str) -> None:
        async def climb_pictures(_: Fleet, driver: Driver) -> None:
            async def measure(rate: float) -> Step:
                driver.accepted.clear()
                await offer(rate, self._seconds, driver.send)
                return await self._await_ends(driver, part, rate)

            await measure(1)
            self.load.knees[kind] = await climb(measure, 2, self._say(kind))

        shape = Shape(
            apis=1, workers=int(kind == "worker"), resizers=int(kind == "resizer"), visibility=60
        )
        await self._in_fleet(shape, climb_pictures)

    async def _await_ends(self, driver: Driver, part: str, rate: float) -> Step:
        """Ends within the step's time and a rest count as done at its rate."""
        deadline = time.monotonic() + REST
        sent = dict(driver.accepted)
        while True:
            ends = await asyncio.to_thread(driver.read_ends, part)
            done = [ends[each] - at for each, at in sent.items() if each in ends]
            if len(done) == len(sent) or time.monotonic() > deadline:
                return summarize(rate, self._seconds, done)
            await asyncio.sleep(0.5)

    async def _hold(self) -> None:
        rate = 0.8 * min(map(knee, self.load.knees.values()))
        # Worker and resizer share the machine now, so each has less of it.
        rate = max(1.0, rate / 2)
        seconds = self._given.hold

        async def hold(fleet: Fleet, driver: Driver) -> None:
            async def watch() -> None:
                began = time.monotonic()
                while True:
                    for member in fleet.members.values():
                        if member.kind in {"api", "worker", "resizer"}:
                            samples = self.load.memory.setdefault(member.kind, [])
                            samples.append((time.monotonic() - began, member.resident()))
                    await asyncio.sleep(2)

            # Pools, caches and the allocator fill first.
            await offer(rate, 10, driver.send)
            driver.accepted.clear()
            watching = asyncio.create_task(watch())
            took = await offer(rate, seconds, driver.send)
            watching.cancel()
            failed = sum(each is None for each in took)
            step = await self._await_ends(driver, "recognition", rate)
            self.load.figures["held"] = {
                "rate": rate,
                "seconds": seconds,
                "failed": failed,
                "p50": step.p50,
                "p99": step.p99,
                "rss_megabytes_per_hour": {
                    name: slope(samples) * 3600 / 2**20
                    for name, samples in self.load.memory.items()
                },
                "rss_megabytes": {
                    name: samples[-1][1] / 2**20 for name, samples in self.load.memory.items()
                },
            }

        await self._in_fleet(Shape(apis=1, workers=1, resizers=1, visibility=60), hold)
        self._console.print("held", self.load.figures["held"])

    async def _drain(self) -> None:
        """The same backlog for 1, 2 and 4 workers, with a Rekognition that takes its time."""
        backlog = 100 if self._given.short else 400
        rates = {}
        for count in (1, 2, 4):
            rates[count] = await self._drain_with(count, backlog)
            self._console.print(f"{count} workers drain {rates[count]:.1f} a second")
        self.load.figures["drain_per_second"] = rates

    async def _drain_with(self, workers: int, backlog: int) -> float:
        found = 0.0

        async def drain(fleet: Fleet, driver: Driver) -> None:
            nonlocal found
            # Nothing gets through to the queue until the backlog is complete.
            await fleet.tell_proxy("down", {"sqs": "refuse"})
            for _ in range(0, backlog, 20):
                await asyncio.gather(*(driver.send() for _ in range(20)))
            await fleet.tell_proxy("down", {})
            deadline = time.monotonic() + 600
            while time.monotonic() < deadline:
                ends = sorted((await asyncio.to_thread(driver.read_ends, "recognition")).values())
                if len(ends) >= backlog:
                    break
                await asyncio.sleep(1)
            # Without beginning and end, where not all are busy.
            first, last = ends[len(ends) // 10], ends[len(ends) * 9 // 10]
            found = 0.8 * len(ends) / (last - first)

        settings = {"worker": {"SIGHTLINE_CONCURRENCY": "2", "SIGHTLINE_BACKOFF_SECONDS": "2"}}
        shape = Shape(
            apis=1, workers=workers, resizers=0, visibility=60, latency=1.0, settings=settings
        )
        await self._in_fleet(shape, drain)
        return found

    async def _take_one_at_a_time(self) -> None:
        count = 15 if self._given.short else 60

        async def take(fleet: Fleet, driver: Driver) -> None:
            whole, own = [], []
            for number in range(count + 5):
                image_id = await driver.send()
                accepted = driver.accepted[image_id]
                ended: list[float] = []
                while len(ended) < 2:
                    await asyncio.sleep(0.05)
                    ends = [
                        await asyncio.to_thread(driver.read_ends, part)
                        for part in ("recognition", "renditions")
                    ]
                    ended = [each[image_id] for each in ends if image_id in each]
                if number >= 5:
                    whole.append(max(ended) - accepted)
                    spans = await fleet.ask_proxy("spans")
                    own.append(whole[-1] - busy(spans, accepted, max(ended)))
            self.load.figures["one_at_a_time"] = {
                "event_to_ready_p50": statistics.median(whole),
                "event_to_ready_p99": sorted(whole)[int(len(whole) * 0.99)],
                "own_p50": statistics.median(own),
                "own_p99": sorted(own)[int(len(own) * 0.99)],
            }

        await self._in_fleet(Shape(apis=1, workers=1, resizers=1, visibility=60), take)
        self._console.print("one at a time", self.load.figures["one_at_a_time"])


def busy(spans: list[list[Any]], began: float, ended: float) -> float:
    """Seconds between the two in which at least one call was out; polls wait for us, not we."""
    inside = sorted(
        (max(began, start), min(ended, end))
        for _, operation, start, end in spans
        if operation != "ReceiveMessage" and end > began and start < ended
    )
    total, until = 0.0, began
    for start, end in inside:
        total += max(0.0, end - max(start, until))
        until = max(until, end)
    return total


def slope(samples: list[tuple[float, int]]) -> float:
    """Bytes a second, by least squares."""
    if len(samples) < 2:
        return 0.0
    return statistics.linear_regression(*zip(*samples, strict=True)).slope


def draw_load(load: Load, path: Path) -> None:
    import matplotlib as mpl

    mpl.use("Agg")
    import matplotlib.pyplot as plt

    figure, (left, middle, right) = plt.subplots(1, 3, figsize=(15, 4.5))
    for name, steps in load.knees.items():
        offered = [step.offered for step in steps]
        left.plot(offered, [step.done for step in steps], marker="o", label=name)
        middle.plot(offered, [step.p99 * 1000 for step in steps], marker="o", label=name)
    most = max(step.offered for steps in load.knees.values() for step in steps)
    left.plot([1, most], [1, most], color="#bbbbbb", linewidth=0.8)
    left.set(title="done", xlabel="offered per second", ylabel="per second", xscale="log")
    left.set_yscale("log")
    middle.set(title="p99", xlabel="offered per second", ylabel="ms", xscale="log", yscale="log")
    for name, samples in load.memory.items():
        right.plot([at for at, _ in samples], [octets / 2**20 for _, octets in samples], label=name)
    right.set(title="memory while held", xlabel="seconds", ylabel="MiB")
    right.set_ylim(bottom=0)
    for axes in (left, middle, right):
        axes.legend()
        axes.grid(alpha=0.2)
    figure.tight_layout()
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, dpi=120)
    plt.close(figure)


def write_figures(load: Load, path: Path) -> None:
    rates = load.figures["drain_per_second"]
    ratios = {f"drain_{count}_to_1": rates[count] / rates[1] for count in (2, 4)}
    knees = {name: knee(steps) for name, steps in load.knees.items()}
    told = {
        "ratios": ratios,
        "knees_per_second": knees,
        "load_average": os.getloadavg(),
        **load.figures,
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(told, indent=2) + "\n")


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="make load",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--short", action="store_true", help="a trial of the trial: three minutes")
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
