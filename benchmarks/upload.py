"""How long 200 photographs take to be uploaded: `make bench-upload`.

The `sightline` command, with its start and all that it does, against a plain loop in Python that
reads, announces and sends one photograph after the other over connections that it keeps. Both speak
with the real gateway, behind which AWS is a server of fixed answers, and take turns. Once as it is
on one machine, and once over lines that take their time, as lines to a cloud do. Ratios are of
throughput: how many times as fast the command is.
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
from gateway import rig
from rich.console import Console
from rich.progress import track
from rich.table import Table

from sightline_local.sample_image import draw_sample

OUT = Path(__file__).parent / "out"
COUNT = int(os.environ.get("COUNT", "200"))
ROUNDS = int(os.environ.get("ROUNDS", "3"))

#: Pixels and, with what is added after their end, bytes of each photograph.
SIDES, EACH = (640, 480), 150_000

#: Seconds that a line to the cloud takes in each direction.
DISTANCE = 0.02

#: Bytes that are passed on at a time.
BLOCK = 2**16


class Line:
    """A way to a port of this machine on which everything takes a while longer."""

    def __init__(self, seconds: float) -> None:
        self.port = 0
        self._seconds = seconds
        self._loop = asyncio.new_event_loop()
        self._server = self._loop.run_until_complete(
            asyncio.start_server(self._connect, "127.0.0.1", 0)
        )
        self.url = f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()

    async def _connect(self, near: asyncio.StreamReader, back: asyncio.StreamWriter) -> None:
        # The server's end is opened when the first byte would get there.
        await asyncio.sleep(self._seconds)
        far, forth = await asyncio.open_connection("127.0.0.1", self.port)
        await asyncio.gather(self._carry(near, forth), self._carry(far, back))

    async def _carry(self, source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
        """Each block arrives so much later, and the next need not wait for that."""
        under_way: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue()

        async def deliver() -> None:
            while True:
                due, block = await under_way.get()
                await asyncio.sleep(max(0.0, due - self._loop.time()))
                if not block:
                    target.close()
                    return
                target.write(block)
                await target.drain()

        delivery = asyncio.ensure_future(deliver())
        try:
            while block := await source.read(BLOCK):
                under_way.put_nowait((self._loop.time() + self._seconds, block))
        except ConnectionError:
            pass
        under_way.put_nowait((self._loop.time() + self._seconds, b""))
        await asyncio.gather(delivery, return_exceptions=True)

    def close(self) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()


def upload_plainly(folder: Path, api: str, token: str) -> None:
    """What one writes in five minutes, and does not do badly: connections are kept."""
    with httpx.Client(timeout=60) as http:
        for path in sorted(folder.iterdir()):
            body = path.read_bytes()
            answer = http.post(
                f"{api}/v1/images",
                headers={"Authorization": f"Bearer {token}", "Idempotency-Key": str(uuid4())},
                json={
                    "media_type": "image/jpeg",
                    "bytes": len(body),
                    "sha256": hashlib.sha256(body).hexdigest(),
                    "title": path.name,
                },
            )
            form = answer.raise_for_status().json()["upload"]
            sent = http.post(form["url"], data=form["fields"], files={"file": body})
            sent.raise_for_status()


def upload_by_command(folder: Path, api: str, token: str) -> None:
    with tempfile.TemporaryDirectory() as home:
        environment = {"SIGHTLINE_API": api, "SIGHTLINE_TOKEN": token, "SIGHTLINE_HOME": home}
        command = [Path(sys.executable).with_name("sightline"), "upload", "--again", folder]
        ended = subprocess.run(
            command, env=os.environ | environment, capture_output=True, text=True, check=False
        )
    if ended.returncode:
        raise SystemExit(ended.stderr)


CONTESTANTS: dict[str, Callable[[Path, str, str], None]] = {
    "loop": upload_plainly,
    "command": upload_by_command,
}


def make_photographs(folder: Path) -> None:
    """All of them different, and as large as a phone's smaller ones."""
    picture = draw_sample(size=SIDES)
    for number in range(COUNT):
        # A JPEG ends where it says so; what follows is carried along.
        padding = secrets.token_bytes(max(0, EACH - len(picture)))
        (folder / f"IMG_{number:04}.jpg").write_bytes(picture + padding)


@contextmanager
def running(seconds: float) -> Iterator[tuple[str, str]]:
    """The gateway and S3 at this distance: the API's address and a token."""
    near, far = Line(seconds), Line(seconds)
    if seconds:
        os.environ["SIGHTLINE_PUBLIC_S3_ENDPOINT"] = far.url
    try:
        with rig((0, 1)) as made:
            near.port, far.port = made.ports["gateway"], made.ports["answers"]
            yield near.url if seconds else f"http://127.0.0.1:{near.port}", made.token
    finally:
        os.environ.pop("SIGHTLINE_PUBLIC_S3_ENDPOINT", None)
        near.close()
        far.close()


def measure(seconds: float, photographs: Path) -> dict[str, float]:
    """Seconds by contestant, the medians of all rounds."""
    took: dict[str, list[float]] = {name: [] for name in CONTESTANTS}
    with running(seconds) as (api, token):
        for _ in track(range(ROUNDS), f"{seconds * 2000:.0f} ms away", transient=True):
            for name, upload in CONTESTANTS.items():
                began = time.perf_counter()
                upload(photographs, api, token)
                took[name].append(time.perf_counter() - began)
    return {name: statistics.median(times) for name, times in took.items()}


def main() -> None:
    console = Console()
    with tempfile.TemporaryDirectory() as scratch:
        photographs = Path(scratch, "photographs")
        photographs.mkdir()
        make_photographs(photographs)
        here, away = measure(0.0, photographs), measure(DISTANCE, photographs)
    table = Table("", "loop", "command", "ratio", title=f"{COUNT} photographs of {EACH:,} bytes")
    for where, took in (("on this machine", here), (f"{DISTANCE * 2000:.0f} ms away", away)):
        ratio = took["loop"] / took["command"]
        table.add_row(where, f"{took['loop']:.1f} s", f"{took['command']:.1f} s", f"{ratio:.2f}")
    console.print(table)
    ratios = {
        "command_vs_loop": here["loop"] / here["command"],
        "command_vs_loop_at_a_distance": away["loop"] / away["command"],
    }
    OUT.mkdir(exist_ok=True)
    (OUT / "upload.json").write_text(json.dumps({"ratios": ratios}, indent=2) + "\n")


if __name__ == "__main__":
    main()
