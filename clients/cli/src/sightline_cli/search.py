"""`sightline search` and `labels`."""

from collections.abc import AsyncIterator
from typing import Annotated

import typer
from rich.table import Table

from sightline_cli.arguments import find_album
from sightline_cli.formatting import BAR, tabulate
from sightline_cli.runner import ERR, OUT, Json, open_client, print_json, run
from sightline_client import ImageView

Limit = Annotated[int, typer.Option("--limit", "-n", min=1, help="At most so many.")]
OnlyIds = Annotated[bool, typer.Option("--ids", "-q", help="Print ids only, one a line.")]


def search(
    labels: Annotated[
        list[str] | None, typer.Argument(metavar="LABEL...", help="All of these must be there.")
    ] = None,
    without: Annotated[
        list[str] | None, typer.Option("--not", help="None of these may. Repeatable.")
    ] = None,
    text: Annotated[
        list[str] | None, typer.Option(help="A word that can be read in it. Repeatable.")
    ] = None,
    album: Annotated[str | None, typer.Option(help="Only in this album (title or id).")] = None,
    min_confidence: Annotated[
        float, typer.Option(min=0, max=100, help="How sure the labels must be, in percent.")
    ] = 0.0,
    limit: Limit = 50,
    ids: OnlyIds = False,
    as_json: Json = False,
) -> None:
    """Find pictures: `sightline search Dog Beach --not Person --text welcome`."""
    if not labels and not text:
        raise typer.BadParameter("name a label, or --text")

    async def work() -> None:
        async with open_client() as client:
            found = client.search(
                *labels or (),
                without=without or (),
                text=text or (),
                album=(await find_album(client, album)).id if album else None,
                min_confidence=min_confidence,
                page_size=min(limit, 100),
            )
            await show_images(found, limit, ids, as_json)

    run(work())


def labels(
    prefix: Annotated[str | None, typer.Argument(help="How they begin, in any case.")] = None,
    as_json: Json = False,
) -> None:
    """What your pictures show, and how many of them."""

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
            bar = "━" * max(1, round(label.images / most * BAR))
            table.add_row(label.name, f"[cyan]{bar}[/]", f"{label.images:,}")
        OUT.print(table)

    run(work())


async def show_images(
    found: AsyncIterator[ImageView], limit: int, ids: bool, as_json: bool
) -> None:
    """The first so many, as a table, ids or JSON."""
    images: list[ImageView] = []
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
        OUT.print(tabulate(images, OUT.width))
    if not images:
        ERR.print("nothing found")
    elif len(images) == limit:
        ERR.print(f"[dim]the newest {limit}; --limit shows more[/]")
