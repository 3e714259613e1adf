"""Benchmark of the table on one machine as an owner's library grows (`make bench-table`).

Fills the library of one owner with images of ten labels each, through the ports of the table. At
each size a new process opens the table and measures what users wait for. The process that writes is
killed (SIGKILL) each time, so that every start is one after a crash. The SQLite file is compared
with DynamoDB as MiniStack emulates it, at the sizes that finish within minutes.
"""

import asyncio
import json
import os
import signal
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Awaitable, Callable, Iterator
from contextlib import AsyncExitStack, ExitStack, contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from library import COMMON, FREQUENT, create_album, fill, rare_label
from rich.console import Console
from rich.table import Table
from testbed import HERE, find_free_port

from sightline.adapters.aws.clients import Clients
from sightline.adapters.dynamo.schema import table_schema
from sightline.adapters.tables import open_tables
from sightline.domain.albums import AlbumKey
from sightline.ports.tables import Tables
from sightline.settings import SQLITE_SCHEME
from sightline_api.images.index_search import Query
from sightline_api.images.listing import Filter
from sightline_api.images.searching import ImageSearch
from sightline_local.emulators import EmulatorMissing, choose_emulator
from sightline_local.environment import REGION

OUT = HERE / "out"
ROUNDS = int(os.environ.get("ROUNDS", "21"))

#: Sizes of the library, for the SQLite file and for the emulator.
SIZES = (1_000, 2_000, 5_000, 10_000)
EMULATOR_SIZES = (1_000, 3_000)

OWNER = "bench-owner"
PAGE_SIZE = 100

#: Time limit for the emulator to start.
START_TIMEOUT_SECONDS = 30

#: The name of the table in the emulator.
TABLE = "bench-table"

GALLERY_PAGE, RARE_SEARCH = "gallery page", "common AND rare"


class Sample(NamedTuple):
    """What was measured at one size; latencies are medians in milliseconds.

    `table_bytes` is what the table takes: the file, or the emulator's memory since it was empty.
    `memory_bytes` is the resident memory of the process that answered the calls.
    """

    images: int
    table_bytes: int
    memory_bytes: int
    fill_seconds_per_hundred: float
    restart_seconds: float
    latencies: dict[str, float]


def main() -> None:
    if len(sys.argv) > 1:
        asyncio.run(run_role(sys.argv[1], json.loads(sys.argv[2])))
        return
    OUT.mkdir(exist_ok=True)
    results = {"SQLite": list(measure_sqlite())}
    try:
        results["DynamoDB on MiniStack"] = list(measure_emulator())
    except EmulatorMissing as error:
        print(f"sightline: no comparison with an emulator: {error}", file=sys.stderr)
    ratios = compute_ratios(results["SQLite"])
    print_results(results, ratios)
    document = {
        "ratios": ratios,
        "samples": {
            name: [each._asdict() for each in samples] for name, samples in results.items()
        },
    }
    (OUT / "table.json").write_text(json.dumps(document, indent=2) + "\n")
    plot_results(results, OUT / "table.png")
    print(f"wrote {OUT / 'table.json'} and {OUT / 'table.png'}")


def measure_sqlite() -> Iterator[Sample]:
    """Yield a sample of the SQLite file at each size."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "table.db"

        def count_bytes() -> int:
            return sum(each.stat().st_size for each in Path(folder).iterdir())

        yield from grow(f"{SQLITE_SCHEME}{path}", dict(os.environ), SIZES, count_bytes)


def measure_emulator() -> Iterator[Sample]:
    """Yield a sample of the emulator at each size. Raises `EmulatorMissing`."""
    port = find_free_port()
    environment = {
        **os.environ,
        "AWS_ENDPOINT_URL": f"http://127.0.0.1:{port}",
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_EC2_METADATA_DISABLED": "true",
    }
    with run_emulator(port) as process:
        run_child("create", {}, environment)
        empty = resident_bytes(process.pid)

        def count_bytes() -> int:
            return resident_bytes(process.pid) - empty

        for sample in grow(TABLE, environment, EMULATOR_SIZES, count_bytes):
            # The emulator answers the calls, not the process that makes them.
            yield sample._replace(memory_bytes=resident_bytes(process.pid))


@contextmanager
def run_emulator(port: int) -> Iterator["subprocess.Popen[bytes]"]:
    emulator = choose_emulator("ministack", port)
    with ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory())
        process = subprocess.Popen(
            emulator.command,
            env={**os.environ, **emulator.environment},
            cwd=folder,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        stack.callback(process.wait)
        stack.callback(process.terminate)
        deadline = time.monotonic() + START_TIMEOUT_SECONDS
        while True:
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{port}{emulator.health}", timeout=1)
                break
            except OSError:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.1)
        yield process


def grow(
    table: str,
    environment: dict[str, str],
    sizes: tuple[int, ...],
    count_bytes: Callable[[], int],
) -> Iterator[Sample]:
    """Fill the table to each size in turn, and yield what a new process measures there."""
    album = run_child("prepare", {"table": table}, environment)
    stored = 0
    for size in sizes:
        job = {"table": table, "album": album, "first": stored, "size": size, "sizes": sizes}
        filled = run_child("fill", job, environment, kill=True)
        started = time.monotonic()
        with start_child("measure", job, environment) as process:
            assert process.stdout is not None
            process.stdout.readline()
            restart_seconds = time.monotonic() - started
            measured = json.loads(process.stdout.readline())
        yield Sample(
            images=size,
            table_bytes=count_bytes(),
            memory_bytes=measured["memory_bytes"],
            fill_seconds_per_hundred=filled["seconds"] / (size - stored) * 100,
            restart_seconds=restart_seconds,
            latencies=measured["latencies"],
        )
        stored = size


def run_child(
    role: str, job: dict[str, Any], environment: dict[str, str], *, kill: bool = False
) -> Any:
    """Run a role in a process of its own and return what it prints; kill it then if requested."""
    with start_child(role, job, environment) as process:
        assert process.stdout is not None
        result = json.loads(process.stdout.readline())
        if kill:
            process.send_signal(signal.SIGKILL)
    return result


@contextmanager
def start_child(
    role: str, job: dict[str, Any], environment: dict[str, str]
) -> Iterator["subprocess.Popen[str]"]:
    command = [sys.executable, __file__, role, json.dumps(job)]
    with subprocess.Popen(
        command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        yield process
        assert process.stdin is not None
        # A process that was not killed ends at the end of its input.
        process.stdin.close()


async def run_role(role: str, job: dict[str, Any]) -> None:
    """Run as a child process: print results as lines of JSON, and wait for the end of input."""
    async with AsyncExitStack() as stack:
        clients = Clients(stack, REGION)
        if role == "create":
            await (await clients.open("dynamodb")).create_table(**table_schema(TABLE))
            report(None)
            return
        tables, _ = await open_tables(job["table"], clients, stack, fast_path=True)
        if role == "prepare":
            report((await create_album(tables, OWNER)).album_id)
        elif role == "fill":
            started = time.monotonic()
            numbers = range(job["first"], job["size"])
            await fill(tables, AlbumKey(OWNER, job["album"]), numbers, job["sizes"])
            report({"seconds": time.monotonic() - started})
        else:
            await tables.images.page_summaries(OWNER, PAGE_SIZE)
            report(None)
            latencies = await measure_calls(tables, job["album"], job["size"])
            report({"memory_bytes": resident_bytes(os.getpid()), "latencies": latencies})
        await asyncio.to_thread(sys.stdin.read)


def report(value: Any) -> None:
    print(json.dumps(value), flush=True)


async def measure_calls(tables: Tables, album: str, size: int) -> dict[str, float]:
    """Return the median latency of each call in milliseconds; the calls take turns."""
    searches = ImageSearch(tables.images, tables.index, OWNER)
    middle = (await tables.images.list_ids(OWNER, size // 2))[-1]

    def search(query: Query) -> Callable[[], Awaitable[object]]:
        return lambda: searches.page(query, Filter(), PAGE_SIZE, None)

    calls: dict[str, Callable[[], Awaitable[object]]] = {
        GALLERY_PAGE: lambda: tables.images.page_summaries(OWNER, PAGE_SIZE),
        "page in the middle": lambda: tables.images.page_summaries(OWNER, PAGE_SIZE, middle),
        "common AND frequent": search(Query(labels=(COMMON, FREQUENT))),
        RARE_SEARCH: search(Query(labels=(COMMON, rare_label(size)))),
        "album page": search(Query(album=album)),
        "label counts": lambda: tables.index.count_labels(OWNER, PAGE_SIZE),
        "usage": lambda: tables.usage.read(OWNER),
    }
    seconds: dict[str, list[float]] = {name: [] for name in calls}
    for _ in range(ROUNDS):
        for name, call in calls.items():
            started = time.perf_counter()
            await call()
            seconds[name].append(time.perf_counter() - started)
    return {name: statistics.median(each) * 1000 for name, each in seconds.items()}


def resident_bytes(pid: int) -> int:
    """Return the resident memory of a process, as Linux reports it."""
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")


def compute_ratios(samples: list[Sample]) -> dict[str, float]:
    """Return the goals' figures; kB per image are those of the file and of growing memory."""
    first, last = samples[0], samples[-1]
    memory_growth = (last.memory_bytes - first.memory_bytes) / (last.images - first.images)
    growth = {name: last.latencies[name] / each for name, each in first.latencies.items()}
    return {
        "cloud_kb_per_image": (last.table_bytes / last.images + max(0, memory_growth)) / 1000,
        "page_growth": growth[GALLERY_PAGE],
        "search_growth": growth[RARE_SEARCH],
        "largest_growth": max(growth.values()),
        "restart_seconds": max(each.restart_seconds for each in samples),
    }


def print_results(results: dict[str, list[Sample]], ratios: dict[str, float]) -> None:
    console = Console()
    for name, samples in results.items():
        table = Table(name, *(f"{each.images:,}" for each in samples))
        rows: dict[str, Callable[[Sample], str]] = {
            "table, kB per image": lambda each: f"{each.table_bytes / each.images / 1000:.1f}",
            "memory of the server, MB": lambda each: f"{each.memory_bytes / 1e6:.0f}",
            "s per 100 images stored": lambda each: f"{each.fill_seconds_per_hundred:.2f}",
            "start and first page, s": lambda each: f"{each.restart_seconds:.2f}",
        }
        for title, format_cell in rows.items():
            table.add_row(title, *map(format_cell, samples))
        for call in samples[0].latencies:
            table.add_row(f"{call}, ms", *(f"{each.latencies[call]:.1f}" for each in samples))
        console.print(table)
    ratio_table = Table("metric", "value")
    for metric, value in ratios.items():
        ratio_table.add_row(metric, f"{value:.2f}")
    console.print(ratio_table)


def plot_results(results: dict[str, list[Sample]], path: Path) -> None:
    # The child processes, whose memory is measured, never load it.
    import matplotlib.pyplot as plt

    figure, axes = plt.subplots(1, 2, figsize=(13, 5), layout="constrained")
    for (name, samples), style in zip(results.items(), ("-", "--"), strict=False):
        sizes = [each.images for each in samples]
        for number, call in enumerate(samples[0].latencies):
            values = [each.latencies[call] for each in samples]
            axes[0].plot(
                sizes, values, style, marker="o", color=f"C{number}", label=f"{call}, {name}"
            )
        bytes_each = [each.table_bytes / each.images / 1000 for each in samples]
        axes[1].plot(sizes, bytes_each, style, marker="o", label=name)
    axes[0].set_title("Median latency, ms")
    axes[0].set_yscale("log")
    axes[1].set_title("Table, kB per image")
    axes[1].set_ylim(bottom=0)
    for axis in axes:
        axis.set_xlabel("images of the owner")
        axis.grid(alpha=0.3)
        axis.legend(fontsize="x-small")
    figure.suptitle("The table on one machine as a library grows (lower is better)")
    figure.savefig(path, dpi=110)


if __name__ == "__main__":
    main()
