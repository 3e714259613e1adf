"""Benchmark of the gateway, compared with a no-op endpoint (`make bench-gateway`).

Each server is one process on one core, with the same uvicorn; wrk and the fake AWS share the other
core. The servers are measured in turn, so that a slow phase of the machine affects all of them, and
medians are compared. Each ratio of request rates has a counterpart that compares the server's CPU
time per request, which other load on the machine affects less. Where the two differ, the servers
did not have their core to themselves.

The gateway is the real one, with its middleware, token verification, table adapter and log; only
AWS is replaced by a server with fixed responses.
"""

import json
import os
import shutil
import statistics
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import matplotlib.pyplot as plt
from micro_steps import measure_steps
from rich.console import Console
from rich.progress import track
from rich.table import Table
from testbed import HERE, Testbed, run_testbed

from sightline_testing.builders import SHA256

OUT = HERE / "out"
ROUNDS = int(os.environ.get("ROUNDS", "7"))
SECONDS_EACH = int(os.environ.get("SECONDS_EACH", "3"))

UPLOAD = {"media_type": "image/jpeg", "bytes": 829_183, "sha256": SHA256, "title": "Evening"}


class Request(NamedTuple):
    """A request that wrk repeats, and the server that handles it."""

    server: str
    method: str
    path: str
    body: str | None = None
    connections: int = 32
    with_api_key: bool = False


REQUESTS = {
    "no-op": Request("noop", "GET", "/noop"),
    "authenticated read": Request("gateway", "GET", "/v1/benchmark/owner"),
    "read with token": Request("gateway", "GET", "/v1/capabilities"),
    "read with API key": Request("gateway", "GET", "/v1/capabilities", with_api_key=True),
    "create upload": Request("gateway", "POST", "/v1/images", json.dumps(UPLOAD)),
    "page of 100": Request("gateway", "GET", "/v1/images?limit=100", connections=4),
    "page, unsigned URLs": Request("unsigned", "GET", "/v1/images?limit=100", connections=4),
}


class Run(NamedTuple):
    """One run of wrk: requests per second; latencies and CPU time per request in microseconds."""

    rate: float
    p50: float
    p99: float
    cpu: float


def run_wrk(testbed: Testbed, request: Request, core: int, seconds: int = SECONDS_EACH) -> Run:
    """Repeat the request over all connections for this long."""
    server = testbed.servers[request.server]
    url = f"http://127.0.0.1:{testbed.ports[request.server]}{request.path}"
    command = ["wrk", "--threads", "1", "--connections", str(request.connections)]
    command += ["--duration", f"{seconds}s", "--timeout", "30s"]
    command += ["--script", str(HERE / "wrk.lua"), url]
    cpu_before = server.cpu_seconds()
    process = subprocess.run(
        command,
        env={
            **os.environ,
            "BENCHMARK_METHOD": request.method,
            "BENCHMARK_TOKEN": testbed.api_key if request.with_api_key else testbed.token,
            **({"BENCHMARK_BODY": request.body} if request.body else {}),
        },
        preexec_fn=lambda: os.sched_setaffinity(0, {core}),
        capture_output=True,
        text=True,
        check=True,
    )
    result = json.loads(process.stdout.splitlines()[-1])
    if result["failed"]:
        raise SystemExit(f"sightline: {result['failed']} requests to {url} failed")
    cpu = (server.cpu_seconds() - cpu_before) / result["requests"] * 1e6
    return Run(result["rate"], result["p50"], result["p99"], cpu)


def run_consumer(testbed: Testbed, core: int) -> float:
    """Return the CPU time per message of a consumer, in microseconds."""
    process = subprocess.run(
        [sys.executable, str(HERE / "bench_servers.py"), "consumer"],
        env={**os.environ, **testbed.environment},
        preexec_fn=lambda: os.sched_setaffinity(0, {core}),
        capture_output=True,
        text=True,
        check=True,
    )
    return float(json.loads(process.stdout)["microseconds"])


def measure(testbed: Testbed, cores: tuple[int, int]) -> tuple[dict[str, list[Run]], list[float]]:
    """Return the runs of each request, and the consumer's microseconds per message."""
    for request in REQUESTS.values():
        run_wrk(testbed, request, cores[1], seconds=1)
    runs: dict[str, list[Run]] = {name: [] for name in REQUESTS}
    message_costs = []
    for _ in track(range(ROUNDS), "requests"):
        for name, request in REQUESTS.items():
            runs[name].append(run_wrk(testbed, request, cores[1]))
        message_costs.append(run_consumer(testbed, cores[0]))
    return runs, message_costs


def rate(runs: list[Run]) -> float:
    return statistics.median(run.rate for run in runs)


def cpu(runs: list[Run]) -> float:
    return statistics.median(run.cpu for run in runs)


def compute_ratios(runs: dict[str, list[Run]], message_costs: list[float]) -> dict[str, float]:
    noop, read, upload, page = (
        runs[name] for name in ("no-op", "authenticated read", "create upload", "page of 100")
    )
    return {
        "authenticated_read_vs_noop": rate(read) / rate(noop),
        "authenticated_read_vs_noop_cpu": cpu(noop) / cpu(read),
        "api_key_vs_token_cpu": cpu(runs["read with API key"]) / cpu(runs["read with token"]),
        "ticket_vs_noop": rate(upload) / rate(noop),
        "ticket_vs_noop_cpu": cpu(noop) / cpu(upload),
        "ticket_p99_over_p50": statistics.median(run.p99 / run.p50 for run in upload),
        "page_vs_noop": cpu(page) / cpu(noop),
        "page_with_urls_vs_without": cpu(page) / cpu(runs["page, unsigned URLs"]),
        "consumer_us_per_message": statistics.median(message_costs),
    }


def print_results(
    runs: dict[str, list[Run]], steps: dict[str, list[float]], ratios: dict[str, float]
) -> None:
    console = Console()
    table = Table("request", "per second", "CPU, µs", "CPU / no-op", "p50, ms", "p99, ms")
    for name, results in runs.items():
        p50, p99 = (
            statistics.median(getattr(run, field) for run in results) for field in ("p50", "p99")
        )
        table.add_row(
            name,
            f"{rate(results):,.0f}",
            f"{cpu(results):,.0f}",
            f"{cpu(results) / cpu(runs['no-op']):.1f}",
            f"{p50 / 1000:.1f}",
            f"{p99 / 1000:.1f}",
        )
    console.print(table)
    step_table = Table("step", "CPU, µs")
    for name, costs in steps.items():
        step_table.add_row(name, f"{statistics.median(costs):,.1f}")
    console.print(step_table)
    ratio_table = Table("metric", "value")
    for name, value in ratios.items():
        ratio_table.add_row(name, f"{value:.3f}")
    console.print(ratio_table)


def plot_results(runs: dict[str, list[Run]], steps: dict[str, list[float]], path: Path) -> None:
    figure, axes = plt.subplots(1, 2, figsize=(13, 5), layout="constrained")
    labels = [
        f"{name}\n({cpu(results) / cpu(runs['no-op']):.1f} x no-op)"
        for name, results in runs.items()
    ]
    costs = [[run.cpu for run in results] for results in runs.values()]
    axes[0].boxplot(costs, orientation="horizontal", tick_labels=labels)
    axes[0].set_title("Whole requests")
    axes[1].boxplot(list(steps.values()), orientation="horizontal", tick_labels=list(steps))
    axes[1].set_title("Single steps")
    for axis in axes:
        axis.set_xscale("log")
        axis.set_xlabel("CPU time, µs")
        axis.invert_yaxis()
        axis.grid(axis="x", alpha=0.3)
    figure.suptitle("CPU time of the gateway on one core (lower is better)")
    figure.savefig(path, dpi=110)


def main() -> None:
    if shutil.which("wrk") is None:
        raise SystemExit("sightline: wrk not found: install it, for example by `apt install wrk`")
    OUT.mkdir(exist_ok=True)
    available = sorted(os.sched_getaffinity(0))
    cores = (available[0], available[-1])
    with run_testbed(cores) as testbed:
        runs, message_costs = measure(testbed, cores)
    steps = measure_steps(ROUNDS)
    ratios = compute_ratios(runs, message_costs)
    print_results(runs, steps, ratios)
    (OUT / "gateway.json").write_text(json.dumps({"ratios": ratios}, indent=2) + "\n")
    plot_results(runs, steps, OUT / "gateway.png")
    print(f"wrote {OUT / 'gateway.json'} and {OUT / 'gateway.png'}")


if __name__ == "__main__":
    main()
