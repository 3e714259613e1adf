"""`sightline album invite`, `members`, `remove-member`, `accept` and `leave`."""

import re
from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table

from sightline_cli.arguments import OneAlbum, resolve_album
from sightline_cli.runner import ERR, OUT, Json, open_client, print_json, run
from sightline_client.generated.models import (
    AlbumInvitationView,
    AlbumMemberView,
    AlbumRole,
    Language,
    ListAlbumsRole,
)

#: The token at the end of an invitation link or path.
_TOKEN = re.compile(r"[0-9A-Za-z]{26}$")

Code = Annotated[
    str, typer.Argument(metavar="CODE", help="Code of the invitation, or its whole link.")
]


def add_commands(app: typer.Typer) -> None:
    """Add the commands to those of albums."""
    app.command()(invite)
    app.command()(members)
    app.command("remove-member")(remove_member)
    app.command()(accept)
    app.command()(leave)


def invite(
    album: OneAlbum,
    email: Annotated[str, typer.Argument(metavar="EMAIL", help="Whom to invite.")],
    contributor: Annotated[
        bool, typer.Option("--contributor", help="Let the person add images.")
    ] = False,
    metadata: Annotated[
        bool, typer.Option("--metadata", help="Show titles, times of capture and cameras.")
    ] = False,
    position: Annotated[
        bool, typer.Option("--position", help="Show where images were captured.")
    ] = False,
    original: Annotated[
        bool, typer.Option("--original", help="Allow the download of originals; implies both.")
    ] = False,
    language: Annotated[
        Language | None, typer.Option("--language", help="Language of the email.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Invite someone to an album, and print the code, which is shown only once.

    The first person who accepts with the code becomes a member.

    Example: `sightline album invite Summer friend@example.com --contributor`
    """

    async def work() -> None:
        async with open_client() as client:
            target = await resolve_album(client, album)
            created = await client.invite_to_album(
                target.id,
                email,
                role=AlbumRole.CONTRIBUTOR if contributor else AlbumRole.VIEWER,
                metadata=metadata or original,
                position=position or original,
                original=original,
                language=language,
            )
        if as_json:
            print_json(created.to_dict())
            return
        OUT.print(created.token, markup=False, soft_wrap=True)
        ERR.print(f"[dim]expires {created.invitation.expires_at:%Y-%m-%d}; store it now[/]")

    run(work())


def members(album: OneAlbum, as_json: Json = False) -> None:
    """List the members of an album, and the open invitations."""

    async def work() -> None:
        async with open_client() as client:
            target = await resolve_album(client, album)
            joined = await client.album_members(target.id)
            invited = await client.album_invitations(target.id)
        if as_json:
            for member in joined:
                print_json(member.to_dict())
            for invitation in invited:
                print_json(invitation.to_dict())
            return
        table = Table("email", "role", "shows", "state", box=None, header_style="dim")
        table.add_column("id", style="dim", no_wrap=True)
        for member in joined:
            email = member.verified_email or member.email
            _add_row(table, member, email, f"joined {member.joined_at:%Y-%m-%d}")
        for invitation in invited:
            state = f"invited, expires {invitation.expires_at:%Y-%m-%d}"
            _add_row(table, invitation, invitation.email, state)
        OUT.print(table) if joined or invited else ERR.print("No members yet.")

    run(work())


def remove_member(
    album: OneAlbum,
    member_id: Annotated[
        str, typer.Argument(metavar="ID", help="Id of a member or invitation, as listed.")
    ],
) -> None:
    """Remove a member with the images that the member added, or revoke an invitation."""

    async def work() -> None:
        async with open_client() as client:
            target = await resolve_album(client, album)
            invited = await client.album_invitations(target.id)
            if any(each.id == member_id for each in invited):
                await client.revoke_album_invitation(target.id, member_id)
                ERR.print("Revoked.")
            else:
                await client.remove_album_member(target.id, member_id)
                ERR.print("Removed.")

    run(work())


def accept(
    code: Code,
    share_email: Annotated[
        bool, typer.Option("--share-email", help="Show your verified email address to the owner.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Accept an invitation to an album."""
    found = _TOKEN.search(code.strip())
    if found is None:
        raise typer.BadParameter("this is not the code of an invitation")

    async def work() -> None:
        async with open_client() as client:
            joined = await client.accept_invitation(found.group(), share_email=share_email)
            album = await client.album(joined.album_id)
        if as_json:
            print_json(joined.to_dict())
        else:
            ERR.print(f"Joined [bold]{escape(album.title)}[/] [dim]{album.id}[/]")

    run(work())


def leave(album: OneAlbum) -> None:
    """Leave an album that another owner shares, with the images that you added."""

    async def work() -> None:
        async with open_client() as client:
            target = await resolve_album(client, album, ListAlbumsRole.ANY)
            await client.leave_album(target.id)
        ERR.print(f"Left [bold]{escape(target.title)}[/].")

    run(work())


def _add_row(
    table: Table, each: AlbumMemberView | AlbumInvitationView, email: str, state: str
) -> None:
    shown = {"original": each.original, "metadata": each.metadata, "position": each.position}
    shows = " ".join(name for name, is_set in shown.items() if is_set)
    table.add_row(escape(email), each.role.value, shows, state, each.id)
