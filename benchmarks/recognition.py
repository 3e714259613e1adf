"""Benchmark of the local Rekognition emulator (`make bench-recognition`).

Measures each engine on photographs of 2 to 12 megapixels, and what one image costs in all: labels,
image properties and text, as the worker requests them. The words that are read are compared with
those that RapidOCR itself reads when it searches every image at 1,600 pixels.

Photographs come from scikit-image's package and, if it exists, from the folder of sample images.
Each child process measures one thing, so that its memory is that of the emulator alone.
"""

import io
import json
import os
import random
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from importlib.util import find_spec
from pathlib import Path
from typing import Any, NamedTuple

from PIL import Image, ImageDraw
from rich.console import Console
from rich.table import Table

from sightline_local.environment import RECOGNITION_ALLOCATOR
from sightline_testing.sample_images import find_images

HERE = Path(__file__).parent
OUT = HERE / "out"
ROUNDS = int(os.environ.get("ROUNDS", "3"))

#: Sizes of the photographs, in megapixels.
MEGAPIXELS = (2, 4, 8, 12)

#: Photographs in scikit-image's package.
PACKAGED_PHOTOS = (
    "astronaut.png",
    "coffee.png",
    "chelsea.png",
    "rocket.jpg",
    "motorcycle_left.png",
)

#: Photographs of at least this many pixels are taken from the folder of sample images.
MIN_PIXELS = 2_000_000

#: Longest side at which the reference searches for text, in pixels.
REFERENCE_SIDE = 1600

WORDS = [
    "invoice",
    "total",
    "harbor",
    "window",
    "garden",
    "seven",
    "river",
    "market",
    "yellow",
    "station",
    "library",
    "copper",
    "mountain",
    "winter",
    "circle",
    "paper",
    "engine",
    "bridge",
    "silver",
    "morning",
    "forest",
    "number",
    "island",
    "signal",
]


class Cost(NamedTuple):
    """Medians of an engine: wall-clock time and CPU time, in milliseconds."""

    milliseconds: float
    cpu_milliseconds: float


def main() -> None:
    if len(sys.argv) > 1:
        print(json.dumps(ROLES[sys.argv[1]](Path(sys.argv[2]))))
        return
    OUT.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_photos(folder)
        engines = run_role("engines", folder / "sized")
        whole = run_role("whole", folder / "sized")
        words = compare_words(
            run_role("reference", folder / "text"), run_role("words", folder / "text")
        )
    ratios = {
        "cpu_seconds_per_image": whole["cpu_seconds_per_image"],
        "words_kept": words["kept"],
        **run_role("accuracy", HERE.parent / "tests"),
        "rss_mb": whole["rss_mb"],
    }
    document = {"ratios": ratios, "engines": engines, "whole": whole, "words": words}
    (OUT / "recognition.json").write_text(json.dumps(document, indent=2) + "\n")
    print_results(document)
    print(f"wrote {OUT / 'recognition.json'}")


def run_role(role: str, folder: Path) -> Any:
    """Return the result of a role, measured in a process of its own."""
    command = [sys.executable, __file__, role, str(folder)]
    environment = {**os.environ, **RECOGNITION_ALLOCATOR}
    process = subprocess.run(command, check=True, stdout=subprocess.PIPE, env=environment)
    return json.loads(process.stdout)


def write_photos(folder: Path) -> None:
    """Write the photographs in each size, and the images whose words are compared."""
    sized, text = folder / "sized", folder / "text"
    sized.mkdir()
    text.mkdir()
    for name, photo in open_photos():
        for megapixels in MEGAPIXELS:
            scale = (megapixels * 1e6 / (photo.width * photo.height)) ** 0.5
            size = round(photo.width * scale), round(photo.height * scale)
            copy = photo.resize(size, Image.Resampling.LANCZOS)
            copy.save(sized / f"{megapixels:02}-{name}.jpg", quality=90)
    for path in find_images("photos"):
        if path.suffix in {".jpg", ".png"}:
            (text / path.name).write_bytes(path.read_bytes())
    for number, image in enumerate(draw_pages()):
        image.save(text / f"page-{number:02}.png")


def open_photos() -> Iterator[tuple[str, Image.Image]]:
    """Yield the photographs and their names. They are resized to every size."""
    package = find_spec("skimage")
    assert package is not None and package.origin is not None  # noqa: PT018
    paths = [Path(package.origin).parent / "data" / name for name in PACKAGED_PHOTOS]
    for path in [*paths, *find_images("photos")]:
        if path.suffix not in {".jpg", ".png"}:
            continue
        with Image.open(path) as image:
            if path in paths or image.width * image.height >= MIN_PIXELS:
                yield path.stem, image.convert("RGB")


def draw_pages() -> Iterator[Image.Image]:
    """Yield documents, posters, and photograph-like scenes with signs in small print."""
    for seed in range(3):
        yield draw_page(seed, (1654, 2339), (18, 22, 28, 40))
    for seed in range(3):
        yield draw_page(seed, (1200, 900), (40, 60, 80))
    for seed in range(8):
        yield draw_scene(seed, (2000, 1500), (14, 18, 24, 40))


def draw_page(seed: int, size: tuple[int, int], heights: tuple[int, ...]) -> Image.Image:
    choice = random.Random(seed)
    image = Image.new("RGB", size, "white")
    draw, top = ImageDraw.Draw(image), size[1] // 20
    while top < size[1] * 0.9:
        height = choice.choice(heights)
        line = " ".join(choice.sample(WORDS, 3))
        draw.text((choice.randint(60, size[0] // 4), top), line, "black", font_size=height)
        top += int(height * choice.uniform(1.6, 5))
    return image


def draw_scene(seed: int, size: tuple[int, int], heights: tuple[int, ...]) -> Image.Image:
    choice = random.Random(seed)
    grain = Image.frombytes("RGB", (16, 12), choice.randbytes(16 * 12 * 3))
    noise = Image.frombytes("RGB", size, choice.randbytes(size[0] * size[1] * 3))
    image = Image.blend(grain.resize(size, Image.Resampling.BICUBIC), noise, 0.1)
    draw = ImageDraw.Draw(image)
    for _ in range(4):
        height = choice.choice(heights)
        left = choice.randint(0, size[0] - 14 * height)
        top = choice.randint(0, size[1] - 3 * height)
        draw.rectangle((left, top, left + 12 * height, top + 2 * height), "white")
        line = " ".join(choice.sample(WORDS, 2))
        draw.text((left + height // 2, top + height // 3), line, "black", font_size=height)
    return image


# The roles of the child processes. They import the emulator lazily: the parent never loads it.


def measure_engines(folder: Path) -> dict[str, dict[str, Cost]]:
    """Return the cost of each engine by megapixels."""
    results: dict[str, dict[str, Cost]] = {}
    samples: dict[tuple[str, str], list[Cost]] = {}
    recognizer = build_recognizer()
    for path in sorted(folder.iterdir()):
        body = path.read_bytes()
        for _ in range(ROUNDS):
            for engine, cost in time_engines(recognizer, body):
                samples.setdefault((path.name[:2].lstrip("0"), engine), []).append(cost)
    for (megapixels, engine), costs in samples.items():
        results.setdefault(megapixels, {})[engine] = Cost(
            statistics.median(each.milliseconds for each in costs),
            statistics.median(each.cpu_milliseconds for each in costs),
        )
    return results


def time_engines(recognizer: Any, body: bytes) -> Iterator[tuple[str, Cost]]:
    from sightline_local.recognition.image_loading import load_image
    from sightline_local.recognition.image_properties import describe_properties, measure

    image, cost = timed(lambda: load_image(body))
    yield "decode", cost
    yield "properties", timed(lambda: describe_properties(measure(image), [], 10))[1]
    yield "text", timed(lambda: recognizer.reader.read(image))[1]
    engines = {
        "tags": (recognizer.tagger, "tag"),
        "objects": (recognizer.objects, "detect"),
        "faces": (recognizer.faces, "detect"),
        "moderation": (recognizer.moderator, "score_unsafe"),
    }
    for name, (engine, method) in engines.items():
        if not type(engine).__name__.startswith("Null"):
            recognize_image = getattr(engine, method)
            yield name, timed(lambda run=recognize_image: run(image))[1]


def timed(work: Callable[[], Any]) -> tuple[Any, Cost]:
    start, cpu_start = time.perf_counter(), time.process_time()
    result = work()
    cpu, elapsed = time.process_time() - cpu_start, time.perf_counter() - start
    return result, Cost(elapsed * 1000, cpu * 1000)


def measure_whole(folder: Path) -> dict[str, float]:
    """Return what an image costs when its two operations run concurrently, and the memory."""
    recognizer = build_recognizer()
    paths = sorted(folder.iterdir())
    with ThreadPoolExecutor(2) as executor:
        recognize(recognizer, executor, paths[0].read_bytes())
        start, cpu_start = time.perf_counter(), time.process_time()
        for path in paths:
            recognize(recognizer, executor, path.read_bytes())
        cpu, elapsed = time.process_time() - cpu_start, time.perf_counter() - start
    return {
        "images": len(paths),
        "cpu_seconds_per_image": cpu / len(paths),
        "seconds_per_image": elapsed / len(paths),
        "rss_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000,
    }


def recognize(recognizer: Any, executor: ThreadPoolExecutor, body: bytes) -> None:
    from sightline_local.recognition.app import handle
    from sightline_local.recognition.requests import parse_request

    image = {"S3Object": {"Bucket": "photos", "Name": "photo"}}
    labels = {"Image": image, "Features": ["GENERAL_LABELS", "IMAGE_PROPERTIES"]}
    pending = []
    for name, request in (("DetectLabels", labels), ("DetectText", {"Image": image})):
        operation = recognizer.operations[name]
        parsed = parse_request(operation.request, request)
        pending.append(executor.submit(handle, operation, parsed, body))
    for future in pending:
        future.result()


def read_words(folder: Path) -> dict[str, list[str]]:
    """Return the words that the emulator reads in each image."""
    from sightline_local.recognition.image_loading import load_image

    reader = build_recognizer().reader
    return {
        path.name: normalize(line.text for line in reader.read(load_image(path.read_bytes())))
        for path in sorted(folder.iterdir())
        if is_readable(path)
    }


def read_reference_words(folder: Path) -> dict[str, list[str]]:
    """Return the words that RapidOCR reads in each image."""
    import numpy as np
    from rapidocr import RapidOCR

    from sightline_local.recognition.image_loading import load_image

    engine = RapidOCR(
        params={
            "Global.log_level": "error",
            "Det.limit_type": "max",
            "Det.limit_side_len": REFERENCE_SIDE,
        }
    )
    words = {}
    for path in sorted(folder.iterdir()):
        if is_readable(path):
            pixels = load_image(path.read_bytes()).fit(REFERENCE_SIDE)
            found = engine(np.asarray(pixels)[:, :, ::-1].copy())
            words[path.name] = normalize(found.txts or ())
    return words


def is_readable(path: Path) -> bool:
    """Return whether the image is large enough for Rekognition."""
    with Image.open(io.BytesIO(path.read_bytes())) as image:
        return min(image.size) >= 80


def normalize(lines: Iterable[str]) -> list[str]:
    """Return the words in lower case without punctuation."""
    words = ("".join(filter(str.isalnum, word.lower())) for line in lines for word in line.split())
    return [word for word in words if word]


def build_recognizer() -> Any:
    from sightline_local.recognition.app import RecognizerProvider, warm_up
    from sightline_local.recognition.settings import RecognitionSettings

    recognizer = RecognizerProvider(RecognitionSettings()).current()
    warm_up(recognizer)
    return recognizer


def measure_accuracy(tests: Path) -> dict[str, float]:
    """Return precision and recall of the labels at Rekognition's default confidence.

    The photographs, and what they show, are those of the tests.
    """
    # `local.py` in the folder of the benchmarks would hide the package of that name.
    sys.path[0] = str(tests)
    from local.recognition.photographs import find_photographs
    from local.recognition.test_accuracy import measure
    from sightline_local.recognition.image_loading import load_image

    tagger = build_recognizer().tagger
    results = []
    for photograph in find_photographs():
        labels = tagger.tag(load_image(photograph.file.read_bytes())).labels
        results.append((photograph, {label.name: label.confidence for label in labels}))
    precision, recall, _ = measure(results, 55)
    return {"precision_at_55": precision, "recall_at_55": recall}


ROLES: dict[str, Callable[[Path], Any]] = {
    "engines": measure_engines,
    "whole": measure_whole,
    "accuracy": measure_accuracy,
    "words": read_words,
    "reference": read_reference_words,
}


def compare_words(reference: dict[str, list[str]], found: dict[str, list[str]]) -> dict[str, Any]:
    """Return the share of the reference's words that were found, and which were not."""
    lost: dict[str, list[str]] = {}
    total = 0
    for name, words in reference.items():
        remaining = list(found[name])
        total += len(words)
        for word in words:
            if word in remaining:
                remaining.remove(word)
            else:
                lost.setdefault(name, []).append(word)
    missing = sum(map(len, lost.values()))
    return {"reference": total, "kept": 1 - missing / total, "lost": lost}


def print_results(document: dict[str, Any]) -> None:
    console = Console()
    engines = document["engines"]
    table = Table("engine, ms (CPU ms)", *(f"{each} MP" for each in engines))
    for engine in next(iter(engines.values())):
        costs = (Cost(*each[engine]) for each in engines.values())
        cells = (f"{each.milliseconds:.0f} ({each.cpu_milliseconds:.0f})" for each in costs)
        table.add_row(engine, *cells)
    console.print(table)
    ratios = Table("metric", "value")
    for metric, value in document["ratios"].items():
        ratios.add_row(metric, f"{value:.3g}")
    console.print(ratios)
    for name, words in document["words"]["lost"].items():
        console.print(f"{name}: not read: {', '.join(words)}", highlight=False)


if __name__ == "__main__":
    main()
