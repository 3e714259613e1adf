"""`sightline notifications ...`."""

from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table

from sightline_cli.runner import OUT, Json, open_client, print_json, run
from sightline_client.generated.models import EmailKind, EmailNotificationsView, Language

app = typer.Typer(help="Choose what you are notified of by email.", no_args_is_help=True)

Kinds = Annotated[
    list[EmailKind],
    typer.Argument(
        metavar="KIND...",
        help=f"What to notify of: {', '.join(f'`{kind}`' for kind in EmailKind)}.",
    ),
]


@app.command()
def show(as_json: Json = False) -> None:
    """Show what you are notified of, and at which email address."""

    async def work() -> None:
        async with open_client() as client:
            _print(await client.email_notifications(), as_json)

    run(work())


@app.command()
def on(
    kinds: Kinds,
    language: Annotated[
        Language | None, typer.Option("--language", help="Language of the messages.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Turn notifications on. They are sent to the verified email address of your account."""

    async def work() -> None:
        async with open_client() as client:
            before = await client.email_notifications()
            selected = {*before.kinds, *kinds}
            after = await client.update_email_notifications(kinds=selected, language=language)
        _print(after, as_json)

    run(work())


@app.command()
def off(kinds: Kinds, as_json: Json = False) -> None:
    """Turn notifications off."""

    async def work() -> None:
        async with open_client() as client:
            before = await client.email_notifications()
            after = await client.update_email_notifications(kinds={*before.kinds} - {*kinds})
        _print(after, as_json)

    run(work())


def _print(view: EmailNotificationsView, as_json: bool) -> None:
    if as_json:
        print_json(view.to_dict())
        return
    table = Table(box=None, show_header=False, pad_edge=False)
    for kind in EmailKind:
        table.add_row(kind, "on" if kind in view.kinds else "off")
    table.add_row("language", view.language)
    table.add_row("email", escape(view.email or "none"))
    OUT.print(table)
