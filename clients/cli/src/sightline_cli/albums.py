"""`sightline album ...`."""

from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table

from sightline_cli.arguments import (
    ImageIds,
    OneAlbum,
    resolve_album,
    resolve_image,
    resolve_images,
)
from sightline_cli.delete import SkipConfirmation
from sightline_cli.formatting import format_age
from sightline_cli.runner import ERR, OUT, Exit, Json, open_client, print_error, print_json, run
from sightline_client import AlbumSearch, AlbumSort, AlbumView
from sightline_client.generated.models import ItemOutcome, ListAlbumsRole
from sightline_client.generated.types import UNSET, Unset

#: The value of `--cover` that resets the cover to the album's newest image.
NEWEST = "newest"

Description = Annotated[
    str | None,
    typer.Option("--description", metavar="TEXT", help="Description; an empty one is removed."),
]
Sort = Annotated[AlbumSort | None, typer.Option("--sort", help="Order of its images.")]

app = typer.Typer(help="Manage albums.", no_args_is_help=True)


@app.command()
def ls(
    shared: Annotated[
        bool, typer.Option("--shared", help="List also the albums that others share with you.")
    ] = False,
    as_json: Json = False,
) -> None:
    """List albums, newest first.

    `sightline ls --album ALBUM` lists the images of an album.
    """

    async def work() -> None:
        async with open_client() as client:
            role = ListAlbumsRole.ANY if shared else ListAlbumsRole.OWNER
            albums = [album async for album in client.albums(role=role)]
        if as_json:
            for album in albums:
                print_json(album.to_dict())
            return
        table = Table("title", box=None, header_style="dim", pad_edge=False)
        table.add_column("images", justify="right")
        table.add_column("updated")
        if shared:
            table.add_column("role")
        table.add_column("id", style="dim")
        for album in albums:
            age = format_age(album.updated_at)
            role_column = [album.role.value] if shared else []
            table.add_row(escape(album.title), f"{album.images:,}", age, *role_column, album.id)
        OUT.print(table) if albums else ERR.print("No albums yet.")

    run(work())


@app.command()
def create(
    title: Annotated[str, typer.Argument(metavar="TITLE", help="Title of the album.")],
    description: Description = None,
    sort: Sort = None,
    search: Annotated[
        str | None,
        typer.Option("--search", metavar="WORDS", help="Add all images that a search finds now."),
    ] = None,
    as_json: Json = False,
) -> None:
    """Create an album.

    Example: `sightline album create Lisbon --search "lisbon 2019" --sort taken_oldest`
    """

    async def work() -> None:
        async with open_client() as client:
            album = await client.create_album(
                title,
                description=description or None,
                sort=sort,
                search=None if search is None else AlbumSearch(q=search),
            )
            _print_album(album, as_json, "Created")

    run(work())


@app.command()
def add(album: OneAlbum, images: ImageIds, as_json: Json = False) -> None:
    """Add images to an album.

    Example: `sightline search Dog --ids | sightline album add Dogs -`
    """

    async def work() -> int:
        async with open_client() as client:
            target = await resolve_album(client, album, ListAlbumsRole.ANY)
            ids = await resolve_images(client, images)
            return _print_outcomes(await client.add_to_album(target.id, ids), "Added", as_json)

    run(work())


@app.command()
def remove(album: OneAlbum, images: ImageIds, as_json: Json = False) -> None:
    """Remove images from an album, without deleting them."""

    async def work() -> int:
        async with open_client() as client:
            target = await resolve_album(client, album, ListAlbumsRole.ANY)
            ids = await resolve_images(client, images)
            outcomes = await client.remove_from_album(target.id, ids)
            return _print_outcomes(outcomes, "Removed", as_json)

    run(work())


@app.command()
def move(
    album: OneAlbum,
    images: ImageIds,
    before: Annotated[
        str | None, typer.Option(metavar="ID", help="Move them in front of this image.")
    ] = None,
    after: Annotated[
        str | None, typer.Option(metavar="ID", help="Move them behind this image.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Move up to 100 images in the manual order of an album.

    `sightline album update ALBUM --sort manual` shows the album in this order.
    """
    if (before is None) == (after is None):
        raise typer.BadParameter("Use exactly one of --before and --after.")

    async def work() -> int:
        async with open_client() as client:
            target = await resolve_album(client, album)
            ids = await resolve_images(client, images)
            outcomes = await client.move_in_album(
                target.id,
                ids,
                before=None if before is None else await resolve_image(client, before),
                after=None if after is None else await resolve_image(client, after),
            )
            return _print_outcomes(outcomes, "Moved", as_json)

    run(work())


@app.command()
def update(
    album: OneAlbum,
    title: Annotated[
        str | None, typer.Option("--title", metavar="TITLE", help="New title.")
    ] = None,
    description: Description = None,
    sort: Sort = None,
    cover: Annotated[
        str | None,
        typer.Option(metavar="ID", help="Image id of the cover; `newest` uses the newest image."),
    ] = None,
    as_json: Json = False,
) -> None:
    """Change the title, the description, the order or the cover of an album."""

    async def work() -> None:
        async with open_client() as client:
            target = await resolve_album(client, album)
            cover_id: str | Unset | None = UNSET
            if cover is not None:
                cover_id = None if cover == NEWEST else await resolve_image(client, cover)
            updated = await client.update_album(
                target.id,
                title=UNSET if title is None else title,
                description=UNSET if description is None else description or None,
                sort=UNSET if sort is None else sort,
                cover_id=cover_id,
            )
            _print_album(updated, as_json, "Updated")

    run(work())


@app.command()
def rm(album: OneAlbum, yes: SkipConfirmation = False, as_json: Json = False) -> None:
    """Delete an album. Its images are kept."""

    async def work() -> None:
        async with open_client() as client:
            target = await resolve_album(client, album)
            if not yes:
                typer.confirm(
                    f"Delete the album {target.title!r}? Its images are kept.",
                    abort=True,
                    err=True,
                )
            await client.delete_album(target.id)
            _print_album(target, as_json, "Deleted")

    run(work())


def _print_album(album: AlbumView, as_json: bool, verb: str) -> None:
    if as_json:
        print_json(album.to_dict())
    else:
        ERR.print(f"{verb} [bold]{escape(album.title)}[/] [dim]{album.id}[/]")


def _print_outcomes(outcomes: list[ItemOutcome], verb: str, as_json: bool) -> int:
    done = [each for each in outcomes if int(each.status) == 204]
    if as_json:
        for each in outcomes:
            print_json(each.to_dict())
    else:
        ERR.print(f"{verb} {len(done):,}")
    if len(done) == len(outcomes):
        return 0
    failed = ", ".join(f"{each.id} ({int(each.status)})" for each in outcomes if each not in done)
    return print_error(f"failed for {failed}", code=Exit.NOT_FOUND)
