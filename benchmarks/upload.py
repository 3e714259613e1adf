"""Benchmark of uploading 200 photos (`make bench-upload`).

Compares the `sightline` command, including its startup, with a plain Python loop that reads,
registers and sends one photo after the other over persistent connections. Both use the real gateway
with a fake AWS behind it, and run in turn: once directly, and once over connections with the
latency of a cloud region. Each ratio is one of throughput: the command's by the loop's.
"""

import asyncio
import hashlib
import json
import os
import secrets
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

import httpx
from rich.console import Console
from rich.progress import track
from rich.table import Table
from testbed import run_testbed

from sightline_local.sample_image import draw_sample

OUT = Path(__file__).parent / "out"
COUNT = int(os.environ.get("COUNT", "200"))
ROUNDS = int(os.environ.get("ROUNDS", "3"))

#: Pixels and bytes of each photo; random bytes are appended to reach the size.
PHOTO_SIZE, PHOTO_BYTES = (640, 480), 150_000

#: One-way latency of the connection to the cloud.
LATENCY_SECONDS = 0.02

#: Maximum bytes that the delay line forwards at a time.
CHUNK_BYTES = 2**16


class DelayLine:
    """A TCP forwarder to a local port that delays all data by a one-way latency."""

    def __init__(self, latency: float) -> None:
        self.port = 0
        self._latency = latency
        self._loop = asyncio.new_event_loop()
        self._server = self._loop.run_until_complete(
            asyncio.start_server(self._connect, "127.0.0.1", 0)
        )
        self.url = f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()

    async def _connect(
        self, client_reader: asyncio.StreamReader, client_writer: asyncio.StreamWriter
    ) -> None:
        # The connection reaches the server after the latency.
        await asyncio.sleep(self._latency)
        server_reader, server_writer = await asyncio.open_connection("127.0.0.1", self.port)
        await asyncio.gather(
            self._forward(client_reader, server_writer), self._forward(server_reader, client_writer)
        )

    async def _forward(self, source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
        """Delay each chunk by the latency, without delaying the chunks after it further."""
        in_transit: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue()

        async def deliver() -> None:
            while True:
                due, chunk = await in_transit.get()
                await asyncio.sleep(max(0.0, due - self._loop.time()))
                if not chunk:
                    target.close()
                    return
                target.write(chunk)
                await target.drain()

        delivery = asyncio.ensure_future(deliver())
        try:
            while chunk := await source.read(CHUNK_BYTES):
                in_transit.put_nowait((self._loop.time() + self._latency, chunk))
        except ConnectionError:
            pass
        in_transit.put_nowait((self._loop.time() + self._latency, b""))
        await asyncio.gather(delivery, return_exceptions=True)

    def close(self) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()


def upload_in_loop(folder: Path, api_url: str, token: str) -> None:
    """Upload one photo at a time, with persistent connections."""
    with httpx.Client(timeout=60) as http:
        for path in sorted(folder.iterdir()):
            body = path.read_bytes()
            response = http.post(
                f"{api_url}/v1/images",
                headers={"Authorization": f"Bearer {token}", "Idempotency-Key": str(uuid4())},
                json={
                    "media_type": "image/jpeg",
                    "bytes": len(body),
                    "sha256": hashlib.sha256(body).hexdigest(),
                    "title": path.name,
                },
            )
            form = response.raise_for_status().json()["upload"]
            upload = http.post(form["url"], data=form["fields"], files={"file": body})
            upload.raise_for_status()


def upload_with_command(folder: Path, api_url: str, token: str) -> None:
    with tempfile.TemporaryDirectory() as home:
        environment = {"SIGHTLINE_API": api_url, "SIGHTLINE_TOKEN": token, "SIGHTLINE_HOME": home}
        command = [
            Path(sys.executable).with_name("sightline"),
            "upload",
            "--allow-duplicates",
            folder,
        ]
        process = subprocess.run(
            command, env=os.environ | environment, capture_output=True, text=True, check=False
        )
    if process.returncode:
        raise SystemExit(process.stderr)


UPLOADERS: dict[str, Callable[[Path, str, str], None]] = {
    "loop": upload_in_loop,
    "command": upload_with_command,
}


def make_photos(folder: Path) -> None:
    """Write photos that differ from each other, each of the size of a small phone photo."""
    photo = draw_sample(size=PHOTO_SIZE)
    for number in range(COUNT):
        # A decoder ignores what follows the end of a JPEG.
        padding = secrets.token_bytes(max(0, PHOTO_BYTES - len(photo)))
        (folder / f"IMG_{number:04}.jpg").write_bytes(photo + padding)


@contextmanager
def run_gateway(latency: float) -> Iterator[tuple[str, str]]:
    """Run the gateway and S3 behind this latency; return the API's URL and a token."""
    gateway_line, s3_line = DelayLine(latency), DelayLine(latency)
    if latency:
        os.environ["SIGHTLINE_PUBLIC_S3_ENDPOINT"] = s3_line.url
    try:
        with run_testbed((0, 1)) as testbed:
            gateway_line.port, s3_line.port = testbed.ports["gateway"], testbed.ports["aws"]
            direct_url = f"http://127.0.0.1:{gateway_line.port}"
            yield gateway_line.url if latency else direct_url, testbed.token
    finally:
        os.environ.pop("SIGHTLINE_PUBLIC_S3_ENDPOINT", None)
        gateway_line.close()
        s3_line.close()


def measure(latency: float, photos: Path) -> dict[str, float]:
    """Return the median seconds of each uploader."""
    durations: dict[str, list[float]] = {name: [] for name in UPLOADERS}
    with run_gateway(latency) as (api_url, token):
        round_trip = f"round trip {latency * 2000:.0f} ms"
        for _ in track(range(ROUNDS), round_trip, transient=True):
            for name, upload in UPLOADERS.items():
                start = time.perf_counter()
                upload(photos, api_url, token)
                durations[name].append(time.perf_counter() - start)
    return {name: statistics.median(seconds) for name, seconds in durations.items()}


def main() -> None:
    console = Console()
    with tempfile.TemporaryDirectory() as scratch:
        photos = Path(scratch, "photos")
        photos.mkdir()
        make_photos(photos)
        local, remote = measure(0.0, photos), measure(LATENCY_SECONDS, photos)
    table = Table(
        "round trip", "loop", "command", "ratio", title=f"{COUNT} photos of {PHOTO_BYTES:,} bytes"
    )
    for latency, seconds in ((0.0, local), (LATENCY_SECONDS, remote)):
        table.add_row(
            f"{latency * 2000:.0f} ms",
            f"{seconds['loop']:.1f} s",
            f"{seconds['command']:.1f} s",
            f"{seconds['loop'] / seconds['command']:.2f}",
        )
    console.print(table)
    ratios = {
        "command_vs_loop": local["loop"] / local["command"],
        "command_vs_loop_at_a_distance": remote["loop"] / remote["command"],
    }
    OUT.mkdir(exist_ok=True)
    (OUT / "upload.json").write_text(json.dumps({"ratios": ratios}, indent=2) + "\n")
    console.print(f"wrote {OUT / 'upload.json'}")


if __name__ == "__main__":
    main()
