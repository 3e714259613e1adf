"""Run the saved queries on an export of a stack, on this machine."""

import secrets
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from rich.console import Console
from rich.table import Table

from sightline_ops.analytics.queries import QueryResult, read_queries, run_queries
from sightline_ops.analytics.sample import SampleLibrary, list_items
from sightline_ops.analytics.table_export import (
    Item,
    read_export_files,
    scan_items,
    write_export_file,
)
from sightline_ops.analytics.view_files import update_view
from sightline_ops.analytics.view_rows import Pseudonyms
from sightline_ops.stack import Stack, StackOutputs

#: Rows of a result that are printed.
PRINTED_ROWS = 8

#: The generated sample: owners, days until today, and images on the first day.
SAMPLE_OWNERS, SAMPLE_DAYS, SAMPLE_PER_DAY = 40, 150, 30


async def read_stack(outputs: Path) -> list[Item]:
    """Return the items of a stack's table. Raises `InvalidOutputs`."""
    async with AsyncExitStack() as exits:
        stack = await Stack.open(StackOutputs.read(outputs), exits)
        return [item async for item in scan_items(stack.tables)]


def generate_sample(until: datetime) -> list[Item]:
    """Return the items of a generated table that has grown for months."""
    first = until.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    first -= timedelta(days=SAMPLE_DAYS)
    library = SampleLibrary(seed=1, owners=SAMPLE_OWNERS)
    return list(list_items(library.make_images(first, SAMPLE_DAYS, SAMPLE_PER_DAY)))


def run_demo(items: list[Item], folder: Path) -> dict[str, QueryResult]:
    """Build a view from items, and return the results of the saved queries.

    The view is built from a file in the format of a DynamoDB export, which is deleted afterwards;
    the view stays in `folder`. Each run hashes the owners with a new key.
    """
    pseudonyms = Pseudonyms(secrets.token_bytes(32))
    with TemporaryDirectory(prefix="analytics-") as name:
        scratch = Path(name)
        export = scratch / "export.json.gz"
        write_export_file(items, export)
        update_view(read_export_files([export]), pseudonyms, None, folder, scratch)
    return run_queries(folder, read_queries())


def show_results(results: dict[str, QueryResult], console: Console) -> None:
    """Print the first rows of each result."""
    for name, result in results.items():
        count = "1 row" if len(result.rows) == 1 else f"{len(result.rows):,} rows"
        table = Table(*result.columns, title=f"{name}: {count}", title_justify="left")
        for row in result.rows[:PRINTED_ROWS]:
            table.add_row(*map(_format, row))
        console.print(table)


def _format(value: object) -> str:
    return f"{value:.4g}" if isinstance(value, float) else "" if value is None else str(value)
