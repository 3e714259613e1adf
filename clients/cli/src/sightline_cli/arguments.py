"""Arguments that name images and albums."""

import sys
from typing import Annotated

import typer

from sightline_cli.runner import CONCURRENCY_LIMIT, NameNotFound
from sightline_client import AlbumView, ArchivedFilter, AsyncSightline
from sightline_client.errors import SightlineError
from sightline_client.generated.models import ListAlbumsRole
from sightline_client.generated.types import UNSET, Unset

DryRun = Annotated[
    bool, typer.Option("--dry-run", help="Show what the command would do, and change nothing.")
]

Concurrency = Annotated[
    int,
    typer.Option(
        "--concurrency",
        min=1,
        max=CONCURRENCY_LIMIT,
        metavar="NUMBER",
        help="Files transferred at a time.",
    ),
]

#: Names the newest image.
LAST = "last"

#: Reads ids from standard input.
STDIN = "-"

ImageIds = Annotated[
    list[str],
    typer.Argument(
        metavar="ID...",
        help="Image ids. `last` is the newest image; `-` reads ids from standard input.",
        show_default=False,
    ),
]

OneImage = Annotated[
    str, typer.Argument(metavar="ID", help="Image id. `last` is the newest image.")
]

OneAlbum = Annotated[str, typer.Argument(metavar="ALBUM", help="Album title or id.")]

InAlbum = Annotated[
    str | None, typer.Option("--album", metavar="ALBUM", help="Filter by album (title or id).")
]


async def resolve_images(client: AsyncSightline, names: list[str]) -> list[str]:
    """Return the image ids without repetition.

    Raises `NameNotFound` for `last` if there are no images.
    """
    ids: dict[str, None] = {}
    for name in names:
        if name == STDIN:
            ids |= dict.fromkeys(sys.stdin.read().split())
        else:
            ids[await resolve_image(client, name)] = None
    return list(ids)


async def resolve_image(client: AsyncSightline, name: str) -> str:
    """Return the id itself, or the id of the newest image for `last`."""
    if name != LAST:
        return name
    async for image in client.images(archived=ArchivedFilter.ANY, page_size=1):
        return image.id
    raise NameNotFound("no images yet; add some with `sightline upload`")


async def resolve_album(
    client: AsyncSightline, name: str, role: ListAlbumsRole | Unset = UNSET
) -> AlbumView:
    """Return the caller's album with this id or title, or one in which the caller has the role.

    Raises `NameNotFound` if there is none, and `SightlineError` if several have this title.
    """
    found = [each async for each in client.albums(role=role) if name in {each.id, each.title}]
    if not found:
        raise NameNotFound(f"no album {name!r}; list albums with `sightline album ls`")
    if len(found) > 1:
        ids = ", ".join(each.id for each in found)
        raise SightlineError(f"{len(found)} albums have the title {name!r}; use an id: {ids}")
    return found[0]
