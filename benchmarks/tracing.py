"""CPU cost of traces: upload tickets and consumed messages, in one process (`make bench-tracing`).

Blocks with traces off and on alternate, so that a slow phase of the machine affects all of them,
and medians are compared. The CPU time is that of the whole process, with the thread that encodes
and sends spans. A fake AWS and the receiver of `make run TRACES=1` are processes of their own.
"""

import gc
import json
import os
import random
import statistics
import tempfile
import time
from collections.abc import Awaitable
from contextlib import AsyncExitStack, ExitStack
from pathlib import Path
from typing import Any, NamedTuple

import uvloop
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from rich.console import Console
from rich.progress import track
from rich.table import Table
from starlette.types import ASGIApp, Scope
from starlette.types import Message as AsgiMessage
from testbed import Server, build_environment, find_free_port

from sightline import tracing
from sightline.consumer.messages import Upload
from sightline.consumer.part_processor import PartProcessor
from sightline.consumer.upload_messages import UploadMessages
from sightline.domain.recognition import Recognition
from sightline.logging import configure_logs
from sightline.ports.queues import Message
from sightline.settings import read_settings
from sightline.span_export import SpanExport
from sightline_api.app import create_app, on_aws
from sightline_api.settings import ApiSettings
from sightline_testing.backend import MemoryBackend
from sightline_testing.builders import SHA256, make_recognition, new_owner
from sightline_testing.tokens import TokenIssuer

ROUNDS = int(os.environ.get("ROUNDS", "15"))

#: Requests and messages of one block.
REPETITIONS = 300

#: The share of sampled traces by the name of each mode; None is off.
MODES: dict[str, float | None] = {"off": None, "0 %": 0.0, "10 %": 0.1, "100 %": 1.0}

#: Spans of a message in the worker: reads, writes, calls of Rekognition and S3.
CHILD_SPANS = 14

UPLOAD = {"media_type": "image/jpeg", "bytes": 829_183, "sha256": SHA256, "title": "Evening"}


class Gateway(NamedTuple):
    """A gateway that was created in one mode; its requests skip the network."""

    app: ASGIApp
    state: dict[str, Any]

    async def post(self, path: str, body: bytes, token: str) -> int:
        """Send a request, and return the status of its response."""
        status = 0
        scope: Scope = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": "POST",
            "scheme": "http",
            "path": path,
            "raw_path": path.encode(),
            "query_string": b"",
            "root_path": "",
            "headers": [
                (b"host", b"gateway"),
                (b"content-type", b"application/json"),
                (b"content-length", str(len(body)).encode()),
                (b"authorization", f"Bearer {token}".encode()),
            ],
            "client": ("127.0.0.1", 1),
            "server": ("127.0.0.1", 80),
            "state": dict(self.state),
        }

        async def receive() -> AsgiMessage:
            return {"type": "http.request", "body": body, "more_body": False}

        async def send(message: AsgiMessage) -> None:
            nonlocal status
            status = message.get("status", status)

        await self.app(scope, receive, send)
        return status


class TracedWork:
    """Work that only records spans."""

    async def perform(self, *_: object) -> Recognition:
        for _ in range(CHILD_SPANS):
            with tracing.child_span("Rekognition DetectLabels", "client") as span:
                span.set("http.response.status_code", 200)
        return make_recognition("Dog")

    async def discard(self, *_: object) -> None:
        pass


def switch(export: SpanExport, ratio: float | None) -> None:
    tracing.disable()
    if ratio is not None:
        tracing.enable(export, ratio)


async def send_tickets(gateway: Gateway, token: str) -> int:
    body = json.dumps(UPLOAD).encode()
    for _ in range(REPETITIONS):
        status = await gateway.post("/v1/images", body, token)
        if status != 201:
            raise SystemExit(f"sightline: the gateway answered {status}")
    return REPETITIONS


async def consume_messages(backend: MemoryBackend, uploads: list[Upload]) -> int:
    """Process uploads as the consumer does, each in the unit of its message."""
    processor: PartProcessor[Recognition] = backend.processor("recognition", TracedWork())
    messages = UploadMessages(processor, timeout_seconds=120)
    for upload in uploads:
        message = Message("message", "receipt", "", 1, time.time())
        await messages._handle(message, upload)
    return len(uploads)


async def measure_cpu(export: SpanExport, ratio: float | None, work: Awaitable[int]) -> float:
    """Return the CPU time per repetition, microseconds; the work returns their number."""
    switch(export, ratio)
    gc.collect()
    before = time.process_time()
    count = await work
    export.flush()
    return (time.process_time() - before) / count * 1e6


async def upload_images(ratio: float | None) -> tuple[MemoryBackend, list[Upload]]:
    backend = MemoryBackend()
    context = tracing.TraceContext(1, 2, True)
    uploads = []
    for _ in range(REPETITIONS):
        if ratio is not None:
            trace_id = random.getrandbits(128)
            context = tracing.TraceContext(trace_id, 2, tracing.should_sample(trace_id))
        traceparent = None if ratio is None else tracing.format_traceparent(context)
        image = await backend.upload(b"hello", traceparent=traceparent)
        uploads.append(Upload(image.key))
    return backend, uploads


async def measure(token: str) -> dict[str, dict[str, list[float]]]:
    """Return the microseconds of each mode, for tickets and for messages."""
    export = SpanExport("benchmark", OTLPSpanExporter())
    settings = read_settings(ApiSettings)
    tickets: dict[str, list[float]] = {name: [] for name in MODES}
    messages: dict[str, list[float]] = {name: [] for name in MODES}
    async with AsyncExitStack() as stack:
        gateways = {}
        for name, ratio in MODES.items():
            switch(export, ratio)
            lifespan = on_aws(settings)
            app = create_app(lifespan, settings)
            state: dict[str, Any] = {**await stack.enter_async_context(lifespan(app))}
            gateways[name] = Gateway(app, state)
            await send_tickets(gateways[name], token)
        for _ in track(range(ROUNDS), "rounds"):
            for name, ratio in MODES.items():
                tickets[name].append(
                    await measure_cpu(export, ratio, send_tickets(gateways[name], token))
                )
                backend, uploads = await upload_images(ratio)
                messages[name].append(
                    await measure_cpu(export, ratio, consume_messages(backend, uploads))
                )
        tracing.disable()
    export.close()
    return {"upload ticket": tickets, f"message, {CHILD_SPANS} spans": messages}


def measure_disabled_span() -> float:
    """Return the microseconds of one span while traces are off."""
    tracing.disable()
    repetitions = 200_000
    before = time.process_time()
    for _ in range(repetitions):
        with tracing.child_span("query"):
            pass
    return (time.process_time() - before) / repetitions * 1e6


def print_results(results: dict[str, dict[str, list[float]]]) -> None:
    table = Table("work", "traces", "CPU, µs", "more, µs", "more, %")
    for work, modes in results.items():
        off = statistics.median(modes["off"])
        for name, costs in modes.items():
            # Of each round: what slows the machine slows all modes of the round.
            more = statistics.median(
                cost - reference for cost, reference in zip(costs, modes["off"], strict=True)
            )
            median = statistics.median(costs)
            table.add_row(work, name, f"{median:,.0f}", f"{more:+,.1f}", f"{more / off * 100:+.1f}")
    console = Console()
    console.print(table)
    console.print(f"a span while traces are off: {measure_disabled_span():.2f} µs")


def main() -> None:
    core = max(os.sched_getaffinity(0))
    aws, receiver = find_free_port(), find_free_port()
    pool = TokenIssuer()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        jwks = folder / "jwks.json"
        jwks.write_text(json.dumps(pool.jwks()))
        environment = build_environment(f"http://127.0.0.1:{aws}")
        environment["OTEL_EXPORTER_OTLP_ENDPOINT"] = f"http://127.0.0.1:{receiver}"
        os.environ.update(environment)
        server = Server(core, "fake_aws.py", str(aws), str(jwks), environment=environment)
        stack.callback(server.close)
        traces = Server(core, "receive_traces.py", "--port", str(receiver), environment=environment)
        stack.callback(traces.close)
        server.wait_until_responding(f"http://127.0.0.1:{aws}/")
        traces.wait_until_responding(f"http://127.0.0.1:{receiver}/health")
        configure_logs("api", "ERROR")
        print_results(uvloop.run(measure(pool.sign(new_owner()))))


if __name__ == "__main__":
    main()
