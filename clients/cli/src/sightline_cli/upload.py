"""`sightline upload`."""

from collections import Counter
from collections.abc import Iterable
from contextlib import aclosing
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

from sightline_cli.files import FoundFiles, find_image_files, format_error
from sightline_cli.formatting import decode_path, format_count, format_path
from sightline_cli.runner import (
    ERR,
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
    Status,
    UploadOutcome,
    UploadResult,
)
from sightline_client.image_file import Source

#: Characters of a file's name beside its progress bar.
MAX_NAME_LENGTH = 28

#: The outcome, in the output of `--json`, of a path that is no image or cannot be read.
SKIPPED = "skipped"

#: Timeout of `--wait`: a base plus a share for each image.
WAIT_BASE_SECONDS, WAIT_SECONDS_PER_IMAGE = 120.0, 5.0


def upload(
    paths: Annotated[
        list[Path],
        typer.Argument(metavar="PATH...", help="Files and folders.", show_default=False),
    ],
    album: Annotated[
        str | None,
        typer.Option(
            "--album",
            metavar="ALBUM",
            help="Add the images to this album (title or id); created if missing.",
        ),
    ] = None,
    feature: Annotated[
        list[Feature] | None, typer.Option(help="Recognition feature to run. Repeatable.")
    ] = None,
    wait: Annotated[
        bool, typer.Option("--wait", "-w", help="Wait until processing has finished.")
    ] = False,
    allow_duplicates: Annotated[
        bool, typer.Option("--allow-duplicates", help="Upload duplicates anyway.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Upload images and folders, eight files at a time.

    Duplicates are detected by content and skipped. In folders, FIFOs, sockets, devices, links to
    folders, unreadable files, and file names that are not UTF-8 are skipped with a message each.
    After an interruption, run the same command again to resume.
    """
    run(_upload(paths, album, feature, wait, allow_duplicates, as_json))


async def _upload(
    paths: list[Path],
    album: str | None,
    features: list[Feature] | None,
    wait: bool,
    allow_duplicates: bool,
    as_json: bool,
) -> int:
    found = find_image_files(paths)
    _report_unusable(found, as_json)
    if not found.images:
        if found.rejected:
            return Exit.FAILED
        return print_error("no image files found", code=Exit.NOT_FOUND)
    async with open_client(TRANSFER_RETRY) as client:
        with UploadProgress(found, as_json) as progress:
            results = client.upload_many(
                found.images,
                features=features,
                progress=progress.update,
                skip_duplicates=not allow_duplicates,
            )
            async with aclosing(results):
                async for result in results:
                    progress.add_result(result)
        image_ids = progress.image_ids
        if album and image_ids:
            album_id = await _find_or_create_album(client, album)
            await client.add_to_album(album_id, image_ids)
            count = format_count(len(image_ids), "image")
            ERR.print(f"[green]✓[/] {count} in album [bold]{escape(album)}[/]")
        failed = await _wait_for_all(client, progress.uploaded_ids, as_json) if wait else 0
    return Exit.FAILED if failed or progress.failed else 0


def _report_unusable(found: FoundFiles, as_json: bool) -> None:
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


async def _wait_for_all(client: AsyncSightline, image_ids: Iterable[str], as_json: bool) -> int:
    """Wait until all images are processed; return the number of failures."""
    ids = list(image_ids)
    counts = Counter[Status]()
    timeout = WAIT_BASE_SECONDS + WAIT_SECONDS_PER_IMAGE * len(ids)
    columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.percentage:.0f} %"))
    with Progress(*columns, console=ERR, transient=True) as bars:
        bar = bars.add_task("Processing", total=len(ids))
        async for image in client.wait_until_processed(ids, timeout=timeout):
            counts[image.status] += 1
            bars.advance(bar)
            if image.status is Status.FAILED:
                failures = [part.failure for part in (image.renditions, image.recognition)]
                message = "; ".join(each.message for each in failures if each)
                bars.console.print(
                    f"[red]✗[/] {escape(image.title or image.id)}: {escape(message)}"
                )
            if as_json:
                print_json({"image_id": image.id, "status": image.status})
    failed = f", [red]{counts[Status.FAILED]:,} failed[/]" if counts[Status.FAILED] else ""
    ERR.print(f"[green]✓[/] {counts[Status.READY]:,} ready{failed}")
    return counts[Status.FAILED]
