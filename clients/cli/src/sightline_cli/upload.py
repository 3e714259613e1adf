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

from sightline_cli.files import Found, find_pictures
from sightline_cli.formatting import count_of
from sightline_cli.runner import ERR, PATIENTLY, Exit, Json, fail, open_client, print_json, run
from sightline_client import AsyncSightline, Feature, Outcome, Status, Upload
from sightline_client.image_file import Source

#: Characters of a file's name beside its bar.
NAME = 28

#: Seconds that one picture more may take until all are ready, and what the first takes.
PER_PICTURE, AT_LEAST = 5.0, 120.0


def upload(
    paths: Annotated[
        list[Path], typer.Argument(metavar="PATH...", help="Files, and folders with all in them.")
    ],
    album: Annotated[
        str | None, typer.Option(help="Put them into this album (title or id); made where missing.")
    ] = None,
    feature: Annotated[
        list[Feature] | None, typer.Option(help="What to look for. Repeatable.")
    ] = None,
    wait: Annotated[
        bool, typer.Option("--wait", "-w", help="Until all are ready or have failed.")
    ] = False,
    again: Annotated[
        bool, typer.Option("--again", help="Also what is there already, as new images.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Upload pictures and whole folders, several at once.

    What is there already is passed over, by content. After Ctrl-C, or whatever else breaks it off,
    the same command goes on where it was.
    """
    run(_upload(paths, album, feature, wait, again, as_json))


async def _upload(
    paths: list[Path],
    album: str | None,
    features: list[Feature] | None,
    wait: bool,
    again: bool,
    as_json: bool,
) -> int:
    found = find_pictures(paths)
    if not found.pictures:
        return fail("there are no pictures", code=Exit.NOT_FOUND)
    async with open_client(PATIENTLY) as client:
        with Sending(found, as_json) as sending:
            uploads = client.upload_all(
                found.pictures,
                features=features,
                progress=sending.show,
                skip_duplicates=not again,
            )
            async with aclosing(uploads):
                async for each in uploads:
                    sending.settle(each)
        images = sending.images
        if album and images:
            chosen = await _find_or_make(client, album)
            await client.add_to_album(chosen, images)
            ERR.print(f"in the album [bold]{escape(album)}[/]")
        failed = await _await_all(client, sending.sent, as_json) if wait else 0
    return Exit.FAILED if failed or sending.count[Outcome.FAILED] else 0


class Sending:
    """A bar for each file on its way, and one for all; at the end, what became of them.

    Use it as a context: left by Ctrl-C it says how to go on.
    """

    def __init__(self, found: Found, as_json: bool) -> None:
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
        self._by_source: dict[Source, TaskID] = {}
        self._whole = self._bars.add_task("", total=sum(found.pictures.values()))
        self._done = 0
        self._underway: dict[Source, int] = {}
        self.count = Counter[Outcome]()
        self.sent: list[str] = []
        self.images: list[str] = []

    def __enter__(self) -> Self:
        others = count_of(self._found.others, "other file") + " left alone"
        pictures = count_of(len(self._found.pictures), "picture")
        ERR.print(pictures + (f", {others}" if self._found.others else ""))
        self._describe()
        self._bars.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        self._bars.stop()
        left = len(self._found.pictures) - self.count.total()
        said = [f"[green]✓[/] {self.count[Outcome.SENT]:,} sent"]
        if self.count[Outcome.THERE_ALREADY]:
            said.append(f"{self.count[Outcome.THERE_ALREADY]:,} there already")
        if self.count[Outcome.FAILED]:
            said.append(f"[red]{self.count[Outcome.FAILED]:,} failed[/]")
        if kind is not None and left:
            said.append(f"[yellow]{left:,} left: the same command goes on[/]")
        ERR.print(", ".join(said))

    def show(self, source: Source, sent: int, total: int) -> None:
        """Some more of a file has been sent."""
        if source not in self._by_source:
            name = Path(str(source)).name
            shown = name if len(name) <= NAME else f"{name[: NAME - 1]}…"
            self._by_source[source] = self._bars.add_task(escape(shown), total=total)
        self._bars.update(self._by_source[source], completed=sent)
        self._underway[source] = sent
        self._advance()

    def settle(self, upload: Upload) -> None:
        """A file has come to its end."""
        self.count[upload.outcome] += 1
        self._done += self._found.pictures[Path(str(upload.source))]
        self._underway.pop(upload.source, None)
        if (bar := self._by_source.pop(upload.source, None)) is not None:
            self._bars.remove_task(bar)
        if upload.image_id and upload.outcome is not Outcome.FAILED:
            self.images.append(upload.image_id)
            if upload.outcome is Outcome.SENT:
                self.sent.append(upload.image_id)
        if upload.error:
            self._bars.console.print(
                f"[red]✗[/] {escape(str(upload.source))}: {escape(str(upload.error))}",
                soft_wrap=True,
            )
        if self._as_json:
            print_json(
                {
                    "file": str(upload.source),
                    "outcome": upload.outcome.replace(" ", "_"),
                    "image_id": upload.image_id,
                    "error": str(upload.error) if upload.error else None,
                }
            )
        self._describe()
        self._advance()

    def _describe(self) -> None:
        settled, all_ = self.count.total(), len(self._found.pictures)
        self._bars.update(self._whole, description=f"[bold]{settled:,} of {all_:,}[/]")

    def _advance(self) -> None:
        self._bars.update(self._whole, completed=self._done + sum(self._underway.values()))


async def _find_or_make(client: AsyncSightline, name: str) -> str:
    async for each in client.albums():
        if name in {each.id, each.title}:
            return each.id
    return (await client.create_album(name)).id


async def _await_all(client: AsyncSightline, image_ids: Iterable[str], as_json: bool) -> int:
    """Follow the pictures to their end; answers how many failed."""
    ids = list(image_ids)
    count = Counter[Status]()
    patience = AT_LEAST + PER_PICTURE * len(ids)
    columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.percentage:.0f} %"))
    with Progress(*columns, console=ERR, transient=True) as bars:
        bar = bars.add_task("processed", total=len(ids))
        async for image in client.wait_until_ended(ids, timeout=patience):
            count[image.status] += 1
            bars.advance(bar)
            if image.status is Status.FAILED:
                reasons = [part.failure for part in (image.renditions, image.recognition)]
                told = "; ".join(each.message for each in reasons if each)
                bars.console.print(f"[red]✗[/] {escape(image.title or image.id)}: {escape(told)}")
            if as_json:
                print_json({"image_id": image.id, "status": image.status})
    failed = f", [red]{count[Status.FAILED]:,} failed[/]" if count[Status.FAILED] else ""
    ERR.print(f"[green]✓[/] {count[Status.READY]:,} ready{failed}")
    return count[Status.FAILED]
