"""`sightline labels`."""

from typing import Annotated

import typer
from rich.table import Table

from sightline_cli.formatting import BAR_WIDTH
from sightline_cli.runner import OUT, Json, open_client, print_json, run


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
