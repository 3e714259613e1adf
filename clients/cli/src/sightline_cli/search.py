"""`sightline search` and `labels`."""

from collections.abc import AsyncIterator
from typing import Annotated

import typer
from rich.table import Table

from sightline_cli.arguments import InAlbum, resolve_album
from sightline_cli.formatting import BAR_WIDTH, build_image_table
from sightline_cli.runner import ERR, OUT, Json, open_client, print_json, run
from sightline_client import ImageSummary

#: The API's limit of images per page.
MAX_PAGE_SIZE = 100

Limit = Annotated[int, typer.Option("--limit", "-n", min=1, help="Maximum number of results.")]
OnlyIds = Annotated[bool, typer.Option("--ids", "-q", help="Print ids only, one per line.")]


def search(
    labels: Annotated[
        list[str] | None,
        typer.Argument(metavar="LABEL...", help="Labels; images must have all of them."),
    ] = None,
    without: Annotated[
        list[str] | None,
        typer.Option("--not", metavar="LABEL", help="Exclude images with this label. Repeatable."),
    ] = None,
    text: Annotated[
        list[str] | None,
        typer.Option(metavar="WORD", help="Filter by a word in the image's text. Repeatable."),
    ] = None,
    album: InAlbum = None,
    min_confidence: Annotated[
        float,
        typer.Option(
            min=0, max=100, metavar="PERCENT", help="Minimum confidence of the labels, in percent."
        ),
    ] = 0.0,
    limit: Limit = 50,
    ids: OnlyIds = False,
    as_json: Json = False,
) -> None:
    """Search images by label and text, newest first.

    Example: `sightline search Dog Beach --not Person --text welcome`
    """
    if not labels and not text:
        raise typer.BadParameter("provide at least one label or --text")

    async def work() -> None:
        async with open_client() as client:
            found = client.search(
                *labels or (),
                without=without or (),
                text=text or (),
                album=(await resolve_album(client, album)).id if album else None,
                min_confidence=min_confidence,
                page_size=min(limit, MAX_PAGE_SIZE),
            )
            await print_images(found, limit, ids, as_json)

    run(work())


def labels(
    prefix: Annotated[
        str | None,
        typer.Argument(metavar="PREFIX", help="Filter by prefix, case-insensitive."),
    ] = None,
    as_json: Json = False,
) -> None:
    """List your labels and their number of images."""

    async def work() -> None:
        async with open_client() as client:
            found = [label async for label in client.labels(prefix)]
        if as_json:
            for label in found:
                print_json(label.to_dict())
            return
        most = max((label.images for label in found), default=1)
        table = Table(box=None, show_header=False, pad_edge=False)
        for label in sorted(found, key=lambda each: -each.images):
            bar = "━" * max(1, round(label.images / most * BAR_WIDTH))
            table.add_row(label.name, f"[cyan]{bar}[/]", f"{label.images:,}")
        OUT.print(table)

    run(work())


async def print_images(
    found: AsyncIterator[ImageSummary], limit: int, ids: bool, as_json: bool
) -> None:
    """Print up to `limit` images as a table, ids or JSON."""
    images: list[ImageSummary] = []
    async for image in found:
        images.append(image)
        if as_json:
            print_json(image.to_dict())
        elif ids:
            OUT.print(image.id, markup=False)
        if len(images) == limit:
            break
    if ids or as_json:
        return
    if images:
        OUT.print(build_image_table(images, OUT.width))
    if not images:
        ERR.print("No images found.")
    elif len(images) == limit:
        ERR.print(f"[dim]Showing the newest {limit}. Use --limit to show more.[/]")
