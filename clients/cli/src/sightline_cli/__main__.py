"""The `sightline` command."""

import sys
from typing import Annotated

import typer

from sightline_cli import (
    album_members,
    albums,
    browse,
    delete,
    download,
    edit,
    export,
    keys,
    labels,
    listing,
    login,
    mfa,
    notifications,
    share,
    sync,
    upload,
    webhooks,
    whoami,
)
from sightline_cli.importing import command as importing
from sightline_cli.runner import API_KEY, PROFILE
from sightline_client import __version__

app = typer.Typer(
    name="sightline",
    help="Upload, search and download the images of a Sightline server.",
    epilog="Sign in with `sightline login`. Run `sightline COMMAND --help` for the options of a "
    "command.",
    no_args_is_help=True,
    rich_markup_mode="markdown",
    context_settings={"help_option_names": ["-h", "--help"]},
    # Unexpected errors keep Python's plain traceback; expected ones are one line, see `run`.
    pretty_exceptions_enable=False,
)

for command in (
    login.login,
    login.logout,
    whoami.whoami,
    upload.upload,
    sync.sync,
    listing.ls,
    listing.search,
    listing.timeline,
    browse.show,
    labels.labels,
    edit.edit,
    edit.reprocess,
    download.download,
    export.export,
    delete.rm,
    delete.trash,
    delete.restore,
    browse.watch,
    browse.usage,
    browse.open_,
):
    app.command(name=command.__name__.rstrip("_"))(command)
album_members.add_commands(albums.app)
app.add_typer(albums.app, name="album")
app.add_typer(keys.app, name="key")
app.add_typer(webhooks.app, name="webhook")
app.add_typer(importing.app, name="import")
app.add_typer(mfa.app, name="mfa")
app.add_typer(notifications.app, name="notifications")
app.add_typer(share.app, name="share")


def _show_version(value: bool) -> None:
    if value:
        typer.echo(f"sightline {__version__}")
        raise typer.Exit


@app.callback()
def set_credential(
    profile: Annotated[
        str,
        typer.Option(
            "--profile",
            "-p",
            envvar="SIGHTLINE_PROFILE",
            metavar="NAME",
            help="Use the session of this profile.",
        ),
    ] = "default",
    api_key: Annotated[
        str | None,
        typer.Option(
            "--api-key",
            envvar="SIGHTLINE_API_KEY",
            metavar="KEY",
            help="Use this API key in place of a session; prefer the variable, because other users "
            "of the machine can see options. The URL of the API is that of `SIGHTLINE_API`, or "
            "that of the profile.",
            show_default=False,
        ),
    ] = None,
    _version: Annotated[
        bool,
        typer.Option(
            "--version", callback=_show_version, is_eager=True, help="Show the version and exit."
        ),
    ] = False,
) -> None:
    PROFILE.set(profile)
    API_KEY.set(api_key or None)


def main() -> None:
    sys.exit(app())


if __name__ == "__main__":
    main()
