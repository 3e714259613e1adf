"""`sightline download`."""

from pathlib import Path
from typing import Annotated

import typer
from rich.progress import (
    BarColumn,
    DownloadColumn,
    Progress,
    TaskID,
    TextColumn,
    TransferSpeedColumn,
)

from sightline_cli.arguments import find_album, find_images
from sightline_cli.runner import ERR, OUT, PATIENTLY, Json, explain, open_client, print_json, run
from sightline_client import AsyncSightline

#: What is told of each file while it comes.
COLUMNS = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TransferSpeedColumn())


def download(
    images: Annotated[
        list[str] | None,
        typer.Argument(metavar="ID...", help="Ids; `last` is the newest, `-` reads them."),
    ] = None,
    album: Annotated[str | None, typer.Option(help="All of this album (title or id).")] = None,
    to: Annotated[Path, typer.Option("--to", "-o", help="The folder to save into.")] = Path(),
    rendition: Annotated[
        str | None, typer.Option(help="A copy (`thumb`, `full`) instead of the original.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Save originals, as they were uploaded, or smaller copies."""
    if not images and not album:
        raise typer.BadParameter("name images, or --album")

    async def work() -> int:
        async with open_client(PATIENTLY) as client:
            ids = await find_images(client, images or [])
            if album:
                chosen = await find_album(client, album)
                ids += [each.id async for each in client.images(album=chosen.id)]
            to.mkdir(parents=True, exist_ok=True)
            return await _save_all(client, ids, to, rendition, as_json)

    run(work())


async def _save_all(
    client: AsyncSightline, ids: list[str], folder: Path, rendition: str | None, as_json: bool
) -> int:
    """What is wrong with one picture keeps no other back."""
    code = 0
    with Progress(*COLUMNS, console=ERR, transient=True) as bars:
        by_image: dict[str, TaskID] = {}

        def show(image_id: str, got: int, total: int) -> None:
            if image_id not in by_image:
                by_image[image_id] = bars.add_task(image_id, total=total or None)
            bars.update(by_image[image_id], completed=got)

        async for each in client.download_all(ids, folder, rendition=rendition, progress=show):
            if (bar := by_image.pop(each.image_id, None)) is not None:
                bars.remove_task(bar)
            if each.error:
                code = explain(each.error)
            elif as_json:
                print_json({"id": each.image_id, "file": str(each.path)})
            else:
                OUT.print(str(each.path), markup=False, soft_wrap=True)
    return code
