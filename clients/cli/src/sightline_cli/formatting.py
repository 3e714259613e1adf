"""Pictures in words: rows, bars, sizes."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from rich.markup import escape
from rich.table import Table
from rich.text import Text

from sightline_client import ImageView, Status
from sightline_client.generated.models import Capture, ImageLabel

#: How a status looks.
LOOKS = {
    Status.READY: "[green]●[/] ready",
    Status.PROCESSING: "[yellow]◐[/] processing",
    Status.AWAITING_UPLOAD: "[dim]○[/] awaiting upload",
    Status.FAILED: "[red]✗[/] failed",
}

#: Characters from which on there is room for everything.
WIDE = 120

#: Characters between columns.
GAP = 2

#: Characters of a full bar.
BAR = 24

#: Labels in a row.
LABELS = 4


def tabulate(images: list[ImageView], width: int) -> Table:
    """One row for each, of what there is room for in so many characters."""
    is_wide = width >= WIDE
    # Ids are for copying, so they are never cut off; texts share what the rest leaves.
    fixed = {"status": 12, "size": 7, "added": 10, "id": 36} if is_wide else {"": 1, "id": 36}
    room = width - sum(fixed.values()) - GAP * (len(fixed) + 1)
    texts = {"title": room * 2 // 5, "labels": room - room * 2 // 5}
    table = Table(box=None, pad_edge=False, padding=(0, GAP, 0, 0), header_style="dim")
    more = ("size", "added") if is_wide else ()
    for name in ("status" if is_wide else "", "title", "labels", *more, "id"):
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
        labels = ", ".join(label.name for label in image.labels[:LABELS])
        status = LOOKS[image.status]
        sizes = (format_bytes(image.bytes_), format_age(image.created_at)) if is_wide else ()
        table.add_row(
            status if is_wide else status.partition(" ")[0],
            escape(image.title or ""),
            escape(labels),
            *sizes,
            image.id,
        )
    return table


def tell(image: ImageView) -> Table:
    """What is known of one, a row for each fact."""
    facts = Table(box=None, show_header=False, pad_edge=False)
    facts.add_column(style="dim", no_wrap=True)
    facts.add_column(overflow="fold")
    for name, value in _facts(image):
        facts.add_row(name, value)
    return facts


def draw_labels(labels: list[ImageLabel]) -> Table:
    """Labels with bars as long as their confidence."""
    table = Table(box=None, show_header=False, pad_edge=False)
    for label in labels:
        full = round(label.confidence / 100 * BAR)
        bar = Text("━" * full, style="cyan") + Text("━" * (BAR - full), style="bright_black")
        table.add_row(escape(label.name), bar, f"{label.confidence:.0f} %")
    return table


def count_of(count: int, what: str) -> str:
    return f"{count:,} {what}" + ("" if count == 1 else "s")


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


def _facts(image: ImageView) -> Iterator[tuple[str, str]]:
    yield "status", LOOKS[image.status]
    for part in (image.renditions, image.recognition):
        if part.failure:
            yield "", f"[red]{escape(part.failure.message)}[/] [dim]({part.failure.code})[/]"
    if image.description:
        yield "description", escape(image.description)
    size = format_bytes(image.bytes_)
    pixels = f"{image.width} × {image.height}, " if image.width else ""  # noqa: RUF001
    yield "picture", f"{pixels}{size}, {image.media_type}"
    yield "added", f"{image.created_at.astimezone():%Y-%m-%d %H:%M}"
    if image.capture:
        yield from _capture_facts(image.capture)
    if image.recognition.text:
        lines = [each.text for each in image.recognition.text if each.is_line]
        yield "text", escape(" · ".join(lines[:8]) + (" …" if len(lines) > 8 else ""))
    yield "id", image.id


def _capture_facts(capture: Capture) -> Iterator[tuple[str, str]]:
    told: dict[str, Any] = {name: value for name, value in capture.to_dict().items() if value}
    if "taken_at" in told:
        yield "taken", str(told["taken_at"]).replace("T", " ")
    if camera := [told[name] for name in ("camera", "lens") if name in told]:
        yield "camera", escape(", ".join(camera))
    exposure = told.get("exposure")
    terms = [
        (f"1/{1 / exposure:.0f} s" if exposure < 1 else f"{exposure:g} s") if exposure else "",
        f"f/{told['f_number']:g}" if "f_number" in told else "",
        f"ISO {told['iso']}" if "iso" in told else "",
        f"{told['focal_length']:g} mm" if "focal_length" in told else "",
    ]
    if any(terms):
        yield "exposure", ", ".join(term for term in terms if term)
    if place := told.get("place"):
        yield "place", f"{place['latitude']:.5f}, {place['longitude']:.5f}"
