"""`sightline export`."""

from pathlib import Path
from typing import Annotated

import typer
from rich.progress import (
    BarColumn,
    DownloadColumn,
    Progress,
    TextColumn,
    TimeRemainingColumn,
    TransferSpeedColumn,
)

from sightline_cli.arguments import DryRun, resolve_album, resolve_images
from sightline_cli.formatting import format_bytes, format_count
from sightline_cli.runner import (
    ERR,
    OUT,
    TRANSFER_RETRY,
    Json,
    open_client,
    print_json,
    run,
)
from sightline_client import ArchivePart, AsyncSightline

#: Bytes of the unit of `--part-size`.
MEGABYTE = 2**20


def export(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="Destination folder.")],
    images: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[ID]...",
            help="Image ids, up to 1,000; all images by default. `last` is the newest image; `-` "
            "reads ids from standard input.",
            show_default=False,
        ),
    ] = None,
    album: Annotated[
        str | None,
        typer.Option("--album", metavar="ALBUM", help="Export an album (title or id) only."),
    ] = None,
    part_size: Annotated[
        int | None,
        typer.Option(
            "--part-size",
            min=1,
            max=4096,
            metavar="MB",
            help="Maximum size of the originals in a ZIP file, in MB. Default: that of the server.",
        ),
    ] = None,
    dry_run: DryRun = False,
    as_json: Json = False,
) -> None:
    """Export originals with their metadata as ZIP files.

    Each ZIP file has originals, an XMP sidecar for each, and the metadata as JSON. After an
    interruption, run the same command again to resume; ZIP files that are complete and current are
    not downloaded again.

    Example: `sightline search Beach --ids | sightline export beach -`
    """
    if images and album:
        raise typer.BadParameter("provide image ids or --album")

    async def work() -> None:
        async with open_client(TRANSFER_RETRY) as client:
            ids = await resolve_images(client, images) if images else None
            album_id = (await resolve_album(client, album)).id if album else None
            size = part_size and part_size * MEGABYTE
            parts = client.archive_parts(ids, album=album_id, part_bytes=size)
            found = [part async for part in parts]
            total = sum(part.bytes_ for part in found)
            images_found = format_count(sum(part.images for part in found), "image")
            ERR.print(f"{images_found}, {format_bytes(total)}, {format_count(len(found), 'file')}")
            if dry_run:
                for part in found:
                    _print_part(part, folder / part.file_name, as_json, "would write ")
                return
            await _download_all(client, found, folder, as_json)

    run(work())


async def _download_all(
    client: AsyncSightline, parts: list[ArchivePart], folder: Path, as_json: bool
) -> None:
    """Download the parts one after the other: the server reads one original of each at a time."""
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        DownloadColumn(),
        TransferSpeedColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=ERR, transient=True) as progress:
        task = progress.add_task("", total=sum(part.bytes_ for part in parts))
        finished = 0
        for number, part in enumerate(parts, 1):
            progress.update(task, description=f"{number:,} of {len(parts):,}")

            def update(_: str, received: int, _total: int, before: int = finished) -> None:
                progress.update(task, completed=before + received)

            path = await client.download_archive(part, folder, progress=update)
            finished += part.bytes_
            progress.update(task, completed=finished)
            _print_part(part, path, as_json)


def _print_part(part: ArchivePart, path: Path, as_json: bool, verb: str = "") -> None:
    if as_json:
        print_json({"file": str(path), "images": part.images, "bytes": part.bytes_})
    else:
        OUT.print(f"{verb}{path}", markup=False, soft_wrap=True)
