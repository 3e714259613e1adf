"""`sightline upload`."""

from collections import Counter
from collections.abc import Callable
from contextlib import aclosing
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Self

import typer
from rich.markup import escape
from rich.progress import (
    BarColumn,
    DownloadColumn,
    Progress,
    TaskID,
    TextColumn,
    TimeRemainingColumn,
    TransferSpeedColumn,
)

from sightline_cli.arguments import Concurrency, DryRun
from sightline_cli.files import FoundFiles, find_image_files, format_error
from sightline_cli.formatting import decode_path, format_bytes, format_count, format_path
from sightline_cli.processing import wait_for_all
from sightline_cli.runner import (
    ERR,
    MAX_CONNECTIONS,
    OUT,
    TRANSFER_RETRY,
    Exit,
    Json,
    open_client,
    print_error,
    print_json,
    run,
)
from sightline_client import (
    AsyncSightline,
    Feature,
    SightlineError,
    UploadOutcome,
    UploadResult,
)
from sightline_client.image_file import Source

#: Characters of a file's name beside its progress bar.
MAX_NAME_LENGTH = 28

#: The outcome, in the output of `--json`, of a path that is no image or cannot be read.
SKIPPED = "skipped"

#: The outcome, in the output of `--json`, of a file that `--dry-run` does not upload.
PENDING = "pending"

Features = Annotated[
    list[Feature] | None, typer.Option("--feature", help="Recognition feature to run. Repeatable.")
]

IntoAlbum = Annotated[
    str | None,
    typer.Option(
        "--album",
        metavar="ALBUM",
        help="Add the images to this album (title or id); created if missing.",
    ),
]

Wait = Annotated[bool, typer.Option("--wait", "-w", help="Wait until processing has finished.")]

Exclude = Annotated[
    list[str] | None,
    typer.Option(
        "--exclude",
        metavar="PATTERN",
        help="Skip what is in folders and matches, such as `*.gif` or `drafts`. Repeatable.",
    ),
]


@dataclass(frozen=True, slots=True)
class UploadOptions:
    """What to do with the images that were found."""

    album: str | None = None
    features: list[Feature] | None = None
    wait: bool = False
    allow_duplicates: bool = False
    concurrency: int = MAX_CONNECTIONS
    as_json: bool = False


def upload(
    paths: Annotated[
        list[Path],
        typer.Argument(metavar="PATH...", help="Files and folders.", show_default=False),
    ],
    album: IntoAlbum = None,
    feature: Features = None,
    wait: Wait = False,
    allow_duplicates: Annotated[
        bool, typer.Option("--allow-duplicates", help="Upload duplicates anyway.")
    ] = False,
    exclude: Exclude = None,
    concurrency: Concurrency = MAX_CONNECTIONS,
    dry_run: DryRun = False,
    as_json: Json = False,
) -> None:
    """Upload images and folders.

    Duplicates are detected by content and skipped. In folders, FIFOs, sockets, devices, links to
    folders, unreadable files, and file names that are not UTF-8 are skipped with a message each.
    After an interruption, run the same command again to resume.
    """
    options = UploadOptions(album, feature, wait, allow_duplicates, concurrency, as_json)

    async def work() -> int:
        found = find_image_files(paths, exclude or ())
        report_unusable(found, as_json)
        if not found.images:
            if found.rejected:
                return Exit.FAILED
            return print_error("no image files found", code=Exit.NOT_FOUND)
        if dry_run:
            return preview_upload(found, as_json)
        return await upload_found(found, options)

    run(work())


def preview_upload(found: FoundFiles, as_json: bool) -> int:
    """Print the files that would be uploaded; return the exit code.

    Duplicates are among them: only the upload itself detects them.
    """
    for path, size in found.images.items():
        if as_json:
            _print_json_result(path, PENDING, None, None)
        else:
            name = escape(format_path(path))
            OUT.print(f"would upload {name} [dim]{format_bytes(size)}[/]", soft_wrap=True)
    total = format_bytes(sum(found.images.values()))
    ERR.print(f"{format_count(len(found.images), 'image')}, {total}; nothing was uploaded")
    return Exit.FAILED if found.rejected else 0


async def upload_found(
    found: FoundFiles,
    options: UploadOptions,
    on_result: Callable[[UploadResult], None] = lambda _: None,
) -> int:
    """Upload the images and return the exit code; call `on_result` for each of them."""
    async with open_client(TRANSFER_RETRY, options.concurrency) as client:
        with UploadProgress(found, options.as_json) as progress:
            results = client.upload_many(
                found.images,
                features=options.features,
                progress=progress.update,
                skip_duplicates=not options.allow_duplicates,
            )
            async with aclosing(results):
                async for result in results:
                    progress.add_result(result)
                    on_result(result)
        if options.album and progress.image_ids:
            album_id = await _find_or_create_album(client, options.album)
            await client.add_to_album(album_id, progress.image_ids)
            count = format_count(len(progress.image_ids), "image")
            ERR.print(f"[green]✓[/] {count} in album [bold]{escape(options.album)}[/]")
        failed = 0
        if options.wait:
            failed = await wait_for_all(client, progress.uploaded_ids, options.as_json)
    return Exit.FAILED if failed or progress.failed else 0


def report_unusable(found: FoundFiles, as_json: bool) -> None:
    """Print a line for each path that is not uploaded."""
    for path, reason in found.rejected.items():
        print_error(f"{format_path(path)}: {reason}")
        if as_json:
            _print_json_result(path, UploadOutcome.FAILED, None, reason)
    for path, reason in found.skipped.items():
        ERR.print(f"[yellow]skipped[/] {escape(format_path(path))}: {reason}", soft_wrap=True)
        if as_json:
            _print_json_result(path, SKIPPED, None, reason)


def _print_json_result(
    source: Source, outcome: str, image_id: str | None, error: str | None
) -> None:
    file = decode_path(str(source))
    print_json({"file": file, "outcome": outcome, "image_id": image_id, "error": error})


def _format_error(error: SightlineError | OSError) -> str:
    return format_error(error) if isinstance(error, OSError) else str(error)


class UploadProgress:
    """A progress bar per file and a total, and the summary at the end.

    Use it as a context manager. If it is left early, the summary says how to resume.
    """

    def __init__(self, found: FoundFiles, as_json: bool) -> None:
        self._found = found
        self._as_json = as_json
        self._bars = Progress(
            TextColumn("{task.description}", justify="left"),
            BarColumn(),
            DownloadColumn(),
            TransferSpeedColumn(),
            TimeRemainingColumn(),
            console=ERR,
            transient=True,
        )
        self._tasks: dict[Source, TaskID] = {}
        self._total = self._bars.add_task("", total=sum(found.images.values()))
        self._finished_bytes = 0
        self._sent_bytes: dict[Source, int] = {}
        self.counts = Counter[UploadOutcome]()
        self.uploaded_ids: list[str] = []
        self.image_ids: list[str] = []

    def __enter__(self) -> Self:
        other = f", {format_count(self._found.other, 'other file')} skipped"
        images = format_count(len(self._found.images), "image") + " to upload"
        ERR.print(images + (other if self._found.other else ""))
        self._update_description()
        self._bars.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        self._bars.stop()
        remaining = len(self._found.images) - self.counts.total()
        summary = [f"[green]✓[/] {self.counts[UploadOutcome.UPLOADED]:,} uploaded"]
        if duplicates := self.counts[UploadOutcome.DUPLICATE]:
            summary.append(f"{format_count(duplicates, 'duplicate')} skipped")
        if skipped := len(self._found.skipped):
            summary.append(f"[yellow]{skipped:,} skipped[/]")
        if self.failed:
            summary.append(f"[red]{self.failed:,} failed[/]")
        if kind is not None and remaining:
            hint = "run the same command again to resume"
            summary.append(f"[yellow]{remaining:,} remaining ({hint})[/]")
        ERR.print(", ".join(summary))

    @property
    def failed(self) -> int:
        """The number of files that failed, including given paths that cannot be read."""
        return self.counts[UploadOutcome.FAILED] + len(self._found.rejected)

    def update(self, source: Source, sent: int, total: int) -> None:
        """Show that `sent` of `total` bytes of a file have been sent."""
        if source not in self._tasks:
            name = format_path(Path(str(source)).name)
            if len(name) > MAX_NAME_LENGTH:
                name = f"{name[: MAX_NAME_LENGTH - 1]}…"
            self._tasks[source] = self._bars.add_task(escape(name), total=total)
        self._bars.update(self._tasks[source], completed=sent)
        self._sent_bytes[source] = sent
        self._update_total()

    def add_result(self, result: UploadResult) -> None:
        """Record and print the result of a file."""
        self.counts[result.outcome] += 1
        self._finished_bytes += self._found.images[Path(str(result.source))]
        self._sent_bytes.pop(result.source, None)
        if (task := self._tasks.pop(result.source, None)) is not None:
            self._bars.remove_task(task)
        if result.image_id and result.outcome is not UploadOutcome.FAILED:
            self.image_ids.append(result.image_id)
            if result.outcome is UploadOutcome.UPLOADED:
                self.uploaded_ids.append(result.image_id)
        message = _format_error(result.error) if result.error else None
        if message:
            self._bars.console.print(
                f"[red]✗[/] {escape(format_path(str(result.source)))}: {escape(message)}",
                soft_wrap=True,
            )
        if self._as_json:
            _print_json_result(result.source, result.outcome, result.image_id, message)
        self._update_description()
        self._update_total()

    def _update_description(self) -> None:
        finished, total = self.counts.total(), len(self._found.images)
        self._bars.update(self._total, description=f"[bold]{finished:,} of {total:,}[/]")

    def _update_total(self) -> None:
        completed = self._finished_bytes + sum(self._sent_bytes.values())
        self._bars.update(self._total, completed=completed)


async def _find_or_create_album(client: AsyncSightline, name: str) -> str:
    async for each in client.albums():
        if name in {each.id, each.title}:
            return each.id
    return (await client.create_album(name)).id
