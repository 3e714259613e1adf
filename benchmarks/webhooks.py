"""Benchmark of webhooks: deliveries of a task, and the delay on a machine (`make bench-webhooks`).

Rounds of deliveries and of bare POST requests with the same body alternate, to a receiver that is a
process of its own; deliveries read and write a table in SQLite. The delay is measured on the
processes that `make run` starts, from the time at which an image became ready to the arrival of its
message.
"""

import asyncio
import json
import multiprocessing
import os
import statistics
import tempfile
import threading
import time
from collections.abc import Awaitable, Iterator
from contextlib import contextmanager
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from multiprocessing.connection import Connection as Pipe
from pathlib import Path

import aiohttp
import uvloop
from aiohttp import web
from rich.console import Console
from rich.table import Table

from local import OUT, LocalStack, draw_photo, run_rekognition
from sightline.adapters.memory import MemoryMessageSender, MemoryQueue, MemoryTopic
from sightline.adapters.sqlite import Database, prepare, sqlite_tables
from sightline.domain.delivery_tasks import DeliveryTask, next_task
from sightline.event_publisher import EventPublisher
from sightline.ports.tables import Tables
from sightline_local.environment import ignore_user_settings
from sightline_notifier.webhooks.deliverer import Deliverer
from sightline_notifier.webhooks.http_client import EndpointClient
from sightline_testing.builders import make_delivery, make_webhook

ROUNDS = int(os.environ.get("ROUNDS", "7"))

#: Deliveries of one round, and those in progress at a time.
REPETITIONS = 500
CONCURRENCY = 32

#: Images whose delay is measured, and the time limit for their messages.
IMAGES = int(os.environ.get("IMAGES", "100"))
DELAY_TIMEOUT_SECONDS = 600

PAYLOAD = json.dumps({"type": "image.ready", "data": {"labels": ["x" * 40] * 20}})

Cost = tuple[float, float]


def receive(pipe: Pipe) -> None:
    """Run a receiver that accepts everything, and send its port through the pipe."""

    async def accept(request: web.Request) -> web.Response:
        await request.read()
        return web.Response(status=204)

    async def serve() -> None:
        application = web.Application()
        application.router.add_post("/", accept)
        runner = web.AppRunner(application, access_log=None)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        pipe.send(runner.addresses[0][1])
        await asyncio.Event().wait()

    uvloop.run(serve())


@contextmanager
def receiving() -> Iterator[str]:
    """Run the receiver in a process of its own, and return its URL."""
    ours, theirs = multiprocessing.Pipe()
    process = multiprocessing.get_context("spawn").Process(target=receive, args=(theirs,))
    process.start()
    try:
        yield f"http://127.0.0.1:{ours.recv()}/"
    finally:
        process.terminate()
        process.join()


async def measure(work: Awaitable[None]) -> Cost:
    """Return the CPU time and the time of each repetition, in microseconds."""
    cpu, started = time.process_time(), time.perf_counter()
    await work
    elapsed, used = time.perf_counter() - started, time.process_time() - cpu
    return used / REPETITIONS * 1e6, elapsed / REPETITIONS * 1e6


async def post_all(session: aiohttp.ClientSession, url: str) -> None:
    places = asyncio.Semaphore(CONCURRENCY)
    headers = {"Content-Type": "application/json"}

    async def post() -> None:
        async with places, session.post(url, data=PAYLOAD.encode(), headers=headers) as response:
            response.raise_for_status()

    await asyncio.gather(*(post() for _ in range(REPETITIONS)))


async def add_deliveries(tables: Tables, url: str) -> list[DeliveryTask]:
    webhook = make_webhook(url=url)
    await tables.webhooks.create(webhook)
    deliveries = [make_delivery(webhook, payload=PAYLOAD) for _ in range(REPETITIONS)]
    for delivery in deliveries:
        await tables.webhooks.add_delivery(delivery)
    return [next_task(delivery) for delivery in deliveries]


async def deliver_all(deliverer: Deliverer, tasks: list[DeliveryTask]) -> None:
    places = asyncio.Semaphore(CONCURRENCY)

    async def deliver(task: DeliveryTask) -> None:
        async with places:
            await deliverer.deliver(task)

    await asyncio.gather(*map(deliver, tasks))


async def measure_deliveries(url: str, folder: Path) -> tuple[list[Cost], list[Cost]]:
    """Return the costs of the rounds of bare requests, and of those of deliveries."""
    path = folder / "table.db"
    prepare(path)
    bare: list[Cost] = []
    delivered: list[Cost] = []
    sender, events = MemoryMessageSender(MemoryQueue()), EventPublisher(MemoryTopic())
    async with (
        Database.open(path) as database,
        aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as session,
        EndpointClient(allow_loopback=True) as client,
    ):
        tables = sqlite_tables(database)
        deliverer = Deliverer(tables.webhooks, client, sender, events, CONCURRENCY)
        for number in range(ROUNDS + 1):
            tasks = await add_deliveries(tables, url)
            costs = (
                await measure(post_all(session, url)),
                await measure(deliver_all(deliverer, tasks)),
            )
            # The first round is not counted: it opens connections.
            if number:
                bare.append(costs[0])
                delivered.append(costs[1])
    return bare, delivered


def measure_delays(folder: Path) -> list[float]:
    """Return the seconds from ready to the arrival of the message, for each image."""
    delays: dict[str, float] = {}
    complete = threading.Event()

    class Receiver(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            message = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            ready_at = datetime.fromisoformat(message["timestamp"]).timestamp()
            delays.setdefault(message["data"]["id"], time.time() - ready_at)
            self.send_response(204)
            self.end_headers()
            if len(delays) == IMAGES:
                complete.set()

        def log_message(self, *_: object) -> None:
            pass

    photos = folder / "photos"
    photos.mkdir()
    for number in range(IMAGES):
        (photos / f"IMG_{number:05}.jpg").write_bytes(draw_photo(number))
    server = ThreadingHTTPServer(("127.0.0.1", 0), Receiver)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    with run_rekognition() as rekognition:
        stack = LocalStack(folder / "sightline", rekognition)
        try:
            stack.start()
            url = f"http://127.0.0.1:{server.server_port}/"
            body = {"url": url, "events": ["image.ready"]}
            stack.api.post("/v1/webhooks", json=body).raise_for_status()
            stack.upload(photos)
            if not complete.wait(DELAY_TIMEOUT_SECONDS):
                raise SystemExit(f"sightline: {len(delays)} of {IMAGES} messages arrived in time")
        finally:
            stack.stop()
            server.shutdown()
    return sorted(delays.values())


def main() -> None:
    ignore_user_settings()
    OUT.mkdir(exist_ok=True)
    console = Console()
    with tempfile.TemporaryDirectory() as scratch:
        with receiving() as url:
            bare, delivered = uvloop.run(measure_deliveries(url, Path(scratch)))
        delays = measure_delays(Path(scratch))
    costs = {
        name: tuple(statistics.median(column) for column in zip(*rounds, strict=True))
        for name, rounds in (("bare POST", bare), ("delivery", delivered))
    }
    table = Table("request", "CPU, µs", "per second")
    for name, (cpu, elapsed) in costs.items():
        table.add_row(name, f"{cpu:,.0f}", f"{1e6 / elapsed:,.0f}")
    console.print(table)
    ratios = {
        "bare_cpu_per_delivery_cpu": round(costs["bare POST"][0] / costs["delivery"][0], 2),
        "deliveries_per_bare_request": round(costs["bare POST"][1] / costs["delivery"][1], 2),
    }
    quantiles = {"p50": delays[len(delays) // 2], "p95": delays[len(delays) * 95 // 100]}
    console.print(ratios, {name: f"{value:.2f} s" for name, value in quantiles.items()})
    document = {"ratios": ratios, "microseconds": costs, "delay_seconds": quantiles}
    (OUT / "webhooks.json").write_text(json.dumps(document, indent=2) + "\n")
    console.print(f"wrote {OUT / 'webhooks.json'}")


if __name__ == "__main__":
    main()
