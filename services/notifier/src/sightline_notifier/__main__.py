"""Run the notifier: `python -m sightline_notifier`."""

from contextlib import AsyncExitStack

from sightline import event_loop
from sightline.adapters.aws.clients import Clients
from sightline.adapters.tables import open_tables, require_table
from sightline.consumer.runtime import consume
from sightline.logging import configure_logs
from sightline.metric_export import export_metrics
from sightline.otlp import export_traces
from sightline.settings import read_settings
from sightline_notifier.app import open_messages
from sightline_notifier.settings import NotifierSettings


async def serve(settings: NotifierSettings) -> None:
    """Consume the queue until SIGTERM or SIGINT."""
    async with AsyncExitStack() as stack:
        clients = Clients(stack, settings.region)
        tables, _ = await open_tables(settings.table, clients, stack)
        messages = await open_messages(settings, clients, tables, stack)
        await consume("notifications", settings, clients, stack, messages)


def main() -> None:
    """Read the settings from the environment and run the notifier."""
    settings = read_settings(NotifierSettings)
    require_table(settings.table)
    configure_logs("notifier", settings.log_level)
    with (
        export_traces("notifier", settings.trace_owner_key),
        export_metrics("notifier", settings.metrics, settings.metrics_namespace),
    ):
        event_loop.run(serve(settings))


if __name__ == "__main__":
    main()
