"""Refresh the analytics view of a stack, or try its queries on this machine."""

import argparse
import asyncio
import sys
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console

from sightline.adapters.aws.clients import Clients
from sightline.adapters.aws.s3 import S3ObjectStore
from sightline.logging import configure_logs
from sightline.settings import read_settings
from sightline_ops.analytics.demo import generate_sample, read_stack, run_demo, show_results
from sightline_ops.analytics.exporter import POLL_SECONDS, DynamoTableExporter
from sightline_ops.analytics.hash_key import derive_hash_key
from sightline_ops.analytics.plots import draw_plots
from sightline_ops.analytics.refresh import ViewRefresher
from sightline_ops.analytics.settings import AnalyticsSettings
from sightline_ops.analytics.view_rows import Pseudonyms
from sightline_ops.stack import InvalidOutputs

#: Line width where standard output is not a terminal, characters.
PIPED_WIDTH = 160


async def refresh(
    settings: AnalyticsSettings, *, full: bool, poll_seconds: float = POLL_SECONDS
) -> None:
    """Refresh the view of a stack in AWS."""
    async with AsyncExitStack() as exits:
        clients = Clients(exits, settings.region)
        exporter = DynamoTableExporter(
            await clients.open("dynamodb"),
            settings.table_arn,
            settings.analytics_bucket,
            poll_seconds,
        )
        key = await derive_hash_key(
            await clients.open("kms"), settings.analytics_key_arn, settings.analytics_key_version
        )
        refresher = ViewRefresher(
            exporter,
            S3ObjectStore(await clients.open("s3"), settings.analytics_bucket),
            Pseudonyms(key),
        )
        await refresher.refresh(datetime.now(UTC), full=full)


def demonstrate(options: argparse.Namespace) -> int:
    """Run the queries on the running stack or on a generated sample, and draw the plots."""
    console = Console(highlight=False, width=None if sys.stdout.isatty() else PIPED_WIDTH)
    if options.sample:
        items = generate_sample(datetime.now(UTC))
    else:
        try:
            items = asyncio.run(read_stack(options.stack))
        except InvalidOutputs as error:
            print(f"analytics: {error}", file=sys.stderr)
            return 2
    if not items:
        print(
            "analytics: the stack has no images. Upload one, for example with `make demo`",
            file=sys.stderr,
        )
        return 1
    results = run_demo(items, options.folder)
    show_results(results, console)
    for file in draw_plots(results, options.folder):
        console.print(f"Plot: {file}")
    return 0


def _parse(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m sightline_ops.analytics", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    refreshing = commands.add_parser("refresh", help="refresh the view in S3, as scheduled in AWS")
    refreshing.add_argument(
        "--full", action="store_true", help="build the view from a full export of the table"
    )
    demo = commands.add_parser("demo", help="run the saved queries on an export of a stack")
    demo.add_argument("--stack", type=Path, default=Path(".sightline/outputs.json"), metavar="FILE")
    demo.add_argument("--sample", action="store_true", help="use a generated table instead")
    demo.add_argument("--folder", type=Path, default=Path(".sightline/analytics"), metavar="FOLDER")
    return parser.parse_args(arguments)


def main(arguments: list[str] | None = None) -> None:
    options = _parse(arguments)
    if options.command == "demo":
        sys.exit(demonstrate(options))
    settings = read_settings(AnalyticsSettings)
    configure_logs("ops", "INFO")
    asyncio.run(refresh(settings, full=options.full))


if __name__ == "__main__":
    main()
