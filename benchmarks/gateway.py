"""What the gateway costs, beside an endpoint that does nothing: `make bench-gateway`.

Each server is one process on one core, with the same uvicorn; wrk and the stand-in for AWS share
the other. They take turns, so that a slow moment hits all of them alike, and medians are compared.
Beside each ratio of rates is that of the time for which the server's core is busy with a request:
it is what the rate follows from, and others on the machine change it less. Where the two differ,
the servers did not have their core to themselves.
The gateway is the real one, with its middleware, tokens, table and log: only AWS is a server of
fixed answers.
"""

import json
import os
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import NamedTuple

import httpx
import matplotlib.pyplot as plt
from rich.console import Console
from rich.progress import track
from rich.table import Table
from steps import measure_steps

from sightline_testing.builders import SHA256, new_owner
from sightline_testing.tokens import CLIENT_ID, ISSUER, Pool

HERE = Path(__file__).parent
OUT = HERE / "out"
ROUNDS = int(os.environ.get("ROUNDS", "7"))
SECONDS = int(os.environ.get("SECONDS_EACH", "3"))

TICKET = {"media_type": "image/jpeg", "bytes": 829_183, "sha256": SHA256, "title": "Evening"}


class Question(NamedTuple):
    """What wrk asks of which server."""

    server: str
    method: str
    path: str
    body: str | None = None
    connections: int = 32


QUESTIONS = {
    "no-op": Question("noop", "GET", "/noop"),
    "authenticated read": Question("gateway", "GET", "/benchmark/owner"),
    "ticket": Question("gateway", "POST", "/v1/images", json.dumps(TICKET)),
    "page of 100": Question("gateway", "GET", "/v1/images?limit=100", connections=4),
    "page, unsigned": Question("unsigned", "GET", "/v1/images?limit=100", connections=4),
}


class Run(NamedTuple):
    """One turn: requests a second, latencies and the server's CPU time in microseconds."""

    rate: float
    p50: float
    p99: float
    cpu: float


class Server:
    """A process, pinned to a core."""

    def __init__(
        self, core: int, script: str, *arguments: str, environment: dict[str, str]
    ) -> None:
        self._process = subprocess.Popen(
            [sys.executable, str(HERE / script), *arguments],
            env={**os.environ, **environment},
            stdout=subprocess.DEVNULL,
            preexec_fn=lambda: os.sched_setaffinity(0, {core}),
        )

    def cpu(self) -> float:
        """Seconds for which it has been busy so far."""
        fields = Path(f"/proc/{self._process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def await_answer(self, url: str) -> None:
        deadline = time.monotonic() + 30
        while True:
            try:
                httpx.get(url, timeout=1)
            except httpx.TransportError:
                if time.monotonic() > deadline or self._process.poll() is not None:
                    raise SystemExit(f"sightline: {url} does not answer") from None
                time.sleep(0.1)
            else:
                return

    def close(self) -> None:
        self._process.send_signal(signal.SIGTERM)
        try:
            self._process.wait(15)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


class Rig(NamedTuple):
    """All that runs, and how to be let in."""

    servers: dict[str, Server]
    ports: dict[str, int]
    token: str
    environment: dict[str, str]


@contextmanager
def rig(cores: tuple[int, int]) -> Iterator[Rig]:
    pool = Pool()
    ports = {name: free_port() for name in ("answers", "noop", "gateway", "unsigned")}
    aws = f"http://127.0.0.1:{ports['answers']}"
    environment = {
        "AWS_REGION": "eu-central-1",
        "AWS_ENDPOINT_URL": aws,
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_EC2_METADATA_DISABLED": "true",
        "SIGHTLINE_TABLE": "images",
        "SIGHTLINE_ORIGINALS_BUCKET": "originals",
        "SIGHTLINE_RENDITIONS_BUCKET": "renditions",
        "SIGHTLINE_UPLOADS_TOPIC_ARN": "arn:aws:sns:eu-central-1:000000000000:uploads",
        "SIGHTLINE_EVENTS_TOPIC_ARN": "arn:aws:sns:eu-central-1:000000000000:events",
        "SIGHTLINE_EVENTS_QUEUE_PREFIX": "events-",
        "SIGHTLINE_TOKEN_ISSUER": ISSUER,
        "SIGHTLINE_TOKEN_JWKS_URL": f"{aws}/jwks.json",
        "SIGHTLINE_TOKEN_CLIENT_IDS": json.dumps([CLIENT_ID]),
        # It counts as always, and never refuses.
        "SIGHTLINE_OWNER_REQUESTS_PER_SECOND": "1000000",
        "SIGHTLINE_OWNER_BURST": "1000000",
    }
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        keys = folder / "jwks.json"
        keys.write_text(json.dumps(pool.jwks()))

        def start(core: int, script: str, *arguments: str, port: int) -> Server:
            own = {**environment, "SIGHTLINE_PORT": str(port)}
            server = Server(core, script, *arguments, environment=own)
            stack.callback(server.close)
            server.await_answer(f"http://127.0.0.1:{port}/")
            return server

        start(cores[1], "answers.py", str(ports["answers"]), str(keys), port=ports["answers"])
        servers = {
            name: start(cores[0], "served.py", name, port=ports[name])
            for name in ("noop", "gateway", "unsigned")
        }
        yield Rig(servers, ports, pool.sign(new_owner()), environment)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def ask(rig: Rig, question: Question, core: int, seconds: int = SECONDS) -> Run:
    """Ask over and over, by as many connections as there are."""
    server = rig.servers[question.server]
    url = f"http://127.0.0.1:{rig.ports[question.server]}{question.path}"
    before = server.cpu()
    answer = subprocess.run(
        [
            *("wrk", "--threads", "1", "--connections", str(question.connections)),
            *(
                "--duration",
                f"{seconds}s",
                "--timeout",
                "30s",
                "--script",
                str(HERE / "wrk.lua"),
                url,
            ),
        ],
        env={
            **os.environ,
            "BENCHMARK_METHOD": question.method,
            "BENCHMARK_TOKEN": rig.token,
            **({"BENCHMARK_BODY": question.body} if question.body else {}),
        },
        preexec_fn=lambda: os.sched_setaffinity(0, {core}),
        capture_output=True,
        text=True,
        check=True,
    )
    found = json.loads(answer.stdout.splitlines()[-1])
    if found["failed"]:
        raise SystemExit(f"sightline: {found['failed']} answers of {url} are not as they should be")
    cpu = (server.cpu() - before) / found["requests"] * 1e6
    return Run(found["rate"], found["p50"], found["p99"], cpu)


def consume(rig: Rig, core: int) -> float:
    """Microseconds of CPU for one message of a queue."""
    answer = subprocess.run(
        [sys.executable, str(HERE / "served.py"), "consumer"],
        env={**os.environ, **rig.environment},
        preexec_fn=lambda: os.sched_setaffinity(0, {core}),
        capture_output=True,
        text=True,
        check=True,
    )
    return float(json.loads(answer.stdout)["microseconds"])


def measure(rig: Rig, cores: tuple[int, int]) -> tuple[dict[str, list[Run]], list[float]]:
    for question in QUESTIONS.values():
        ask(rig, question, cores[1], seconds=1)
    runs: dict[str, list[Run]] = {name: [] for name in QUESTIONS}
    messages = []
    for _ in track(range(ROUNDS), "taking turns"):
        for name, question in QUESTIONS.items():
            runs[name].append(ask(rig, question, cores[1]))
        messages.append(consume(rig, cores[0]))
    return runs, messages


def rate(runs: list[Run]) -> float:
    return statistics.median(run.rate for run in runs)


def cpu(runs: list[Run]) -> float:
    return statistics.median(run.cpu for run in runs)


def compare(runs: dict[str, list[Run]], messages: list[float]) -> dict[str, float]:
    noop, read, ticket = (runs[name] for name in ("no-op", "authenticated read", "ticket"))
    return {
        "authenticated_read_vs_noop": rate(read) / rate(noop),
        "authenticated_read_vs_noop_cpu": cpu(noop) / cpu(read),
        "ticket_vs_noop": rate(ticket) / rate(noop),
        "ticket_vs_noop_cpu": cpu(noop) / cpu(ticket),
        "ticket_p99_over_p50": statistics.median(run.p99 / run.p50 for run in runs["ticket"]),
        "page_with_urls_vs_without": cpu(runs["page of 100"]) / cpu(runs["page, unsigned"]),
        "consumer_us_per_message": statistics.median(messages),
    }


def show(
    runs: dict[str, list[Run]], steps: dict[str, list[float]], ratios: dict[str, float]
) -> None:
    console = Console()
    table = Table("request", "a second", "CPU, µs", "p50, ms", "p99, ms")
    for name, taken in runs.items():
        p50, p99 = (
            statistics.median(getattr(run, field) for run in taken) for field in ("p50", "p99")
        )
        table.add_row(
            name,
            f"{rate(taken):,.0f}",
            f"{cpu(taken):,.0f}",
            f"{p50 / 1000:.1f}",
            f"{p99 / 1000:.1f}",
        )
    console.print(table)
    costs = Table("step", "µs")
    for name, times in steps.items():
        costs.add_row(name, f"{statistics.median(times):,.1f}")
    console.print(costs)
    results = Table("ratio", "")
    for name, value in ratios.items():
        results.add_row(name, f"{value:.3f}")
    console.print(results)


def draw_plot(runs: dict[str, list[Run]], steps: dict[str, list[float]], path: Path) -> None:
    figure, axes = plt.subplots(1, 2, figsize=(13, 5), layout="constrained")
    names = list(runs)
    costs = [[run.cpu for run in runs[name]] for name in names]
    axes[0].boxplot(costs, orientation="horizontal", tick_labels=names)
    axes[0].set_title("one request, all of it")
    axes[1].boxplot(list(steps.values()), orientation="horizontal", tick_labels=list(steps))
    axes[1].set_title("single steps")
    for axis in axes:
        axis.set_xscale("log")
        axis.set_xlabel("CPU time, µs")
        axis.invert_yaxis()
        axis.grid(axis="x", alpha=0.3)
    figure.suptitle("What the gateway costs on one core (less is better)")
    figure.savefig(path, dpi=110)


def main() -> None:
    if shutil.which("wrk") is None:
        raise SystemExit("sightline: wrk is needed: install it, as by apt install wrk")
    OUT.mkdir(exist_ok=True)
    available = sorted(os.sched_getaffinity(0))
    cores = (available[0], available[-1])
    with rig(cores) as running:
        runs, messages = measure(running, cores)
    steps = measure_steps(ROUNDS)
    ratios = compare(runs, messages)
    show(runs, steps, ratios)
    (OUT / "gateway.json").write_text(json.dumps({"ratios": ratios}, indent=2) + "\n")
    draw_plot(runs, steps, OUT / "gateway.png")
    print(f"saved {OUT / 'gateway.json'} and {OUT / 'gateway.png'}")


if __name__ == "__main__":
    main()
