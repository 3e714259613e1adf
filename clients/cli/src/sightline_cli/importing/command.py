"""`sightline import ...`."""

import zipfile
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from datetime import tzinfo
from pathlib import Path
from typing import Annotated, Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import typer
from rich.markup import escape
from rich.progress import (
    BarColumn,
    DownloadColumn,
    Progress,
    TextColumn,
    TimeRemainingColumn,
    TransferSpeedColumn,
)

from sightline_cli.arguments import Concurrency, DryRun
from sightline_cli.files import format_error
from sightline_cli.formatting import format_bytes, format_count, format_path
from sightline_cli.importing.applied import AppliedMetadata
from sightline_cli.importing.immich import read_immich
from sightline_cli.importing.importer import (
    Importer,
    ImportReport,
    ImportResult,
    count_albums,
    total_bytes,
)
from sightline_cli.importing.library import ExportedFile, Library
from sightline_cli.importing.takeout import read_takeout
from sightline_cli.importing.tree import read_tree
from sightline_cli.runner import (
    ERR,
    MAX_CONNECTIONS,
    OUT,
    TRANSFER_RETRY,
    Exit,
    Json,
    identify_owner,
    load_session,
    open_client,
    print_error,
    print_json,
    run,
)
from sightline_cli.upload import Features
from sightline_client import Feature, UploadOutcome
from sightline_client.errors import FileError

app = typer.Typer(help="Import the export of another photo service.", no_args_is_help=True)

#: The output of `--json` for an image that `--dry-run` does not import, and for other files.
PENDING, SKIPPED = "pending", "skipped"

Exports = Annotated[
    list[Path],
    typer.Argument(
        metavar="PATH...", help="Folders, or ZIP files as downloaded.", show_default=False
    ),
]

TimeZone = Annotated[
    str | None,
    typer.Option(
        "--time-zone",
        metavar="NAME",
        help="Time zone of photos whose files record no time, such as `Europe/Berlin`. Default: "
        "that of this machine.",
    ),
]

Reader = Callable[[Sequence[ExportedFile]], Library]


@app.command()
def takeout(
    paths: Exports,
    time_zone: TimeZone = None,
    feature: Features = None,
    concurrency: Concurrency = MAX_CONNECTIONS,
    dry_run: DryRun = False,
    as_json: Json = False,
) -> None:
    """Import Google Takeout: photos, with titles, descriptions, dates, positions and albums.

    Pass all ZIP files of the export, or the folders that they were extracted to. The date of a
    photo is corrected only if its file records none or another one, and its position only if the
    file records none. Photos and details that you have edited in Sightline are not changed. After
    an interruption, run the same command again to resume.

    Example: `sightline import takeout ~/Downloads/takeout-*.zip --dry-run`
    """
    zone = _parse_zone(time_zone)
    run(_import(paths, read_takeout, zone, feature, concurrency, dry_run, as_json))


@app.command()
def immich(
    paths: Exports,
    feature: Features = None,
    concurrency: Concurrency = MAX_CONNECTIONS,
    dry_run: DryRun = False,
    as_json: Json = False,
) -> None:
    """Import a library of Immich: photos with titles, descriptions, dates, positions, tags, albums.

    Reads XMP sidecars, archives of immich-go, and JSON files of the API of Immich beside the
    photos. The position of a photo is corrected only if its file records none. Photos and details
    that you have edited in Sightline are not changed. After an interruption, run the same command
    again to resume.

    Example: `sightline import immich /mnt/immich/library`
    """
    run(_import(paths, read_immich, None, feature, concurrency, dry_run, as_json))


async def _import(
    paths: list[Path],
    read: Reader,
    zone: tzinfo | None,
    features: list[Feature] | None,
    concurrency: int,
    dry_run: bool,
    as_json: bool,
) -> int:
    with ExitStack() as stack:
        try:
            library = read(read_tree(paths, stack))
        except zipfile.BadZipFile as error:
            return print_error(f"cannot read a ZIP file: {error}")
        if not library.images:
            _print_left_out(library, as_json)
            return print_error("no image files found", code=Exit.NOT_FOUND)
        found = (
            format_count(len(library.images), "image"),
            format_bytes(total_bytes(library.images)),
            format_count(count_albums(library), "album"),
        )
        ERR.print(", ".join(found))
        if dry_run:
            _preview(library, as_json)
            _print_left_out(library, as_json)
            return 0
        applied = AppliedMetadata.load(identify_owner(load_session()[0]))
        async with open_client(TRANSFER_RETRY, concurrency) as client:
            with ImportProgress(library, as_json) as progress:
                importer = Importer(
                    client, applied, features, zone, progress.update, progress.add_result
                )
                try:
                    report = await importer.run(library)
                finally:
                    _print_report(importer.report, as_json)
        _print_left_out(library, as_json)
        return 0 if report.is_complete else Exit.FAILED


def _parse_zone(name: str | None) -> tzinfo | None:
    try:
        return ZoneInfo(name) if name else None
    except (ZoneInfoNotFoundError, ValueError):
        raise typer.BadParameter(
            f"unknown time zone {name!r}; use one like Europe/Berlin"
        ) from None


def _preview(library: Library, as_json: bool) -> None:
    for file, metadata in library.images:
        if as_json:
            print_json(
                {
                    "file": str(file.path),
                    "outcome": PENDING,
                    "title": metadata.title,
                    "description": metadata.description,
                    "taken_at": metadata.taken_at and metadata.taken_at.isoformat(),
                    "albums": metadata.albums,
                    "labels": metadata.labels,
                }
            )
        else:
            albums = f" [dim]in {escape(', '.join(metadata.albums))}[/]" if metadata.albums else ""
            name = escape(format_path(str(file.path)))
            OUT.print(f"would import {name}{albums}", soft_wrap=True)


def _print_report(report: ImportReport, as_json: bool) -> None:
    """Print what was imported, and the errors."""
    for image_id, message in report.errors.items():
        print_error(f"{image_id}: {message}")
    counts = [f"[green]✓[/] {report.counts[UploadOutcome.UPLOADED]:,} uploaded"]
    if duplicates := report.counts[UploadOutcome.DUPLICATE]:
        counts.append(f"{format_count(duplicates, 'duplicate')} skipped")
    if failed := report.counts[UploadOutcome.FAILED]:
        counts.append(f"[red]{failed:,} failed[/]")
    counts += [f"{name.replace('_', ' ')}: {count:,}" for name, count in report.changed.items()]
    ERR.print(", ".join(counts))
    if report.pending:
        images = format_count(report.pending, "image")
        ERR.print(f"[yellow]{images} still processing; run the same command again to resume[/]")
    if as_json:
        print_json(
            {
                "report": {str(name): count for name, count in report.counts.items()},
                "changed": dict(report.changed),
                "pending": report.pending,
            }
        )


def _print_left_out(library: Library, as_json: bool) -> None:
    """Print the files, and what of the images, that is not imported."""
    for path, reason in library.rejected.items():
        ERR.print(
            f"[yellow]not imported[/] {escape(format_path(str(path)))}: {reason}", soft_wrap=True
        )
        if as_json:
            print_json({"file": str(path), "outcome": SKIPPED, "error": reason})
    for name, count in library.left_out.items():
        if count:
            ERR.print(f"[yellow]not imported[/] {name}: {format_count(count, 'image')}")
    if as_json:
        print_json({"left_out": {name: count for name, count in library.left_out.items() if count}})


class ImportProgress:
    """A progress bar of all bytes, and the result of each file."""

    def __init__(self, library: Library, as_json: bool) -> None:
        self._as_json = as_json
        self._count = len(library.images)
        self._finished, self._finished_bytes = 0, 0
        self._sent: dict[ExportedFile, int] = {}
        self._bars = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            DownloadColumn(),
            TransferSpeedColumn(),
            TimeRemainingColumn(),
            console=ERR,
            transient=True,
        )
        self._task = self._bars.add_task("", total=total_bytes(library.images))

    def __enter__(self) -> Self:
        self._bars.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._bars.stop()

    def update(self, file: ExportedFile, sent: int) -> None:
        """Show that `sent` bytes of a file have been sent."""
        self._sent[file] = sent
        self._show()

    def add_result(self, result: ImportResult) -> None:
        """Record the result of a file, and print it if it failed."""
        self._sent.pop(result.file, None)
        self._finished += 1
        self._finished_bytes += result.file.size
        error = result.error
        message = format_error(error) if isinstance(error, FileError) else error and str(error)
        name = format_path(str(result.file.path))
        if message:
            self._bars.console.print(f"[red]✗[/] {escape(name)}: {escape(message)}", soft_wrap=True)
        if self._as_json:
            print_json(
                {
                    "file": str(result.file.path),
                    "outcome": result.outcome,
                    "image_id": result.image_id,
                    "error": message,
                }
            )
        self._show()

    def _show(self) -> None:
        completed = self._finished_bytes + sum(self._sent.values())
        description = f"{self._finished:,} of {self._count:,}"
        self._bars.update(self._task, completed=completed, description=description)
