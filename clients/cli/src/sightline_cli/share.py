"""`sightline share ...`."""

from typing import Annotated

import typer
from rich.table import Table

from sightline_cli.arguments import resolve_album, resolve_image
from sightline_cli.formatting import format_age
from sightline_cli.runner import ERR, OUT, Json, open_client, print_json, run
from sightline_client import Session
from sightline_client.generated.models import ShareLinkView
from sightline_client.generated.types import UNSET, Unset

app = typer.Typer(
    help="Manage share links, with which anyone sees an image or album.", no_args_is_help=True
)

#: The value of `--days` that removes the expiry.
NONE = "none"

DEFAULT_DAYS, MAX_DAYS = 30, 3650

Days = Annotated[
    str | None,
    typer.Option(
        "--days",
        metavar="DAYS",
        help="Days from now until the link expires; `none`: it does not expire.",
    ),
]
Password = Annotated[
    bool,
    typer.Option(
        "--password", help="Ask for a password that visitors must enter.", show_default=False
    ),
]
Metadata = Annotated[
    bool | None,
    typer.Option(
        "--metadata/--no-metadata",
        help="Show titles, descriptions, times of capture and cameras.",
        show_default=False,
    ),
]
Position = Annotated[
    bool | None,
    typer.Option(
        "--position/--no-position", help="Show where images were captured.", show_default=False
    ),
]
Original = Annotated[
    bool | None,
    typer.Option(
        "--original/--no-original",
        help="Allow the download of originals, which contain metadata and position: implies both.",
        show_default=False,
    ),
]
LinkId = Annotated[str, typer.Argument(metavar="ID", help="Id of the link, as `ls` lists it.")]


@app.command()
def create(
    image: Annotated[
        str | None, typer.Argument(metavar="[ID]", help="Image id. `last` is the newest image.")
    ] = None,
    album: Annotated[
        str | None, typer.Option("--album", metavar="ALBUM", help="Share an album (title or id).")
    ] = None,
    days: Days = str(DEFAULT_DAYS),
    password: Password = False,
    metadata: Metadata = None,
    position: Position = None,
    original: Original = None,
    as_json: Json = False,
) -> None:
    """Share an image or an album, and print the link, which is shown only once.

    Examples: `sightline share create last --days 7`, `sightline share create --album Summer`
    """
    if (image is None) == (album is None):
        raise typer.BadParameter("name either an image or an album")
    expires_in_days, secret = _parse_days(days), _ask_for_password() if password else None

    async def work() -> None:
        async with open_client() as client:
            created = await client.create_share_link(
                image_id=None if image is None else await resolve_image(client, image),
                album_id=None if album is None else (await resolve_album(client, album)).id,
                expires_in_days=None if isinstance(expires_in_days, Unset) else expires_in_days,
                password=secret,
                metadata=bool(metadata or original),
                position=bool(position or original),
                original=bool(original),
            )
        if as_json:
            print_json({**created.to_dict(), "url": build_link(client.session, created.token)})
            return
        OUT.print(build_link(client.session, created.token), markup=False, soft_wrap=True)
        ERR.print(f"[dim]{_describe_expiry(created.share_link)}; store it now[/]")

    run(work())


@app.command()
def ls(as_json: Json = False) -> None:
    """List share links, newest first. The links themselves are shown only once, by `create`."""

    async def work() -> None:
        async with open_client() as client:
            links = [link async for link in client.share_links()]
        if as_json:
            for link in links:
                print_json(link.to_dict())
            return
        table = Table("token", "shares", "shows", box=None, header_style="dim", pad_edge=False)
        table.add_column("expires")
        table.add_column("opened", justify="right")
        table.add_column("last opened")
        table.add_column("id", style="dim", no_wrap=True)
        for link in links:
            table.add_row(
                f"{link.prefix}…",
                f"album {link.album_id}" if link.album_id else f"image {link.image_id}",
                " ".join(_describe_settings(link)),
                f"{link.expires_at:%Y-%m-%d}" if link.expires_at else "never",
                f"{link.opened:,}",
                format_age(link.last_opened_at) if link.last_opened_at else "never",
                link.id,
            )
        OUT.print(table) if links else ERR.print("No share links yet.")

    run(work())


@app.command()
def update(
    link_id: LinkId,
    days: Days = None,
    password: Annotated[
        bool | None,
        typer.Option(
            "--password/--no-password",
            help="Ask for another password, or remove it.",
            show_default=False,
        ),
    ] = None,
    metadata: Metadata = None,
    position: Position = None,
    original: Original = None,
    as_json: Json = False,
) -> None:
    """Change the expiry, the password, or what visitors see. It takes effect at once."""
    secret: str | Unset | None = UNSET
    if password is not None:
        secret = _ask_for_password() if password else None

    async def work() -> None:
        async with open_client() as client:
            link = await client.update_share_link(
                link_id,
                expires_in_days=_parse_days(days),
                password=secret,
                metadata=_unset(metadata if not original else True),
                position=_unset(position if not original else True),
                original=_unset(original),
            )
        if as_json:
            print_json(link.to_dict())
        else:
            ERR.print(f"Updated. {_describe_expiry(link).capitalize()}.")

    run(work())


@app.command()
def revoke(link_id: LinkId) -> None:
    """Revoke a share link for good. It stops working at once."""

    async def work() -> None:
        async with open_client() as client:
            await client.revoke_share_link(link_id)
        ERR.print("Revoked.")

    run(work())


def _parse_days(text: str | None) -> int | Unset | None:
    """Return the number of days; None if the link does not expire. Raises `typer.BadParameter`."""
    if text is None:
        return UNSET
    if text == NONE:
        return None
    if not (text.isascii() and text.isdigit() and 1 <= int(text[:5]) <= MAX_DAYS):
        raise typer.BadParameter(f"`--days` must be 1 to {MAX_DAYS:,}, or `{NONE}`")
    return int(text)


def _ask_for_password() -> str:
    answer: str = typer.prompt("Password of the link", hide_input=True, err=True)
    return answer


def _unset(value: bool | None) -> bool | Unset:
    return UNSET if value is None else value


def build_link(session: Session, token: str) -> str:
    """Return the link that people open, the same that the web application creates.

    The page of the API has a preview for messages, and continues to the viewer on its own origin.
    """
    api, web = (url and url.rstrip("/") for url in (session.api_url, session.web_url))
    if web and web != api:
        return f"{web}/s/{token}"
    return f"{api}/v1/shared/{token}/page"


def _describe_expiry(link: ShareLinkView) -> str:
    return f"expires {link.expires_at:%Y-%m-%d}" if link.expires_at else "does not expire"


def _describe_settings(link: ShareLinkView) -> list[str]:
    """Return what the link shows, and whether it has a password."""
    settings = {
        "original": link.original,
        "metadata": link.metadata,
        "position": link.position,
        "(password)": link.has_password,
    }
    return [name for name, is_set in settings.items() if is_set]
