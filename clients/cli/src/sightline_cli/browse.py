"""`sightline ls`, `show`, `watch`, `usage` and `open`."""

import io
from datetime import datetime
from typing import Annotated

import httpx
import typer
from rich.console import Group, RenderableType
from rich.markup import escape
from rich.table import Table

from sightline_cli.arguments import OneImage, find_album, find_image
from sightline_cli.formatting import LOOKS, count_of, draw_labels, format_bytes, tell
from sightline_cli.runner import ERR, OUT, Exit, Json, fail, open_client, print_json, run
from sightline_cli.search import Limit, OnlyIds, show_images
from sightline_client import AsyncSightline, ImageView, Status
from sightline_client.errors import NotFound

#: Characters that a picture may be wide.
WIDTH = 46

#: Seconds for a picture's copy to come.
TIMEOUT = 15.0


def ls(
    status: Annotated[Status | None, typer.Option(help="Only those that are so far.")] = None,
    album: Annotated[str | None, typer.Option(help="Only in this album (title or id).")] = None,
    label: Annotated[
        list[str] | None, typer.Option(help="Only with this label. Repeatable.")
    ] = None,
    since: Annotated[datetime | None, typer.Option(help="Added at or after.")] = None,
    until: Annotated[datetime | None, typer.Option(help="Added before.")] = None,
    taken_since: Annotated[datetime | None, typer.Option(help="Taken at or after.")] = None,
    taken_until: Annotated[datetime | None, typer.Option(help="Taken before.")] = None,
    limit: Limit = 30,
    ids: OnlyIds = False,
    as_json: Json = False,
) -> None:
    """List pictures, newest first."""

    async def work() -> None:
        async with open_client() as client:
            images = client.images(
                status=status,
                album=(await find_album(client, album)).id if album else None,
                labels=label or (),
                created_from=since and since.astimezone(),
                created_until=until and until.astimezone(),
                taken_from=taken_since,
                taken_until=taken_until,
                page_size=min(limit, 100),
            )
            await show_images(images, limit, ids, as_json)

    run(work())


def show(
    image: OneImage = "last",
    wait: Annotated[bool, typer.Option("--wait", help="Until it is ready or has failed.")] = False,
    picture: Annotated[bool, typer.Option(help="Whether to draw it in the terminal.")] = True,
    as_json: Json = False,
) -> None:
    """Show one picture: what is in it, how it was taken, and itself."""

    async def work() -> int:
        async with open_client() as client:
            found = await client.image(await find_image(client, image))
            if wait and found.status not in {Status.READY, Status.FAILED}:
                async for ended in client.wait_until_ended([found.id]):
                    found = ended
        if as_json:
            print_json(found.to_dict())
        else:
            drawn = await _draw(found) if picture and OUT.is_terminal else None
            _print_image(found, drawn)
        return Exit.FAILED if found.status is Status.FAILED else 0

    run(work())


def watch(as_json: Json = False) -> None:
    """Tell what happens to your pictures and albums, as it happens, until Ctrl-C."""

    async def work() -> None:
        async with open_client() as client:
            ERR.print("[dim]watching; Ctrl-C ends it[/]")
            async for event in client.events():
                if as_json:
                    print_json(
                        {
                            "event": event.kind,
                            "id": event.id,
                            "change": event.change,
                            "status": event.status,
                        }
                    )
                elif event.id:
                    said = await _describe_event(client, event.kind, event.id, event.change or "")
                    OUT.print(f"[dim]{datetime.now():%H:%M:%S}[/]  {said}")  # noqa: DTZ005

    run(work())


def usage(as_json: Json = False) -> None:
    """What you have, what it took, and what recognition cost."""

    async def work() -> None:
        async with open_client() as client:
            used = await client.usage()
        if as_json:
            print_json(used.to_dict())
            return
        most = f" of {used.max_images:,}" if used.max_images else ""
        room = f" of {format_bytes(used.max_bytes)}" if used.max_bytes else ""
        OUT.print(f"{used.images:,}{most} pictures, {format_bytes(used.bytes_)}{room}\n")
        table = Table(box=None, header_style="dim", pad_edge=False)
        table.add_column("month")
        for name in ("pictures", "size", "calls", "about"):
            table.add_column(name, justify="right")
        for month in used.months:
            table.add_row(
                month.month,
                f"{month.images:,}",
                format_bytes(month.bytes_),
                f"{sum(month.calls.additional_properties.values()):,}",
                f"$ {month.estimated_cost:.2f}",
            )
        OUT.print(table)

    run(work())


def open_(
    image: Annotated[
        str | None, typer.Argument(metavar="[ID]", help="An image's id; `last` is the newest.")
    ] = None,
    rendition: Annotated[str, typer.Option(help="Which copy to look at.")] = "full",
    as_json: Json = False,
) -> None:
    """Open a picture in the browser; without one, the site."""

    async def work() -> int:
        async with open_client() as client:
            if image is None:
                url = client.session.site or f"{client.session.api}/docs"
            else:
                found = await client.image(await find_image(client, image))
                urls = {each.name: each.url for each in found.renditions.items}
                if rendition not in urls:
                    have = ", ".join(urls) or "none yet"
                    return fail(f"there is no copy called {rendition!r}; there are: {have}")
                url = urls[rendition]
        if as_json:
            print_json({"url": url})
        elif typer.launch(url):
            # No browser here: whoever reads this may have one.
            OUT.print(url, markup=False, soft_wrap=True)
        return 0

    run(work())


def _print_image(image: ImageView, drawn: RenderableType | None) -> None:
    parts: list[RenderableType] = [f"[bold]{escape(image.title or image.id)}[/]", tell(image)]
    if image.labels:
        parts += ["", draw_labels(image.labels)]
    told = Group(*parts)
    if drawn is None:
        OUT.print(told)
        return
    side_by_side = Table.grid(padding=(0, 3))
    side_by_side.add_row(drawn, told)
    OUT.print(side_by_side)


async def _draw(image: ImageView) -> RenderableType | None:
    """The picture for this terminal, None where it has no copy yet."""
    copies = sorted(image.renditions.items, key=lambda each: each.width)
    if not copies:
        return None
    try:
        async with httpx.AsyncClient(timeout=TIMEOUT) as http:
            answer = (await http.get(copies[0].url)).raise_for_status()
    except httpx.HTTPError:
        return None
    # Loaded only now: it asks the terminal what it can.
    from textual_image.renderable import Image

    width = min(WIDTH, OUT.width // 2)
    drawn: RenderableType = Image(io.BytesIO(answer.content), width=width, height="auto")
    return drawn


async def _describe_event(client: AsyncSightline, kind: str, identity: str, change: str) -> str:
    if change == "deleted":
        return f"[red]deleted[/]  {kind} {identity}"
    try:
        if kind == "album":
            album = await client.album(identity)
            holds = count_of(album.images, "picture")
            return f"album [bold]{escape(album.title)}[/], {holds} ({change})"
        image = await client.image(identity)
    except NotFound:
        return f"[red]deleted[/]  {kind} {identity}"
    labels = escape(", ".join(label.name for label in image.labels[:4]))
    return f"{LOOKS[image.status]}  [bold]{escape(image.title or identity)}[/]  [dim]{labels}[/]"
