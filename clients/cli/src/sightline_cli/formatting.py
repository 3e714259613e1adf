"""Tables, bars and units for the terminal."""

import os
import unicodedata
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from rich.markup import escape
from rich.table import Table
from rich.text import Text

from sightline_client import ImageSummary, ImageView, Status
from sightline_client.generated.models import Capture, ImageLabel

#: The mark and text of each status.
STATUS_MARKS = {
    Status.READY: "[green]●[/] ready",
    Status.PROCESSING: "[yellow]◐[/] processing",
    Status.AWAITING_UPLOAD: "[dim]○[/] awaiting upload",
    Status.FAILED: "[red]✗[/] failed",
}

#: Terminal width from which all columns are shown, in characters.
WIDE_LAYOUT = 120

#: Characters between columns.
COLUMN_GAP = 2

#: Characters of a full bar.
BAR_WIDTH = 24

#: Unicode categories of control characters, and of line and paragraph separators.
CONTROL_CATEGORIES = frozenset({"Cc", "Zl", "Zp"})

#: Labels per row.
MAX_ROW_LABELS = 4


def build_image_table(images: list[ImageSummary], width: int) -> Table:
    """Return a table of images with the columns that fit into `width` characters."""
    is_wide = width >= WIDE_LAYOUT
    # Ids are copied, so they are never truncated; title and labels share the remaining width.
    fixed = {"status": 12, "size": 7, "added": 10, "id": 36} if is_wide else {"": 1, "id": 36}
    remaining = width - sum(fixed.values()) - COLUMN_GAP * (len(fixed) + 1)
    texts = {"title": remaining * 2 // 5, "labels": remaining - remaining * 2 // 5}
    table = Table(box=None, pad_edge=False, padding=(0, COLUMN_GAP, 0, 0), header_style="dim")
    wide_columns = ("size", "added") if is_wide else ()
    for name in ("status" if is_wide else "", "title", "labels", *wide_columns, "id"):
        table.add_column(
            name,
            no_wrap=True,
            overflow="ellipsis",
            min_width=fixed.get(name),
            max_width=(fixed | texts)[name],
            justify="right" if name == "size" else "left",
            style="dim" if name == "id" else "",
        )
    for image in images:
        labels = ", ".join(label.name for label in image.labels[:MAX_ROW_LABELS])
        status = STATUS_MARKS[image.status]
        sizes = (format_bytes(image.bytes_), format_age(image.created_at)) if is_wide else ()
        table.add_row(
            status if is_wide else status.partition(" ")[0],
            escape(image.title or ""),
            escape(labels),
            *sizes,
            image.id,
        )
    return table


def build_details_table(image: ImageView) -> Table:
    """Return a table of an image's details, one per row."""
    table = Table(box=None, show_header=False, pad_edge=False)
    table.add_column(style="dim", no_wrap=True)
    table.add_column(overflow="fold")
    for name, value in _format_details(image):
        table.add_row(name, value)
    return table


def build_label_table(labels: list[ImageLabel]) -> Table:
    """Return a table of labels with their confidence as bars."""
    table = Table(box=None, show_header=False, pad_edge=False)
    for label in labels:
        full = round(label.confidence / 100 * BAR_WIDTH)
        bar = Text("━" * full, style="cyan") + Text("━" * (BAR_WIDTH - full), style="bright_black")
        table.add_row(escape(label.name), bar, f"{label.confidence:.0f} %")
    return table


def format_count(count: int, noun: str) -> str:
    """Return the count with the noun in singular or plural."""
    return f"{count:,} {noun}" + ("" if count == 1 else "s")


def format_image(image: ImageView) -> str:
    """Return the image's title and id as markup."""
    return f"[bold]{escape(image.title or '')}[/] [dim]{image.id}[/]".lstrip()


def decode_path(path: str | os.PathLike[str]) -> str:
    """Return the path with bytes that are not UTF-8 as `\\xNN`."""
    return os.fsencode(path).decode(errors="backslashreplace")


def format_path(path: str | os.PathLike[str]) -> str:
    """Return the path on one line: `decode_path`, with control characters escaped."""
    return "".join(
        character.encode("unicode_escape").decode()
        if unicodedata.category(character) in CONTROL_CATEGORIES
        else character
        for character in decode_path(path)
    )


def format_bytes(count: float) -> str:
    for unit in ("B", "kB", "MB", "GB"):
        if count < 1000:
            return f"{count:.0f} {unit}" if unit == "B" or count >= 100 else f"{count:.1f} {unit}"
        count /= 1000
    return f"{count:.1f} TB"


def format_age(at: datetime) -> str:
    seconds = (datetime.now(UTC) - at).total_seconds()
    if seconds > 30 * 86_400:
        return f"{at:%Y-%m-%d}"
    for unit, length in (("d", 86_400), ("h", 3600), ("min", 60)):
        if seconds >= length:
            return f"{seconds / length:.0f} {unit} ago"
    return "just now"


def _format_details(image: ImageView) -> Iterator[tuple[str, str]]:
    yield "status", STATUS_MARKS[image.status]
    for part in (image.renditions, image.recognition):
        if part.failure:
            yield "", f"[red]{escape(part.failure.message)}[/] [dim]({part.failure.code})[/]"
    if image.description:
        yield "description", escape(image.description)
    flags = ["favorite"] if image.favorite else []
    flags += ["archived"] if image.archived else []
    flags += ["★" * image.rating] if image.rating else []
    if flags:
        yield "marks", ", ".join(flags)
    size = format_bytes(image.bytes_)
    pixels = f"{image.width} × {image.height}, " if image.width else ""  # noqa: RUF001
    yield "image", f"{pixels}{size}, {image.media_type}"
    yield "added", f"{image.created_at.astimezone():%Y-%m-%d %H:%M}"
    kinds = ["Live Photo or motion photo"] if image.motion else []
    kinds += [f"{image.projection} panorama"] if image.projection else []
    if kinds:
        yield "kind", ", ".join(kinds)
    if taken_at := image.to_dict().get("taken_at") or image.taken_at_local:
        corrected = " (corrected)" if image.taken_at_override else ""
        yield "taken", str(taken_at).replace("T", " ") + corrected
    if image.capture:
        yield from _format_capture(image.capture)
    if place := image.to_dict().get("place"):
        corrected = " (corrected)" if image.position_override else ""
        yield "place", _format_place(place) + corrected
    elif image.position_override:
        yield "place", "hidden"
    if image.rotation:
        yield "rotation", f"{image.rotation}° clockwise"
    if image.recognition.text:
        lines = [each.text for each in image.recognition.text if each.is_line]
        yield "text", escape(" · ".join(lines[:8]) + (" …" if len(lines) > 8 else ""))
    yield "id", image.id


def _format_place(place: dict[str, Any]) -> str:
    """Return the names of a place, and its position."""
    names = [place[name] for name in ("district", "city", "region", "country") if place.get(name)]
    position = f"{place['latitude']:.5f}, {place['longitude']:.5f}"
    return escape(", ".join(names) + f" ({position})") if names else position


def _format_capture(capture: Capture) -> Iterator[tuple[str, str]]:
    fields: dict[str, Any] = {name: value for name, value in capture.to_dict().items() if value}
    if camera := [fields[name] for name in ("camera", "lens") if name in fields]:
        yield "camera", escape(", ".join(camera))
    exposure = fields.get("exposure")
    terms = [
        (f"1/{1 / exposure:.0f} s" if exposure < 1 else f"{exposure:g} s") if exposure else "",
        f"f/{fields['f_number']:g}" if "f_number" in fields else "",
        f"ISO {fields['iso']}" if "iso" in fields else "",
        f"{fields['focal_length']:g} mm" if "focal_length" in fields else "",
    ]
    if any(terms):
        yield "exposure", ", ".join(term for term in terms if term)
