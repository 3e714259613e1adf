"""Which images and albums a command is about."""

import sys
from typing import Annotated

import typer

from sightline_client import AlbumView, AsyncSightline
from sightline_client.errors import SightlineError

#: Stands for the newest image.
LAST = "last"

#: Stands for ids on standard input.
STDIN = "-"

ImageIds = Annotated[
    list[str],
    typer.Argument(metavar="ID...", help="Ids of images; `last` is the newest, `-` reads them."),
]

OneImage = Annotated[str, typer.Argument(metavar="ID", help="An image's id; `last` is the newest.")]

OneAlbum = Annotated[str, typer.Argument(metavar="ALBUM", help="An album's title or id.")]


async def find_images(client: AsyncSightline, named: list[str]) -> list[str]:
    """The ids that are meant, each once. Raises `SightlineError` for a `last` of none."""
    ids: dict[str, None] = {}
    for name in named:
        if name == STDIN:
            ids |= dict.fromkeys(sys.stdin.read().split())
        else:
            ids[await find_image(client, name)] = None
    return list(ids)


async def find_image(client: AsyncSightline, name: str) -> str:
    if name != LAST:
        return name
    async for image in client.images(page_size=1):
        return image.id
    raise SightlineError("there are no pictures yet")


async def find_album(client: AsyncSightline, name: str) -> AlbumView:
    """The album of this id or title. Raises `SightlineError` for none, and for several."""
    found = [each async for each in client.albums() if name in {each.id, each.title}]
    if not found:
        raise SightlineError(f"there is no album {name!r}; `sightline album ls` lists them")
    if len(found) > 1:
        ids = ", ".join(each.id for each in found)
        raise SightlineError(f"{len(found)} albums are called {name!r}: name one by its id ({ids})")
    return found[0]
