"""Benchmark of Sightline, naive Pillow, libvips and sharp (`make bench-pictures`).

The engines make the same WebP renditions of the same images.

Every engine is a process of its own on one core. They process each image in turn, so that a slow
phase of the machine affects all of them. The measure is CPU time, summed over the engine's threads.
Ratios are of throughput, Sightline's by the other engine's, so higher is faster; they compare the
sums of the medians of all JPEGs.
"""

import io
import itertools
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
from PIL import Image
from rich.console import Console
from rich.progress import track
from rich.table import Table
from skimage.metrics import structural_similarity

from sightline.imaging.decoding import Limits
from sightline_local.sample_image import draw_sample
from sightline_resizer.renditions import RenderOptions, decode_image, resize_image

HERE = Path(__file__).parent
OUT = HERE / "out"
#: Folder of real photos; drawn images take their place if it does not exist.
PHOTOS = Path(os.environ.get("SIGHTLINE_TEST_IMAGES", HERE.parents[1] / "shared" / "images"))
ROUNDS = int(os.environ.get("ROUNDS", "5"))

#: Width and height of each image, 3:2.
SIZES = {"2 MP": (1734, 1156), "12 MP": (4242, 2828), "24 MP": (6000, 4000)}
JOB_TITLES = {"one": "256 px", "three": "2048, 1024 and 256 px"}
JOBS = tuple(JOB_TITLES)
ENGINES = ("sightline", "sightline-m4", "naive", "vips", "sharp")

#: glibc's malloc settings of the resizer in production, used for every engine.
MALLOC_SETTINGS = {"MALLOC_TRIM_THRESHOLD_": "268435456", "MALLOC_MMAP_THRESHOLD_": "268435456"}

#: (job, image, engine) -> CPU seconds and bytes of each run
Measurements = dict[tuple[str, str, str], list[tuple[float, int]]]


class Engine:
    """An engine in a process of its own, pinned to one core."""

    def __init__(self, name: str, core: int) -> None:
        command = (
            ["node", str(HERE / "sharp" / "engine.mjs")]
            if name == "sharp"
            else [sys.executable, str(HERE / "image_engines.py"), name]
        )
        self._process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, **MALLOC_SETTINGS, "VIPS_CONCURRENCY": "1"},
            preexec_fn=lambda: os.sched_setaffinity(0, {core}),
        )

    def run(self, job: str, path: Path) -> tuple[float, int]:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps({"job": job, "path": str(path)}) + "\n")
        self._process.stdin.flush()
        result = json.loads(self._process.stdout.readline())
        return result["seconds"], result["bytes"]

    def close(self) -> None:
        self._process.terminate()
        self._process.wait()


@contextmanager
def run_engines(*names: str, cores: tuple[int, ...] = (0,)) -> Iterator[list[Engine]]:
    with ExitStack() as stack:
        opened = [Engine(name, core) for name in names for core in cores]
        for engine in opened:
            stack.callback(engine.close)
        yield opened


def make_images(folder: Path) -> dict[str, Path]:
    """Write each size as JPEG and as PNG, from real photos if available."""
    paths = {}
    for name, size in SIZES.items():
        image = tile_photos(size) or draw_image(size)
        for format_name, options in (("JPEG", {"quality": 90}), ("PNG", {"compress_level": 3})):
            path = folder / f"{name} {format_name}"
            image.save(path, format_name, **options)
            paths[path.name] = path
    return paths


def tile_photos(size: tuple[int, int]) -> Image.Image | None:
    """Tile phone photos at their original resolution; None without photos."""
    paths = sorted((PHOTOS / "photos").glob("phone_*.jpg"))
    if not paths:
        return None
    sheet = Image.new("RGB", size)
    tiles = itertools.cycle(paths)
    top = 0
    while top < size[1]:
        left, height = 0, 0
        while left < size[0]:
            with Image.open(next(tiles)) as photo:
                sheet.paste(photo, (left, top))
                left += photo.width
                height = photo.height
        top += height
    return sheet


def draw_image(size: tuple[int, int]) -> Image.Image:
    """Draw hills with detail that decreases with its scale, and a sky with hardly any."""
    rng = np.random.default_rng(7)
    with Image.open(io.BytesIO(draw_sample(size=size))) as sample:
        pixels = np.asarray(sample.convert("RGB"), dtype=np.float32)
    height = np.linspace(0, 1, size[1], dtype=np.float32)[:, None, None]
    clarity = np.clip((height - 0.5) * 8, 0.15, 1)
    for octave in range(3, 12):
        cells = (2**octave, 3 * 2**octave // 2)
        grain = Image.fromarray(rng.normal(0, 1, cells).astype(np.float32))
        detail = np.asarray(grain.resize(size, Image.Resampling.BICUBIC))[..., None]
        pixels += 60 / 2 ** (octave / 2) * clarity * detail
    return Image.fromarray(np.clip(pixels, 0, 255).astype(np.uint8))


def measure(paths: dict[str, Path]) -> Measurements:
    measurements: Measurements = {}
    with run_engines(*ENGINES) as opened:
        for _ in track(range(ROUNDS + 1), "renditions"):
            for name, path in paths.items():
                for job in JOBS:
                    for engine_name, engine in zip(ENGINES, opened, strict=True):
                        result = engine.run(job, path)
                        measurements.setdefault((job, name, engine_name), []).append(result)
    # The first round warms caches and allocators.
    return {key: results[1:] for key, results in measurements.items()}


def median_seconds(measurements: Measurements, job: str, image: str, engine: str) -> float:
    return statistics.median(seconds for seconds, _ in measurements[job, image, engine])


def compare_throughput(
    measurements: Measurements, job: str, engine: str, other: str, format_name: str
) -> float:
    """Return the engine's throughput by the other's, for all images of a format together."""

    def total(engine: str) -> float:
        names = {image for _, image, _ in measurements if image.endswith(format_name)}
        return sum(median_seconds(measurements, job, name, engine) for name in names)

    return total(other) / total(engine)


def compare_bytes(measurements: Measurements) -> float:
    """Return the size of the renditions at the default WebP method by that at method 4."""
    totals = {
        engine: sum(
            results[0][1]
            for (job, image, each), results in measurements.items()
            if each == engine and job == "three" and image.endswith("JPEG")
        )
        for engine in ("sightline", "sightline-m4")
    }
    return totals["sightline"] / totals["sightline-m4"]


def measure_similarity(paths: dict[str, Path]) -> float:
    """Return the lowest SSIM of a rendition, before encoding, to Lanczos from the full image."""
    worst = 1.0
    options = RenderOptions()
    for name, path in paths.items():
        body = path.read_bytes()
        with Image.open(io.BytesIO(body)) as image:
            full = image.convert("RGB")
        for _, rendition in resize_image(decode_image(body, Limits(), options), options):
            reference = full.resize(rendition.size, Image.Resampling.LANCZOS)
            similarity = structural_similarity(
                np.asarray(rendition.convert("L")), np.asarray(reference.convert("L"))
            )
            worst = min(worst, float(similarity))
        print(f"SSIM up to {name}: minimum {worst:.4f}", file=sys.stderr)
    return worst


def measure_memory(path: Path) -> float:
    """Return the peak resident memory, in MB, of a process that renders one image."""
    code = (
        "import re, sys; from pathlib import Path;"
        "from sightline.imaging.decoding import Limits;"
        "from sightline_resizer.renditions import RenderOptions, render_image;"
        "render_image(Path(sys.argv[1]).read_bytes(), Limits(), RenderOptions());"
        "print(re.search(r'VmHWM:\\s+(\\d+)', Path('/proc/self/status').read_text())[1])"
    )
    process = subprocess.run(
        [sys.executable, "-c", code, str(path)],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, **MALLOC_SETTINGS},
    )
    return int(process.stdout) / 1024


def compare_parallelism(path: Path) -> float:
    """Return the throughput of two engines on two cores by that of one engine."""
    durations = {}
    for cores in ((0,), (0, 1), (0,), (0, 1)):
        with (
            run_engines("sightline", cores=cores) as opened,
            ThreadPoolExecutor(len(opened)) as threads,
        ):
            for engine in opened:
                engine.run("three", path)
            start = time.perf_counter()

            def work(engine: Engine) -> None:
                for _ in range(2 * ROUNDS):
                    engine.run("three", path)

            list(threads.map(work, opened))
            duration = (time.perf_counter() - start) / len(opened)
            durations[cores] = min(duration, durations.get(cores, duration))
    return durations[(0,)] / durations[(0, 1)]


def print_results(
    measurements: Measurements, ratios: dict[str, float], memory: dict[str, float]
) -> None:
    console = Console()
    table = Table("job", "image", *(f"{engine}, ms" for engine in ENGINES), "sightline, peak MB")
    for job in JOBS:
        for name in memory:
            table.add_row(
                job,
                name,
                *(
                    f"{median_seconds(measurements, job, name, engine) * 1000:.0f}"
                    for engine in ENGINES
                ),
                f"{memory[name]:.0f}" if job == "three" else "",
            )
    console.print(table)
    results = Table("metric", "value")
    for name, value in ratios.items():
        results.add_row(name, f"{value:.3f}")
    console.print(results)


def plot_results(measurements: Measurements, path: Path) -> None:
    names = list(dict.fromkeys(name for _, name, _ in measurements))
    figure, axes = plt.subplots(1, 2, figsize=(13, 5), layout="constrained")
    for axis, job in zip(axes, JOBS, strict=True):
        for position, engine in enumerate(ENGINES):
            speeds = [
                median_seconds(measurements, job, name, "sharp")
                / median_seconds(measurements, job, name, engine)
                for name in names
            ]
            x = np.arange(len(names)) + (position - 2) * 0.17
            axis.bar(x, speeds, 0.16, label=engine)
        axis.axhline(1, color="grey", linewidth=0.8)
        axis.set_xticks(range(len(names)), names, rotation=30, ha="right")
        axis.set_title(JOB_TITLES[job])
        axis.set_ylabel("throughput relative to sharp")
    axes[1].legend()
    figure.suptitle("WebP renditions at quality 80 on one core (higher is faster)")
    figure.savefig(path, dpi=110)


def main() -> None:
    OUT.mkdir(exist_ok=True)
    folder = Path(tempfile.mkdtemp())
    try:
        paths = make_images(folder)
        memory = {name: measure_memory(path) for name, path in paths.items()}
        measurements = measure(paths)
        ratios: dict[str, Any] = {
            "webp256_vs_sharp": compare_throughput(
                measurements, "one", "sightline-m4", "sharp", "JPEG"
            ),
            # With the default settings.
            "webp256_vs_naive": compare_throughput(
                measurements, "one", "sightline", "naive", "JPEG"
            ),
            "webp3_m4_vs_sharp": compare_throughput(
                measurements, "three", "sightline-m4", "sharp", "JPEG"
            ),
            "webp3_default_vs_sharp_m4": compare_throughput(
                measurements, "three", "sightline", "sharp", "JPEG"
            ),
            "webp3_default_vs_sharp_m4_png": compare_throughput(
                measurements, "three", "sightline", "sharp", "PNG"
            ),
            "webp3_m4_vs_vips": compare_throughput(
                measurements, "three", "sightline-m4", "vips", "JPEG"
            ),
            "bytes_default_vs_m4": compare_bytes(measurements),
            "ssim_min": measure_similarity(paths),
            "rss_mb_24mp_jpeg": memory["24 MP JPEG"],
            "two_threads_vs_one": compare_parallelism(paths["12 MP JPEG"]),
        }
        print_results(measurements, ratios, memory)
        (OUT / "pictures.json").write_text(json.dumps({"ratios": ratios}, indent=2) + "\n")
        plot_results(measurements, OUT / "pictures.png")
        print(f"wrote {OUT / 'pictures.json'} and {OUT / 'pictures.png'}")
    finally:
        shutil.rmtree(folder)


if __name__ == "__main__":
    main()
