"""Compare the resizer with exiftool and ImageMagick (`make compare-pictures FOLDER=photos`).

Every file of the folder is rendered by the resizer's code. exiftool reads its metadata, and
ImageMagick makes the same thumbnail: upright and in sRGB. The disagreements are printed, and
written to a page with both thumbnails side by side. Without a folder, drawn files are compared,
and a disagreement is an error.
"""

import argparse
import asyncio
import base64
import html
import io
import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from PIL import Image, ImageChops, ImageCms, ImageStat
from pillow_heif import register_heif_opener
from rich.console import Console
from rich.table import Table

from sightline.domain.failures import Rejected
from sightline.imaging.decoding import Limits
from sightline.imaging.isolation import run_isolated
from sightline.imaging.process_pool import DecodePool, Stalled
from sightline_local.sample_image import draw_sample
from sightline_resizer.renditions import RenderedImage, RenderOptions, render_image

OUT = Path(__file__).parent / "out"

#: Longest side of the compared thumbnails, in pixels, and their WebP quality.
THUMBNAIL_PIXELS = 256
QUALITY = 95

#: Mean difference of a channel (of 255) from which on thumbnails disagree. Different decoders,
#: resampling filters and rendering intents stay below it.
MAX_DIFFERENCE = 6.0

#: Relative difference from which on numbers disagree: exiftool rounds some.
MAX_RELATIVE_DIFFERENCE = 0.01

#: Difference from which on coordinates disagree, in degrees: about a meter.
MAX_DEGREES = 1e-5

#: Limits of one file, in seconds and bytes.
CPU_SECONDS = 60
MEMORY_BYTES = 2 * 2**30
MAGICK_TIMEOUT_SECONDS = 120

#: exiftool's tags, in the order of preference, by the field of the resizer.
TIME_TAGS = ("DateTimeOriginal", "CreateDate", "DateCreated", "ModifyDate")
NUMBER_TAGS = {
    "exposure": ("ExposureTime",),
    "f_number": ("FNumber",),
    "iso": ("ISO",),
    "focal_length": ("FocalLength",),
}

Tags = dict[str, Any]


@dataclass(slots=True)
class Comparison:
    """One file: its thumbnails, how they differ, and where the resizer and exiftool disagree."""

    path: Path
    outcome: str
    ours: Image.Image | None = None
    theirs: Image.Image | None = None
    difference: tuple[float, ...] | None = None
    disagreements: list[str] = field(default_factory=list)


def find_magick() -> list[str]:
    """Return the command of ImageMagick 7 or 6."""
    for name in ("magick", "/usr/bin/convert", "convert"):
        if shutil.which(name):
            return [name]
    sys.exit("sightline: this requires ImageMagick and exiftool")


def read_tags(paths: list[Path]) -> dict[Path, Tags]:
    """Return exiftool's tags of each file, with numbers instead of descriptions."""
    if not shutil.which("exiftool"):
        sys.exit("sightline: this requires ImageMagick and exiftool")
    if not paths:
        return {}
    process = subprocess.run(
        # The time of a PNG's pixels is not that of the photo.
        ["exiftool", "-json", "-n", "--PNG:ModifyDate", "-charset", "filename=utf8", *paths],
        capture_output=True,
        check=False,
    )
    return {Path(tags["SourceFile"]): tags for tags in json.loads(process.stdout or b"[]")}


def make_thumbnail(magick: list[str], path: Path, profile: Path) -> Image.Image | None:
    """Return ImageMagick's thumbnail, upright and in sRGB; None if it cannot read the file."""
    size = f"{THUMBNAIL_PIXELS}x{THUMBNAIL_PIXELS}>"
    command = [*magick, f"{path}[0]", "-auto-orient", "-resize", size, "-profile", str(profile)]
    try:
        process = subprocess.run(
            [*command, "-strip", "-depth", "8", "PNG32:-"],
            capture_output=True,
            timeout=MAGICK_TIMEOUT_SECONDS,
            check=False,
        )
        with Image.open(io.BytesIO(process.stdout)) as image:
            return image.convert("RGBA")
    except (OSError, ValueError, subprocess.TimeoutExpired):
        return None


def compare_thumbnails(ours: Image.Image, theirs: Image.Image) -> tuple[float, ...]:
    """Return the mean difference of each channel on a white background."""
    one, other = (_flatten(image, ours.size) for image in (ours, theirs))
    return tuple(ImageStat.Stat(ImageChops.difference(one, other)).mean)


def _flatten(image: Image.Image, size: tuple[int, int]) -> Image.Image:
    flat = Image.new("RGBA", image.size, "white")
    flat.alpha_composite(image.convert("RGBA"))
    return flat.convert("RGB").resize(size)


def compare_tags(rendered: RenderedImage, tags: Tags) -> Iterator[str]:
    """Yield a sentence for each field that the resizer and exiftool read differently."""
    yield from _compare_size(rendered, tags)
    capture = rendered.capture
    expected = next((str(tags[tag]) for tag in TIME_TAGS if tags.get(tag)), "")
    ours = capture.taken_at.strftime("%Y:%m:%d %H:%M:%S") if capture.taken_at else ""
    if expected[:19] != ours and not (not ours and expected.startswith(("0000", " "))):
        yield f"time: {ours or 'none'}, exiftool {expected or 'none'}"
    for name, (tag, *_) in NUMBER_TAGS.items():
        value, other = getattr(capture, name), tags.get(tag)
        if not _agree(value, other):
            yield f"{name}: {value}, exiftool {other}"
    model = str(tags.get("Model", "")).strip()
    if model and model not in (capture.camera or ""):
        yield f"camera: {capture.camera}, exiftool {model}"
    lens = str(tags.get("LensModel", "")).strip()
    if lens and lens != (capture.lens or ""):
        yield f"lens: {capture.lens}, exiftool {lens}"
    yield from _compare_place(rendered, tags)


def _compare_size(rendered: RenderedImage, tags: Tags) -> Iterator[str]:
    size = tags.get("ImageWidth"), tags.get("ImageHeight")
    # exiftool has the stored size of most formats, and the upright one of others.
    if None not in size and sorted(size) != sorted(rendered.size):
        yield f"size: {tuple(rendered.size)}, exiftool {size}"


def _compare_place(rendered: RenderedImage, tags: Tags) -> Iterator[str]:
    place = rendered.capture.place
    position = tags.get("GPSLatitude"), tags.get("GPSLongitude")
    numbers = [each for each in position if isinstance(each, int | float)]
    # 0, 0 is what devices write without a position.
    if len(numbers) < 2 or not any(numbers):
        if place is not None:
            yield f"place: {place.latitude}, {place.longitude}, exiftool none"
        return
    if place is None:
        yield f"place: none, exiftool {numbers[0]}, {numbers[1]}"
    elif max(abs(place.latitude - numbers[0]), abs(place.longitude - numbers[1])) > MAX_DEGREES:
        yield f"place: {place.latitude}, {place.longitude}, exiftool {numbers[0]}, {numbers[1]}"


def _agree(value: float | None, other: Any) -> bool:
    """Return whether two numbers agree; zero and text mean that there is none."""
    number = other if isinstance(other, int | float) else None
    if not number or not value:
        return not number and not value
    return abs(value - number) <= MAX_RELATIVE_DIFFERENCE * abs(number)


async def compare_all(paths: list[Path]) -> list[Comparison]:
    """Render and compare every file."""
    magick, tags = find_magick(), read_tags(paths)
    options = RenderOptions(sizes=(("thumb", THUMBNAIL_PIXELS),), quality=QUALITY)
    comparisons = []
    with tempfile.TemporaryDirectory() as folder:
        profile = Path(folder) / "srgb.icc"
        profile.write_bytes(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
        async with DecodePool(1, CPU_SECONDS, MEMORY_BYTES) as pool:
            for path in paths:
                comparison = Comparison(path, "rendered")
                comparisons.append(comparison)
                comparison.theirs = make_thumbnail(magick, path, profile)
                try:
                    rendered = await run_isolated(
                        pool, render_image, path.read_bytes(), Limits(), options
                    )
                except (Rejected, Stalled) as error:
                    comparison.outcome = (
                        error.failure.code if isinstance(error, Rejected) else "stalled"
                    )
                    if comparison.theirs is not None:
                        comparison.disagreements.append(
                            f"{comparison.outcome}, not for ImageMagick"
                        )
                    continue
                _compare(comparison, rendered, tags.get(path, {}))
    return comparisons


def _compare(comparison: Comparison, rendered: RenderedImage, tags: Tags) -> None:
    with Image.open(io.BytesIO(rendered.renditions[0].body)) as image:
        comparison.ours = image.convert("RGBA")
    comparison.outcome = "damaged" if rendered.damaged else "rendered"
    comparison.disagreements += compare_tags(rendered, tags)
    if comparison.theirs is None:
        return
    comparison.difference = compare_thumbnails(comparison.ours, comparison.theirs)
    if max(comparison.difference) > MAX_DIFFERENCE:
        numbers = ", ".join(f"{each:.1f}" for each in comparison.difference)
        comparison.disagreements.append(f"thumbnail: mean difference {numbers}")


def draw_files(folder: Path) -> None:
    """Draw a file of each format, orientation and kind of pixels that all programs read alike."""
    for orientation in range(1, 9):
        body = draw_sample(orientation, (900, 600))
        (folder / f"orientation-{orientation}.jpg").write_bytes(body)
    with Image.open(io.BytesIO(draw_sample(size=(900, 600)))) as sample:
        exif, image = sample.getexif().tobytes(), sample.convert("RGB")
    register_heif_opener()
    for kind, suffix in (
        ("PNG", "png"),
        ("WEBP", "webp"),
        ("GIF", "gif"),
        ("TIFF", "tif"),
        ("BMP", "bmp"),
        ("AVIF", "avif"),
        ("HEIF", "heic"),
    ):
        options = {} if kind in {"GIF", "BMP", "TIFF"} else {"exif": exif}
        image.save(folder / f"format.{suffix}", kind, **options)
    for mode in ("1", "L", "LA", "P", "RGBA"):
        image.convert(mode).save(folder / f"mode-{mode}.png")
    image.convert("CMYK").save(folder / "mode-CMYK.jpg", quality=95)
    image.save(folder / "progressive.jpg", progressive=True, quality=90)
    whole = (folder / "progressive.jpg").read_bytes()
    (folder / "no-end.jpg").write_bytes(whole[:-2])


def write_page(comparisons: list[Comparison], path: Path) -> None:
    """Write the page with the thumbnails, the largest differences first."""

    def rank(comparison: Comparison) -> tuple[bool, float]:
        return not comparison.disagreements, -max(comparison.difference or (0,))

    rows = "".join(
        "<tr>"
        f"<td>{html.escape(each.path.name)}<td>{html.escape(each.outcome)}"
        f"<td>{_embed(each.ours)}<td>{_embed(each.theirs)}"
        f"<td>{', '.join(f'{value:.1f}' for value in each.difference or ())}"
        f"<td>{'<br>'.join(map(html.escape, each.disagreements))}"
        for each in sorted(comparisons, key=rank)
    )
    path.write_text(
        "<!doctype html><html lang=en><meta charset=utf-8><title>Comparison of images</title>"
        "<style>body{font:14px sans-serif}td,th{padding:4px 8px;text-align:left;"
        "border-top:1px solid #ccc}img{background:#fff}</style>"
        "<h1>Comparison of images</h1><table><tr><th>File<th>Outcome<th>Sightline<th>ImageMagick"
        f"<th>Mean difference<th>Disagreements{rows}</table>"
    )


def _embed(image: Image.Image | None) -> str:
    if image is None:
        return "not read"
    file = io.BytesIO()
    image.save(file, "PNG")
    return f'<img alt="" src="data:image/png;base64,{base64.b64encode(file.getvalue()).decode()}">'


def print_results(comparisons: list[Comparison]) -> None:
    console = Console()
    table = Table("file", "outcome", "disagreement")
    for each in comparisons:
        for disagreement in each.disagreements:
            table.add_row(each.path.name, each.outcome, disagreement)
    if table.row_count:
        console.print(table)
    measured = [each.difference for each in comparisons if each.difference]
    means = [f"{sum(values) / len(measured):.2f}" for values in zip(*measured, strict=True)]
    console.print(
        f"{len(comparisons)} files, {sum(bool(each.disagreements) for each in comparisons)} with"
        f" disagreements; mean difference of the channels of {len(measured)} thumbnails:"
        f" {', '.join(means) or 'none'}"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description="Compare the resizer with other programs.")
    parser.add_argument("folder", nargs="?", type=Path, help="folder of images; default: drawn")
    folder: Path | None = parser.parse_args().folder
    with tempfile.TemporaryDirectory() as drawn:
        if folder is None:
            draw_files(Path(drawn))
        paths = sorted(path for path in (folder or Path(drawn)).rglob("*") if path.is_file())
        comparisons = asyncio.run(compare_all(paths))
    OUT.mkdir(exist_ok=True)
    page = OUT / "comparison.html"
    write_page(comparisons, page)
    print_results(comparisons)
    print(f"wrote {page}")
    if folder is None and any(each.disagreements for each in comparisons):
        sys.exit(1)


if __name__ == "__main__":
    main()
