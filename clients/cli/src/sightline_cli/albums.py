"""`sightline album ...`."""

from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table

from sightline_cli.arguments import ImageIds, OneAlbum, find_album, find_image, find_images
from sightline_cli.delete import Sure
from sightline_cli.formatting import format_age
from sightline_cli.runner import ERR, OUT, Exit, Json, fail, open_client, print_json, run
from sightline_client import AlbumView
from sightline_client.generated.models import AlbumImageOutcome
from sightline_client.generated.types import UNSET, Unset

#: Stands for no cover of one's own choice.
NEWEST = "newest"

app = typer.Typer(
    help="Pictures that belong together; `sightline ls --album TITLE` lists one.",
    no_args_is_help=True,
)


@app.command()
def ls(as_json: Json = False) -> None:
    """List albums, newest first."""

    async def work() -> None:
        async with open_client() as client:
            found = [album async for album in client.albums()]
        if as_json:
            for album in found:
                print_json(album.to_dict())
            return
        table = Table("title", box=None, header_style="dim", pad_edge=False)
        table.add_column("pictures", justify="right")
        table.add_column("changed")
        table.add_column("id", style="dim")
        for album in found:
            age = format_age(album.updated_at)
            table.add_row(escape(album.title), f"{album.images:,}", age, album.id)
        OUT.print(table) if found else ERR.print("no albums yet")

    run(work())


@app.command()
def create(title: Annotated[str, typer.Argument()], as_json: Json = False) -> None:
    """Make an album."""

    async def work() -> None:
        async with open_client() as client:
            _print(await client.create_album(title), as_json, "made")

    run(work())


@app.command()
def add(album: OneAlbum, images: ImageIds, as_json: Json = False) -> None:
    """Put pictures in: `sightline search Dog --ids | sightline album add Dogs -`."""

    async def work() -> int:
        async with open_client() as client:
            chosen = await find_album(client, album)
            ids = await find_images(client, images)
            return _print_placed(await client.add_to_album(chosen.id, ids), "added", as_json)

    run(work())


@app.command()
def remove(album: OneAlbum, images: ImageIds, as_json: Json = False) -> None:
    """Take pictures out; they stay otherwise."""

    async def work() -> int:
        async with open_client() as client:
            chosen = await find_album(client, album)
            ids = await find_images(client, images)
            return _print_placed(await client.remove_from_album(chosen.id, ids), "removed", as_json)

    run(work())


@app.command()
def change(
    album: OneAlbum,
    title: Annotated[str | None, typer.Option(help="What to call it.")] = None,
    cover: Annotated[
        str | None, typer.Option(help="The image for its cover, `newest` for none chosen.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Give it another title or cover."""

    async def work() -> None:
        async with open_client() as client:
            chosen = await find_album(client, album)
            cover_id: str | Unset | None = UNSET
            if cover is not None:
                cover_id = None if cover == NEWEST else await find_image(client, cover)
            changed = await client.update_album(
                chosen.id, title=UNSET if title is None else title, cover_id=cover_id
            )
            _print(changed, as_json, "changed")

    run(work())


@app.command()
def rm(album: OneAlbum, yes: Sure = False, as_json: Json = False) -> None:
    """Delete an album; its pictures stay."""

    async def work() -> None:
        async with open_client() as client:
            chosen = await find_album(client, album)
            if not yes:
                typer.confirm(
                    f"Delete the album {chosen.title!r}? Its pictures stay.", abort=True, err=True
                )
            await client.delete_album(chosen.id)
            _print(chosen, as_json, "deleted")

    run(work())


def _print(album: AlbumView, as_json: bool, done: str) -> None:
    if as_json:
        print_json(album.to_dict())
    else:
        ERR.print(f"{done} [bold]{escape(album.title)}[/] [dim]{album.id}[/]")


def _print_placed(outcomes: list[AlbumImageOutcome], done: str, as_json: bool) -> int:
    placed = [each for each in outcomes if int(each.status) == 204]
    if as_json:
        for each in outcomes:
            print_json(each.to_dict())
    else:
        ERR.print(f"{done} {len(placed):,}")
    if len(placed) == len(outcomes):
        return 0
    others = ", ".join(f"{each.id} ({int(each.status)})" for each in outcomes if each not in placed)
    return fail(f"not so: {others}", code=Exit.NOT_FOUND)
