"""Benchmark of `make run` as a library grows to 10,000 images (`make bench-local`).

Uploads small photos with the `sightline` command to the processes that `make run` starts, with the
state in a folder. Only recognition is replaced by a server with fixed answers, because the rest is
measured. At each size, when all images are ready, it measures the memory of each process and the
latency of requests, and stops and starts everything.
"""

import io
import json
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import httpx
from library import COMMON, rare_label
from PIL import Image, ImageDraw
from rich.console import Console
from rich.table import Table
from testbed import HERE, find_free_port

from sightline_local.connection import Connection
from sightline_local.demo import sign_in
from sightline_local.environment import ignore_user_settings
from sightline_local.stack import Stack, consecutive_ports
from sightline_local.state_folder import StateFolder
from sightline_local.web.settings import BUILD_FOLDER

OUT = HERE / "out"

#: Sizes of the library at which it is measured.
SIZES = tuple(map(int, os.environ.get("SIZES", "1000 2000 5000 10000").split()))

#: Requests of each kind for a median.
ROUNDS = 15

#: Pixels of a photo.
PHOTO_SIZE = (160, 120)

PAGE_SIZE = 100

#: Time limit for the images of one size to be ready after their upload, and how often to look.
READY_TIMEOUT_SECONDS = 1_800
POLL_SECONDS = 1.0

GALLERY_PAGE, RARE_SEARCH, LABEL_COUNTS = "gallery page", "common AND rare", "label counts"


class Sample(NamedTuple):
    """What was measured at one size; latencies are medians in milliseconds.

    `memory_bytes` is the resident memory of each process with its children when all images are
    ready, and `restarted_bytes` the same after a restart. `start_seconds` ends with a page.
    """

    images: int
    upload_seconds_per_hundred: float
    ready_seconds_per_hundred: float
    memory_bytes: dict[str, int]
    restarted_bytes: dict[str, int]
    table_bytes: int
    latencies: dict[str, float]
    stop_seconds: float
    start_seconds: float


class LocalStack:
    """What `make run` runs, with its state in a folder and with a fake Rekognition."""

    def __init__(self, folder: Path, rekognition: str) -> None:
        self.folder = folder
        self._settings = {"worker": {"AWS_ENDPOINT_URL_REKOGNITION": rekognition}}
        self._resources = ExitStack()

    def start(self) -> float:
        """Start everything; return the seconds until a page of images was received."""
        started = time.monotonic()
        state = self._resources.enter_context(StateFolder(self.folder))
        self._table = state.table
        self._stack = self._resources.enter_context(
            Stack(
                consecutive_ports(0),
                self.folder,
                settings=self._settings,
                cloud="ministack",
                web=BUILD_FOLDER,
                state=state,
            )
        )
        self._stack.start()
        connection = Connection.from_stack(self._stack)
        with httpx.Client(timeout=60) as http:
            self.token = sign_in(http, connection)
        headers = {"Authorization": f"Bearer {self.token}"}
        self.api = self._resources.enter_context(
            httpx.Client(base_url=connection.api, headers=headers, timeout=60)
        )
        self.get("/v1/images", limit=PAGE_SIZE)
        return time.monotonic() - started

    def stop(self) -> float:
        """Stop everything; return the seconds that it took."""
        started = time.monotonic()
        self._resources.close()
        return time.monotonic() - started

    def get(self, path: str, **parameters: Any) -> Any:
        return self.api.get(path, params=parameters).raise_for_status().json()

    def upload(self, photos: Path) -> None:
        """Upload a folder with the `sightline` command. Raises `SystemExit` if that fails."""
        environment = {
            "SIGHTLINE_API": str(self.api.base_url),
            "SIGHTLINE_TOKEN": self.token,
            "SIGHTLINE_HOME": str(self.folder / "home"),
        }
        command = [str(Path(sys.executable).with_name("sightline")), "upload", str(photos)]
        process = subprocess.run(
            command, env=os.environ | environment, capture_output=True, text=True, check=False
        )
        if process.returncode:
            raise SystemExit(process.stderr)

    def wait_until_ready(self, images: int) -> None:
        """Wait until the library has this number of images and no upload is being processed."""
        deadline = time.monotonic() + READY_TIMEOUT_SECONDS
        while (
            self._count_recognized() < images
            or self.get("/v1/images", status="processing", limit=1)["items"]
        ):
            if time.monotonic() > deadline:
                raise SystemExit(f"sightline: {images:,} images were not ready in time")
            time.sleep(POLL_SECONDS)

    def _count_recognized(self) -> int:
        counts = self.get("/v1/labels", prefix=COMMON, limit=1)["items"]
        return counts[0]["images"] if counts else 0

    def measure_memory(self) -> dict[str, int]:
        names = ("cloud", "recognition", "api", "worker", "resizer", *(["web"] * has_web()))
        return {name: resident_bytes(self._stack.pid(name)) for name in names}

    def count_table_bytes(self) -> int:
        """Return the size of the table's file and its log."""
        return sum(each.stat().st_size for each in self._table.parent.glob("table.db*"))

    def measure_latencies(self, size: int) -> dict[str, float]:
        """Return the median latency of each request in milliseconds; they take turns."""
        labels = [COMMON, rare_label(size)]
        requests: dict[str, tuple[str, dict[str, Any]]] = {
            GALLERY_PAGE: ("/v1/images", {"limit": PAGE_SIZE}),
            RARE_SEARCH: ("/v1/images", {"label": labels, "limit": PAGE_SIZE}),
            LABEL_COUNTS: ("/v1/labels", {"limit": PAGE_SIZE}),
        }
        seconds: dict[str, list[float]] = {name: [] for name in requests}
        # The first round is not counted: it fills caches.
        for number in range(ROUNDS + 1):
            for name, (path, parameters) in requests.items():
                started = time.perf_counter()
                self.get(path, **parameters)
                if number:
                    seconds[name].append(time.perf_counter() - started)
        return {name: statistics.median(each) * 1000 for name, each in seconds.items()}


def has_web() -> bool:
    return BUILD_FOLDER.is_dir()


def main() -> None:
    ignore_user_settings()
    OUT.mkdir(exist_ok=True)
    console = Console()
    with tempfile.TemporaryDirectory() as scratch, run_rekognition() as rekognition:
        stack = LocalStack(Path(scratch, "sightline"), rekognition)
        try:
            stack.start()
            empty = stack.measure_memory()
            samples: list[Sample] = []
            for size in SIZES:
                sample = grow(stack, Path(scratch), samples[-1].images if samples else 0, size)
                samples.append(sample)
                console.print(f"{size:,} images: {sample.ready_seconds_per_hundred:.1f} s per 100")
        finally:
            stack.stop()
    ratios = compute_ratios(empty, samples)
    print_results(console, samples, ratios)
    document = {
        "ratios": ratios,
        "empty_bytes": empty,
        "samples": [each._asdict() for each in samples],
    }
    (OUT / "local.json").write_text(json.dumps(document, indent=2) + "\n")
    console.print(f"wrote {OUT / 'local.json'}")


@contextmanager
def run_rekognition() -> Iterator[str]:
    """Run the fake Rekognition and return its URL."""
    port = find_free_port()
    command = [sys.executable, HERE / "fake_rekognition.py", str(port), *map(str, SIZES)]
    with subprocess.Popen(command) as process:
        try:
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()


def grow(stack: LocalStack, scratch: Path, stored: int, size: int) -> Sample:
    """Upload photos until the library has this size, measure, and restart."""
    photos = scratch / f"photos-{size}"
    photos.mkdir()
    for number in range(stored, size):
        (photos / f"IMG_{number:05}.jpg").write_bytes(draw_photo(number))
    hundreds = (size - stored) / 100
    started = time.monotonic()
    stack.upload(photos)
    uploaded = time.monotonic()
    stack.wait_until_ready(size)
    ready = time.monotonic()
    memory_bytes = stack.measure_memory()
    latencies = stack.measure_latencies(size)
    table_bytes = stack.count_table_bytes()
    stop_seconds, start_seconds = stack.stop(), stack.start()
    return Sample(
        images=size,
        upload_seconds_per_hundred=(uploaded - started) / hundreds,
        ready_seconds_per_hundred=(ready - started) / hundreds,
        memory_bytes=memory_bytes,
        restarted_bytes=stack.measure_memory(),
        table_bytes=table_bytes,
        latencies=latencies,
        stop_seconds=stop_seconds,
        start_seconds=start_seconds,
    )


def draw_photo(number: int) -> bytes:
    """Draw a photo that differs from that of every other number."""
    chooser = random.Random(number)
    width, height = PHOTO_SIZE

    def color() -> tuple[int, ...]:
        return tuple(chooser.randrange(256) for _ in range(3))

    image = Image.new("RGB", PHOTO_SIZE, color())
    canvas = ImageDraw.Draw(image)
    for _ in range(6):
        center = chooser.randrange(width), chooser.randrange(height)
        canvas.circle(center, chooser.randrange(5, height // 2), fill=color())
    canvas.text((4, 4), f"{number:05}", fill=color())
    file = io.BytesIO()
    image.save(file, "JPEG", quality=85)
    return file.getvalue()


def resident_bytes(pid: int) -> int:
    """Return the resident memory of a process and its children, as Linux reports it."""
    own = int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    children: list[int] = []
    for task in Path(f"/proc/{pid}/task").iterdir():
        children += map(int, (task / "children").read_text().split())
    return own + sum(map(resident_bytes, children))


def compute_ratios(empty: dict[str, int], samples: list[Sample]) -> dict[str, float]:
    """Return the figures of the goals.

    kB per image are the growth of the emulator's process, at its largest, with the table's file.
    """
    first, last = samples[0], samples[-1]
    growth = {name: last.latencies[name] / each for name, each in first.latencies.items()}
    bytes_per_image = max(
        (each.memory_bytes["cloud"] - empty["cloud"] + each.table_bytes) / each.images
        for each in samples
    )
    return {
        "cloud_kb_per_image": bytes_per_image / 1000,
        "page_growth": growth[GALLERY_PAGE],
        "search_growth": growth[RARE_SEARCH],
        "label_counts_growth": growth[LABEL_COUNTS],
        "restart_seconds": max(each.stop_seconds + each.start_seconds for each in samples),
    }


def print_results(console: Console, samples: list[Sample], ratios: dict[str, float]) -> None:
    table = Table("images", *(f"{each.images:,}" for each in samples))

    def add_row(title: str, values: list[float], digits: int) -> None:
        table.add_row(title, *(f"{value:,.{digits}f}" for value in values))

    add_row("s per 100 uploads", [each.upload_seconds_per_hundred for each in samples], 2)
    add_row("s per 100 until ready", [each.ready_seconds_per_hundred for each in samples], 2)
    for name in samples[0].memory_bytes:
        add_row(f"{name}, MB", [each.memory_bytes[name] / 1e6 for each in samples], 0)
    add_row("cloud restarted, MB", [each.restarted_bytes["cloud"] / 1e6 for each in samples], 0)
    add_row("table file, MB", [each.table_bytes / 1e6 for each in samples], 1)
    for name in samples[0].latencies:
        add_row(f"{name}, ms", [each.latencies[name] for each in samples], 1)
    add_row("stop, s", [each.stop_seconds for each in samples], 1)
    add_row("start, s", [each.start_seconds for each in samples], 1)
    console.print(table)
    ratio_table = Table("metric", "value")
    for metric, value in ratios.items():
        ratio_table.add_row(metric, f"{value:.2f}")
    console.print(ratio_table)


if __name__ == "__main__":
    main()
