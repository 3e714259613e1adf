"""`sightline show`, `watch`, `usage` and `open`."""

import importlib.util
import io
from datetime import datetime
from typing import Annotated

import httpx
import typer
from rich.console import Group, RenderableType
from rich.markup import escape
from rich.table import Table

from sightline_cli.arguments import OneImage, resolve_image
from sightline_cli.formatting import (
    STATUS_MARKS,
    build_details_table,
    build_label_table,
    format_bytes,
    format_count,
)
from sightline_cli.runner import ERR, OUT, Exit, Json, open_client, print_json, run
from sightline_client import AsyncSightline, ImageView, Status
from sightline_client.errors import NotFound, RenditionNotFound

#: The width of an image in the terminal, in characters.
MAX_PREVIEW_WIDTH = 46

#: Timeout for the download of the rendition that `show` draws.
PREVIEW_TIMEOUT_SECONDS = 15.0


def show(
    image: OneImage = "last",
    wait: Annotated[
        bool, typer.Option("--wait", "-w", help="Wait until processing has finished.")
    ] = False,
    preview: Annotated[
        bool | None,
        typer.Option(
            "--preview/--no-preview",
            help="Draw the image in the terminal. Requires `sightline-cli[preview]`.",
            show_default=False,
        ),
    ] = None,
    as_json: Json = False,
) -> None:
    """Show an image and its labels, text and capture data."""

    if preview and not can_draw():
        raise typer.BadParameter('install "sightline-cli[preview]" to draw images')

    async def work() -> int:
        async with open_client() as client:
            found = await client.image(await resolve_image(client, image))
            if wait and found.status not in {Status.READY, Status.FAILED}:
                async for processed in client.wait_until_processed([found.id]):
                    found = processed
        if as_json:
            print_json(found.to_dict())
        else:
            drawing = await _draw(found) if _is_drawn(preview) else None
            _print_image(found, drawing)
        return Exit.FAILED if found.status is Status.FAILED else 0

    run(work())


def watch(as_json: Json = False) -> None:
    """Follow changes of your images and albums until Ctrl-C."""

    async def work() -> None:
        async with open_client() as client:
            ERR.print("[dim]Watching for changes. Press Ctrl-C to stop.[/]")
            async for event in client.events():
                if as_json:
                    print_json(
                        {
                            "event": event.kind,
                            "id": event.id,
                            "change": event.change,
                            "status": event.status,
                        }
                    )
                elif event.id:
                    line = await _describe_event(client, event.kind, event.id, event.change or "")
                    OUT.print(f"[dim]{datetime.now():%H:%M:%S}[/]  {line}")  # noqa: DTZ005

    run(work())


def usage(as_json: Json = False) -> None:
    """Show storage, recognition calls and estimated cost."""

    async def work() -> None:
        async with open_client() as client:
            used = await client.usage()
        if as_json:
            print_json(used.to_dict())
            return
        max_images = f" of {used.max_images:,}" if used.max_images else ""
        max_bytes = f" of {format_bytes(used.max_bytes)}" if used.max_bytes else ""
        OUT.print(f"{used.images:,}{max_images} images, {format_bytes(used.bytes_)}{max_bytes}\n")
        table = Table(box=None, header_style="dim", pad_edge=False)
        table.add_column("month")
        for name in ("images", "size", "calls", "est. cost"):
            table.add_column(name, justify="right")
        for month in used.months:
            table.add_row(
                month.month,
                f"{month.images:,}",
                format_bytes(month.bytes_),
                f"{sum(month.calls.additional_properties.values()):,}",
                f"$ {month.estimated_cost:.2f}",
            )
        OUT.print(table)

    run(work())


def open_(
    image: Annotated[
        str | None, typer.Argument(metavar="ID", help="Image id. `last` is the newest image.")
    ] = None,
    rendition: Annotated[str, typer.Option(metavar="NAME", help="Rendition to open.")] = "full",
    as_json: Json = False,
) -> None:
    """Open an image, or the web application, in the browser."""

    async def work() -> int:
        async with open_client() as client:
            if image is None:
                url = client.session.web_url or f"{client.session.api_url}/docs"
            else:
                found = await client.image(await resolve_image(client, image))
                urls = {each.name: each.url for each in found.renditions.items}
                if rendition not in urls:
                    raise RenditionNotFound(found.id, rendition, list(urls))
                url = urls[rendition]
        if as_json:
            print_json({"url": url})
        elif typer.launch(url):
            # There is no browser on this machine.
            OUT.print(url, markup=False, soft_wrap=True)
        return 0

    run(work())


def can_draw() -> bool:
    """Return whether the optional package that draws images is installed."""
    return importlib.util.find_spec("textual_image") is not None


def _is_drawn(preview: bool | None) -> bool:
    return preview is not False and OUT.is_terminal and can_draw()


def _print_image(image: ImageView, drawing: RenderableType | None) -> None:
    title = f"[bold]{escape(image.title or image.id)}[/]"
    parts: list[RenderableType] = [title, build_details_table(image)]
    if image.labels:
        parts += ["", build_label_table(image.labels)]
    details = Group(*parts)
    if drawing is None:
        OUT.print(details)
        return
    side_by_side = Table.grid(padding=(0, 3))
    side_by_side.add_row(drawing, details)
    OUT.print(side_by_side)


async def _draw(image: ImageView) -> RenderableType | None:
    """Return the image for this terminal, None if it has no rendition yet."""
    renditions = sorted(image.renditions.items, key=lambda each: each.width)
    if not renditions:
        return None
    try:
        async with httpx.AsyncClient(timeout=PREVIEW_TIMEOUT_SECONDS) as http:
            response = (await http.get(renditions[0].url)).raise_for_status()
    except httpx.HTTPError:
        return None
    # Imported here because the import queries the terminal's capabilities.
    from textual_image.renderable import Image

    width = min(MAX_PREVIEW_WIDTH, OUT.width // 2)
    drawing: RenderableType = Image(io.BytesIO(response.content), width=width, height="auto")
    return drawing


async def _describe_event(client: AsyncSightline, kind: str, resource_id: str, change: str) -> str:
    if change == "deleted":
        return f"[red]deleted[/]  {kind} {resource_id}"
    try:
        if kind == "album":
            album = await client.album(resource_id)
            count = format_count(album.images, "image")
            return f"album [bold]{escape(album.title)}[/], {count} ({change})"
        image = await client.image(resource_id)
    except NotFound:
        return f"[red]deleted[/]  {kind} {resource_id}"
    labels = escape(", ".join(label.name for label in image.labels[:4]))
    title = escape(image.title or resource_id)
    return f"{STATUS_MARKS[image.status]}  [bold]{title}[/]  [dim]{labels}[/]"
