"""Waiting for the processing of many images, with a progress bar."""

from collections import Counter
from collections.abc import Iterable

from rich.markup import escape
from rich.progress import BarColumn, Progress, TextColumn

from sightline_cli.runner import ERR, print_json
from sightline_client import AsyncSightline, Status

#: Timeout of `--wait`: a base plus a share for each image.
WAIT_BASE_SECONDS, WAIT_SECONDS_PER_IMAGE = 120.0, 5.0


async def wait_for_all(client: AsyncSightline, image_ids: Iterable[str], as_json: bool) -> int:
    """Wait until all images are processed; return the number of failures."""
    ids = list(image_ids)
    counts = Counter[Status]()
    timeout = WAIT_BASE_SECONDS + WAIT_SECONDS_PER_IMAGE * len(ids)
    columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.percentage:.0f} %"))
    with Progress(*columns, console=ERR, transient=True) as bars:
        bar = bars.add_task("Processing", total=len(ids))
        async for image in client.wait_until_processed(ids, timeout=timeout):
            counts[image.status] += 1
            bars.advance(bar)
            if image.status is Status.FAILED:
                failures = [part.failure for part in (image.renditions, image.recognition)]
                message = "; ".join(each.message for each in failures if each)
                bars.console.print(
                    f"[red]✗[/] {escape(image.title or image.id)}: {escape(message)}"
                )
            if as_json:
                print_json({"image_id": image.id, "status": image.status})
    failed = f", [red]{counts[Status.FAILED]:,} failed[/]" if counts[Status.FAILED] else ""
    ERR.print(f"[green]✓[/] {counts[Status.READY]:,} ready{failed}")
    return counts[Status.FAILED]
