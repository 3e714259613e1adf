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

from sightline_cli.arguments import Concurrency, resolve_album, resolve_images
from sightline_cli.runner import (
    ERR,
    MAX_CONNECTIONS,
    OUT,
    TRANSFER_RETRY,
    Json,
    combine_exit_codes,
    open_client,
    print_json,
    report_error,
    run,
)
from sightline_client import AsyncSightline

#: The progress bar of a file.
PROGRESS_COLUMNS = (
    TextColumn("{task.description}"),
    BarColumn(),
    DownloadColumn(),
    TransferSpeedColumn(),
)


def download(
    images: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="ID...",
            help="Image ids. `last` is the newest image; `-` reads ids from standard input.",
        ),
    ] = None,
    album: Annotated[
        str | None,
        typer.Option(
            "--album", metavar="ALBUM", help="Download all images of an album (title or id)."
        ),
    ] = None,
    to: Annotated[
        Path, typer.Option("--to", "-o", metavar="FOLDER", help="Destination folder.")
    ] = Path(),
    rendition: Annotated[
        str | None,
        typer.Option(
            metavar="NAME", help="Download a rendition (`thumb`, `full`) instead of the original."
        ),
    ] = None,
    concurrency: Concurrency = MAX_CONNECTIONS,
    as_json: Json = False,
) -> None:
    """Download originals or renditions.

    Files that already exist with the same content are not downloaded again.
    """
    if not images and not album:
        raise typer.BadParameter("provide image ids or --album")

    async def work() -> int:
        async with open_client(TRANSFER_RETRY, concurrency) as client:
            ids = await resolve_images(client, images or [])
            if album:
                source = await resolve_album(client, album)
                ids += [each.id async for each in client.images(album=source.id)]
            to.mkdir(parents=True, exist_ok=True)
            return await _download_many(client, ids, to, rendition, as_json)

    run(work())


async def _download_many(
    client: AsyncSightline, ids: list[str], folder: Path, rendition: str | None, as_json: bool
) -> int:
    """Download the images and return the exit code; an error of one does not stop the others."""
    codes: list[int] = []
    with Progress(*PROGRESS_COLUMNS, console=ERR, transient=True) as progress:
        tasks: dict[str, TaskID] = {}

        def update(image_id: str, received: int, total: int) -> None:
            if image_id not in tasks:
                tasks[image_id] = progress.add_task(image_id, total=total or None)
            progress.update(tasks[image_id], completed=received)

        async for result in client.download_many(ids, folder, rendition=rendition, progress=update):
            if (task := tasks.pop(result.image_id, None)) is not None:
                progress.remove_task(task)
            if result.error:
                codes.append(report_error(result.error))
            elif as_json:
                print_json({"id": result.image_id, "file": str(result.path)})
            else:
                OUT.print(str(result.path), markup=False, soft_wrap=True)
    return combine_exit_codes(codes)
