"""The `sightline` command."""

import sys
from typing import Annotated

import typer

from sightline_cli import albums, browse, delete, download, login, search, upload
from sightline_cli.runner import PROFILE
from sightline_client import __version__

app = typer.Typer(
    name="sightline",
    help="Upload pictures, and find them labelled, resized and searchable within seconds.",
    epilog="`sightline COMMAND --help` tells more. Begin with `sightline login`.",
    no_args_is_help=True,
    rich_markup_mode="markdown",
    context_settings={"help_option_names": ["-h", "--help"]},
    # A surprise is told in one line, as everything else is; see `main`.
    pretty_exceptions_enable=False,
)

for command in (
    login.login,
    login.logout,
    upload.upload,
    browse.ls,
    browse.show,
    search.search,
    search.labels,
    download.download,
    delete.rm,
    browse.watch,
    browse.usage,
    browse.open_,
):
    app.command(name=command.__name__.rstrip("_"))(command)
app.add_typer(albums.app, name="album")


def _show_version(value: bool) -> None:
    if value:
        typer.echo(f"sightline {__version__}")
        raise typer.Exit


@app.callback()
def choose(
    profile: Annotated[
        str,
        typer.Option(
            "--profile", "-p", envvar="SIGHTLINE_PROFILE", help="Which of several sign-ins to use."
        ),
    ] = "default",
    _version: Annotated[
        bool,
        typer.Option("--version", callback=_show_version, is_eager=True, help="Say which it is."),
    ] = False,
) -> None:
    PROFILE.set(profile)


def main() -> None:
    sys.exit(app())


if __name__ == "__main__":
    main()
