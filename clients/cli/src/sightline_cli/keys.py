"""`sightline key ...`."""

from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table

from sightline_cli.formatting import format_age
from sightline_cli.runner import ERR, OUT, Json, open_client, print_json, run
from sightline_client.generated.models import ApiKeyScope

app = typer.Typer(help="Manage API keys, with which programs act for you.", no_args_is_help=True)


@app.command()
def ls(as_json: Json = False) -> None:
    """List API keys, newest first. Their secrets are shown only once, by `create`."""

    async def work() -> None:
        async with open_client() as client:
            keys = await client.api_keys()
        if as_json:
            for key in keys:
                print_json(key.to_dict())
            return
        table = Table("name", "key", "scopes", box=None, header_style="dim", pad_edge=False)
        table.add_column("expires")
        table.add_column("last used")
        table.add_column("id", style="dim", no_wrap=True)
        for key in keys:
            table.add_row(
                escape(key.name),
                f"{key.prefix}…",
                " ".join(key.scopes),
                f"{key.expires_at:%Y-%m-%d}",
                format_age(key.last_used_at) if key.last_used_at else "never",
                key.id,
            )
        OUT.print(table) if keys else ERR.print("No API keys yet.")

    run(work())


@app.command()
def create(
    name: Annotated[str, typer.Argument(metavar="NAME", help="What uses the key.")],
    scopes: Annotated[
        list[ApiKeyScope],
        typer.Option(
            "--scope",
            metavar="SCOPE",
            help="What the key may do; repeat the option. "
            f"One of {', '.join(f'`{scope}`' for scope in ApiKeyScope)}.",
        ),
    ],
    days: Annotated[
        int, typer.Option("--days", min=1, max=366, metavar="DAYS", help="Days until it expires.")
    ] = 90,
    as_json: Json = False,
) -> None:
    """Create an API key, and print its secret, which is shown only once.

    Example: `export SIGHTLINE_API_KEY=$(sightline key create import --scope images:write)`
    """

    async def work() -> None:
        async with open_client() as client:
            created = await client.create_api_key(name, scopes, expires_in_days=days)
        if as_json:
            print_json(created.to_dict())
            return
        OUT.print(created.secret, markup=False, soft_wrap=True)
        key = created.api_key
        ERR.print(f"[dim]{escape(key.name)}, expires {key.expires_at:%Y-%m-%d}; store it now[/]")

    run(work())


@app.command()
def revoke(
    key_id: Annotated[str, typer.Argument(metavar="ID", help="Id of the key, as `ls` lists it.")],
) -> None:
    """Revoke an API key for good. It stops working within 30 seconds."""

    async def work() -> None:
        async with open_client() as client:
            await client.revoke_api_key(key_id)
        ERR.print("Revoked.")

    run(work())
