"""What renditions cost, beside naive Pillow, libvips and sharp: `make bench-pictures`.

Every engine is a process of its own on one core, and they take turns on every picture, so that a
slow moment hits all of them alike. What is measured is the time that a core is busy, with all the
engine's threads. Ratios are of throughput, so higher is faster: the medians of all JPEGs together,
of the other engine by ours.
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
from sightline_resizer.renditions import Recipe, decode_image, render

HERE = Path(__file__).parent
OUT = HERE / "out"
#: Real photographs, where the folder lies beside the repository.
PHOTOGRAPHS = Path(os.environ.get("SIGHTLINE_TEST_IMAGES", HERE.parents[1] / "shared" / "images"))
ROUNDS = int(os.environ.get("ROUNDS", "5"))

#: Pixels of each picture, three to two.
SIDES = {"2 MP": (1734, 1156), "12 MP": (4242, 2828), "24 MP": (6000, 4000)}
JOBS = ("one", "three")
ENGINES = ("ours", "ours-m4", "naive", "vips", "sharp")

#: What glibc is told where the resizer runs; the others are given the same.
ALLOCATOR = {"MALLOC_TRIM_THRESHOLD_": "268435456", "MALLOC_MMAP_THRESHOLD_": "268435456"}

#: Seconds and bytes by job, picture and engine.
Measured = dict[tuple[str, str, str], list[tuple[float, int]]]


class Engine:
    """One engine in its process, pinned to one core."""

    def __init__(self, name: str, core: int) -> None:
        command = (
            ["node", str(HERE / "sharp" / "engine.mjs")]
            if name == "sharp"
            else [sys.executable, str(HERE / "engines.py"), name]
        )
        self._process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, **ALLOCATOR, "VIPS_CONCURRENCY": "1"},
            preexec_fn=lambda: os.sched_setaffinity(0, {core}),
        )

    def run(self, job: str, path: Path) -> tuple[float, int]:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps({"job": job, "path": str(path)}) + "\n")
        self._process.stdin.flush()
        answer = json.loads(self._process.stdout.readline())
        return answer["seconds"], answer["bytes"]

    def close(self) -> None:
        self._process.terminate()
        self._process.wait()


@contextmanager
def engines(*names: str, cores: tuple[int, ...] = (0,)) -> Iterator[list[Engine]]:
    with ExitStack() as stack:
        opened = [Engine(name, core) for name in names for core in cores]
        for engine in opened:
            stack.callback(engine.close)
        yield opened


def make_pictures(folder: Path) -> dict[str, Path]:
    """Each size as JPEG and as PNG: of photographs where there are any, else drawn."""
    pictures = {}
    for name, size in SIDES.items():
        picture = tile_photographs(size) or draw_picture(size)
        for kind, options in (("JPEG", {"quality": 90}), ("PNG", {"compress_level": 3})):
            path = folder / f"{name} {kind}"
            picture.save(path, kind, **options)
            pictures[path.name] = path
    return pictures


def tile_photographs(size: tuple[int, int]) -> Image.Image | None:
    """Photographs of telephones side by side, pixel for pixel as they were taken."""
    paths = sorted((PHOTOGRAPHS / "photos").glob("phone_*.jpg"))
    if not paths:
        return None
    sheet = Image.new("RGB", size)
    tiles = itertools.cycle(paths)
    top = 0
    while top < size[1]:
        left, height = 0, 0
        while left < size[0]:
            with Image.open(next(tiles)) as photograph:
                sheet.paste(photograph, (left, top))
                left += photograph.width
                height = photograph.height
        top += height
    return sheet


def draw_picture(size: tuple[int, int]) -> Image.Image:
    """Drawn hills with detail at every scale, less the finer it is, and hardly any in the sky."""
    chance = np.random.default_rng(7)
    with Image.open(io.BytesIO(draw_sample(size=size))) as sample:
        pixels = np.asarray(sample.convert("RGB"), dtype=np.float32)
    height = np.linspace(0, 1, size[1], dtype=np.float32)[:, None, None]
    clarity = np.clip((height - 0.5) * 8, 0.15, 1)
    for octave in range(3, 12):
        cells = (2**octave, 3 * 2**octave // 2)
        grain = Image.fromarray(chance.normal(0, 1, cells).astype(np.float32))
        detail = np.asarray(grain.resize(size, Image.Resampling.BICUBIC))[..., None]
        pixels += 60 / 2 ** (octave / 2) * clarity * detail
    return Image.fromarray(np.clip(pixels, 0, 255).astype(np.uint8))


def measure(pictures: dict[str, Path]) -> Measured:
    measured: Measured = {}
    with engines(*ENGINES) as opened:
        for _ in track(range(ROUNDS + 1), "taking turns"):
            for name, path in pictures.items():
                for job in JOBS:
                    for engine_name, engine in zip(ENGINES, opened, strict=True):
                        result = engine.run(job, path)
                        measured.setdefault((job, name, engine_name), []).append(result)
    # The first round warms caches and allocators.
    return {key: results[1:] for key, results in measured.items()}


def seconds(measured: Measured, job: str, picture: str, engine: str) -> float:
    return statistics.median(taken for taken, _ in measured[job, picture, engine])


def ratio(measured: Measured, job: str, ours: str, other: str, kind: str) -> float:
    """How much longer the other engine takes for all pictures of a kind together."""

    def total(engine: str) -> float:
        names = {picture for _, picture, _ in measured if picture.endswith(kind)}
        return sum(seconds(measured, job, name, engine) for name in names)

    return total(other) / total(ours)


def compare_bytes(measured: Measured) -> float:
    """Bytes of the shipped default per byte at method 4."""
    totals = {
        engine: sum(
            results[0][1]
            for (job, picture, each), results in measured.items()
            if each == engine and job == "three" and picture.endswith("JPEG")
        )
        for engine in ("ours", "ours-m4")
    }
    return totals["ours"] / totals["ours-m4"]


def find_similarity(pictures: dict[str, Path]) -> float:
    """The worst SSIM of a rendition, before encoding, to Lanczos on the full picture."""
    worst = 1.0
    recipe = Recipe()
    for name, path in pictures.items():
        body = path.read_bytes()
        with Image.open(io.BytesIO(body)) as picture:
            full = picture.convert("RGB")
        for _, shown in render(decode_image(body, Limits(), recipe), recipe):
            reference = full.resize(shown.size, Image.Resampling.LANCZOS)
            similarity = structural_similarity(
                np.asarray(shown.convert("L")), np.asarray(reference.convert("L"))
            )
            worst = min(worst, float(similarity))
        print(f"SSIM {name}: at least {worst:.4f} so far", file=sys.stderr)
    return worst


def find_memory(path: Path) -> float:
    """Peak resident memory, in MB, of a process that develops one picture."""
    code = (
        "import re, sys; from pathlib import Path;"
        "from sightline.imaging.decoding import Limits;"
        "from sightline_resizer.renditions import Recipe, develop;"
        "develop(Path(sys.argv[1]).read_bytes(), Limits(), Recipe());"
        "print(re.search(r'VmHWM:\\s+(\\d+)', Path('/proc/self/status').read_text())[1])"
    )
    answer = subprocess.run(
        [sys.executable, "-c", code, str(path)],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, **ALLOCATOR},
    )
    return int(answer.stdout) / 1024


def compare_threads(path: Path) -> float:
    """Throughput of two at once, on two cores, per throughput of one."""
    times = {}
    for cores in ((0,), (0, 1), (0,), (0, 1)):
        with engines("ours", cores=cores) as opened, ThreadPoolExecutor(len(opened)) as threads:
            for engine in opened:
                engine.run("three", path)
            began = time.perf_counter()

            def work(engine: Engine) -> None:
                for _ in range(2 * ROUNDS):
                    engine.run("three", path)

            list(threads.map(work, opened))
            taken = (time.perf_counter() - began) / len(opened)
            times[cores] = min(taken, times.get(cores, taken))
    return times[(0,)] / times[(0, 1)]


def show(measured: Measured, ratios: dict[str, float], memory: dict[str, float]) -> None:
    console = Console()
    table = Table("job", "picture", *(f"{engine}, ms" for engine in ENGINES), "ours, peak MB")
    for job in JOBS:
        for name in memory:
            table.add_row(
                job,
                name,
                *(f"{seconds(measured, job, name, engine) * 1000:.0f}" for engine in ENGINES),
                f"{memory[name]:.0f}" if job == "three" else "",
            )
    console.print(table)
    results = Table("ratio", "")
    for name, value in ratios.items():
        results.add_row(name, f"{value:.3f}")
    console.print(results)


def draw_plot(measured: Measured, path: Path) -> None:
    names = list(dict.fromkeys(name for _, name, _ in measured))
    figure, axes = plt.subplots(1, 2, figsize=(13, 5), layout="constrained")
    for axis, job in zip(axes, JOBS, strict=True):
        for place, engine in enumerate(ENGINES):
            speeds = [
                seconds(measured, job, name, "sharp") / seconds(measured, job, name, engine)
                for name in names
            ]
            at = np.arange(len(names)) + (place - 2) * 0.17
            axis.bar(at, speeds, 0.16, label=engine)
        axis.axhline(1, color="grey", linewidth=0.8)
        axis.set_xticks(range(len(names)), names, rotation=30, ha="right")
        axis.set_title({"one": "256 px alone", "three": "2048, 1024 and 256 px"}[job])
        axis.set_ylabel("throughput, sharp = 1")
    axes[1].legend()
    figure.suptitle("WebP renditions at quality 80 on one core (higher is faster)")
    figure.savefig(path, dpi=110)


def main() -> None:
    OUT.mkdir(exist_ok=True)
    folder = Path(tempfile.mkdtemp())
    try:
        pictures = make_pictures(folder)
        memory = {name: find_memory(path) for name, path in pictures.items()}
        measured = measure(pictures)
        ratios: dict[str, Any] = {
            "webp256_vs_sharp": ratio(measured, "one", "ours-m4", "sharp", "JPEG"),
            # As it is shipped, against the code that it takes the place of.
            "webp256_vs_naive": ratio(measured, "one", "ours", "naive", "JPEG"),
            "webp3_m4_vs_sharp": ratio(measured, "three", "ours-m4", "sharp", "JPEG"),
            "webp3_default_vs_sharp_m4": ratio(measured, "three", "ours", "sharp", "JPEG"),
            "webp3_default_vs_sharp_m4_png": ratio(measured, "three", "ours", "sharp", "PNG"),
            "webp3_m4_vs_vips": ratio(measured, "three", "ours-m4", "vips", "JPEG"),
            "bytes_default_vs_m4": compare_bytes(measured),
            "ssim_min": find_similarity(pictures),
            "rss_mb_24mp_jpeg": memory["24 MP JPEG"],
            "two_threads_vs_one": compare_threads(pictures["12 MP JPEG"]),
        }
        show(measured, ratios, memory)
        (OUT / "pictures.json").write_text(json.dumps({"ratios": ratios}, indent=2) + "\n")
        draw_plot(measured, OUT / "pictures.png")
        print(f"saved {OUT / 'pictures.json'} and {OUT / 'pictures.png'}")
    finally:
        shutil.rmtree(folder)


if __name__ == "__main__":
    main()
