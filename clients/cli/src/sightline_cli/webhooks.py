"""`sightline webhook ...`."""

from typing import Annotated, Any

import typer
from rich.markup import escape
from rich.table import Table

from sightline_cli.formatting import format_age
from sightline_cli.runner import ERR, OUT, Json, open_client, print_json, run
from sightline_client.generated.models import WebhookEventType

app = typer.Typer(help="Manage webhook endpoints, which receive your events.", no_args_is_help=True)

Id = Annotated[str, typer.Argument(metavar="ID", help="Id of the endpoint, as `ls` lists it.")]
EventNames = ", ".join(f"`{event}`" for event in WebhookEventType)


@app.command()
def ls(as_json: Json = False) -> None:
    """List webhook endpoints, newest first."""

    async def work() -> None:
        async with open_client() as client:
            webhooks = await client.webhooks()
        if as_json:
            for webhook in webhooks:
                print_json(webhook.to_dict())
            return
        table = Table("url", "events", "state", box=None, header_style="dim", pad_edge=False)
        table.add_column("failures", justify="right")
        table.add_column("id", style="dim", no_wrap=True)
        for webhook in webhooks:
            table.add_row(
                escape(webhook.url),
                " ".join(webhook.events),
                webhook.state,
                str(webhook.failures),
                webhook.id,
            )
        OUT.print(table) if webhooks else ERR.print("No webhook endpoints yet.")

    run(work())


@app.command()
def create(
    url: Annotated[str, typer.Argument(metavar="URL", help="Public `https` URL.")],
    events: Annotated[
        list[WebhookEventType],
        typer.Option(
            "--event",
            metavar="EVENT",
            help=f"Event to receive; repeat the option. One of {EventNames}.",
        ),
    ],
    description: Annotated[
        str | None, typer.Option("--description", metavar="TEXT", help="What the endpoint is for.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Create an endpoint, and print its secret, which is shown only once.

    Example: `sightline webhook create https://hooks.example.com/ --event image.ready`
    """

    async def work() -> None:
        async with open_client() as client:
            created = await client.create_webhook(url, events, description=description)
        _print_secret(created, as_json)

    run(work())


@app.command()
def rotate(webhook_id: Id, as_json: Json = False) -> None:
    """Replace the secret of an endpoint, and print the new one.

    Messages are signed with both secrets for 24 hours.
    """

    async def work() -> None:
        async with open_client() as client:
            rotated = await client.rotate_webhook_secret(webhook_id)
        _print_secret(rotated, as_json)

    run(work())


@app.command()
def pause(webhook_id: Id) -> None:
    """Pause an endpoint: it receives nothing until it is resumed."""
    _update(webhook_id, "Paused.", paused=True)


@app.command()
def resume(webhook_id: Id) -> None:
    """Resume a paused endpoint; it receives what happens from then on."""
    _update(webhook_id, "Resumed.", paused=False)


@app.command()
def rm(webhook_id: Id) -> None:
    """Delete an endpoint and its deliveries."""

    async def work() -> None:
        async with open_client() as client:
            await client.delete_webhook(webhook_id)
        ERR.print("Deleted.")

    run(work())


@app.command(name="test")
def send_test(webhook_id: Id) -> None:
    """Send a test message; `deliveries` shows whether it arrived."""

    async def work() -> None:
        async with open_client() as client:
            delivery = await client.test_webhook(webhook_id)
        ERR.print(f"Sent {delivery.id}.")

    run(work())


@app.command()
def deliveries(
    webhook_id: Id,
    limit: Annotated[
        int, typer.Option("--limit", "-n", min=1, max=100, help="Maximum number of results.")
    ] = 20,
    as_json: Json = False,
) -> None:
    """List the last deliveries to an endpoint, newest first."""

    async def work() -> None:
        async with open_client() as client:
            page = await client.webhook_deliveries(webhook_id, limit=limit)
        if as_json:
            for delivery in page.items:
                print_json(delivery.to_dict())
            return
        table = Table("event", "state", box=None, header_style="dim", pad_edge=False)
        table.add_column("attempts", justify="right")
        table.add_column("response")
        table.add_column("age")
        table.add_column("id", style="dim", no_wrap=True)
        for delivery in page.items:
            table.add_row(
                delivery.event,
                delivery.state,
                str(delivery.attempts),
                str(delivery.status or delivery.error or ""),
                format_age(delivery.created_at),
                delivery.id,
            )
        OUT.print(table) if page.items else ERR.print("No deliveries yet.")

    run(work())


@app.command()
def replay(
    webhook_id: Id,
    delivery_id: Annotated[str, typer.Argument(metavar="DELIVERY", help="Id of the delivery.")],
) -> None:
    """Send a message again, with the same id and body."""

    async def work() -> None:
        async with open_client() as client:
            await client.replay_webhook_delivery(webhook_id, delivery_id)
        ERR.print("Sent.")

    run(work())


def _update(webhook_id: str, message: str, **changes: Any) -> None:
    async def work() -> None:
        async with open_client() as client:
            await client.update_webhook(webhook_id, **changes)
        ERR.print(message)

    run(work())


def _print_secret(created: Any, as_json: bool) -> None:
    if as_json:
        print_json(created.to_dict())
        return
    OUT.print(created.secret, markup=False, soft_wrap=True)
    ERR.print(f"[dim]{escape(created.webhook.url)}, {created.webhook.id}; store it now[/]")
