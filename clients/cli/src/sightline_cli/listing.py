"""`sightline ls` and `search`: one list, whose labels are options or arguments."""

from collections.abc import AsyncIterator
from datetime import datetime
from typing import Annotated

import typer

from sightline_cli.arguments import InAlbum, resolve_album
from sightline_cli.formatting import build_image_table, format_count
from sightline_cli.runner import ERR, OUT, Json, open_client, print_json, run
from sightline_cli.times import parse_time
from sightline_client import ImageSummary, ListOrder, SortOrder, Status

#: The API's limit of images per page.
MAX_PAGE_SIZE = 100

DEFAULT_LIMIT = 30

InStatus = Annotated[Status | None, typer.Option("--status", help="Filter by status.")]
WithLabels = Annotated[
    list[str] | None,
    typer.Option("--label", metavar="LABEL", help="Filter by label. Repeatable."),
]
LabelArguments = Annotated[
    list[str] | None,
    typer.Argument(metavar="LABEL...", help="Labels; images must have all of them."),
]
WithoutLabels = Annotated[
    list[str] | None,
    typer.Option("--not", metavar="LABEL", help="Exclude images with this label. Repeatable."),
]
MinConfidence = Annotated[
    float | None,
    typer.Option(
        "--min-confidence",
        min=0,
        max=100,
        metavar="PERCENT",
        help="Minimum confidence of the labels, in percent.",
    ),
]
WithText = Annotated[
    list[str] | None,
    typer.Option(
        "--text", metavar="WORD", help="Filter by a word in the image's text. Repeatable."
    ),
]
Since = Annotated[
    datetime | None,
    typer.Option("--since", metavar="TIME", parser=parse_time, help="Added at or after this time."),
]
Until = Annotated[
    datetime | None,
    typer.Option("--until", metavar="TIME", parser=parse_time, help="Added before this time."),
]
TakenSince = Annotated[
    datetime | None,
    typer.Option(
        "--taken-since", metavar="TIME", parser=parse_time, help="Taken at or after this time."
    ),
]
TakenUntil = Annotated[
    datetime | None,
    typer.Option(
        "--taken-until", metavar="TIME", parser=parse_time, help="Taken before this time."
    ),
]
InMonth = Annotated[
    str | None,
    typer.Option(
        "--month", metavar="YYYY-MM", help="Filter by month of capture, or else of upload."
    ),
]
Sort = Annotated[SortOrder, typer.Option("--sort", help="List the newest or the oldest first.")]
Order = Annotated[
    ListOrder,
    typer.Option("--order", help="Order by the time of upload, or of capture and else of upload."),
]
Limit = Annotated[int, typer.Option("--limit", "-n", min=1, help="Maximum number of results.")]
OnlyIds = Annotated[bool, typer.Option("--ids", "-q", help="Print ids only, one per line.")]


def ls(
    label: WithLabels = None,
    without: WithoutLabels = None,
    min_confidence: MinConfidence = None,
    text: WithText = None,
    status: InStatus = None,
    album: InAlbum = None,
    since: Since = None,
    until: Until = None,
    taken_since: TakenSince = None,
    taken_until: TakenUntil = None,
    month: InMonth = None,
    sort: Sort = SortOrder.NEWEST,
    order: Order = ListOrder.UPLOADED,
    limit: Limit = DEFAULT_LIMIT,
    ids: OnlyIds = False,
    as_json: Json = False,
) -> None:
    """List images that match all filters.

    TIME is a date (`2026-07-01`, `2026-07-01T12:00:00`), or a time before now: `30m`, `12h`, `2d`,
    `3w`, `6mo`, `1y`.

    Example: `sightline ls --since 2d --not Person`
    """

    async def work() -> None:
        async with open_client() as client:
            images = client.images(
                labels=label or (),
                without=without or (),
                min_confidence=min_confidence,
                text=text or (),
                status=status,
                album=(await resolve_album(client, album)).id if album else None,
                created_from=since and since.astimezone(),
                created_until=until and until.astimezone(),
                taken_from=taken_since,
                taken_until=taken_until,
                month=month,
                sort=sort,
                order=order,
                page_size=min(limit, MAX_PAGE_SIZE),
            )
            await _print_images(images, limit, ids, as_json)

    run(work())


def search(
    labels: LabelArguments = None,
    without: WithoutLabels = None,
    min_confidence: MinConfidence = None,
    text: WithText = None,
    status: InStatus = None,
    album: InAlbum = None,
    since: Since = None,
    until: Until = None,
    taken_since: TakenSince = None,
    taken_until: TakenUntil = None,
    month: InMonth = None,
    sort: Sort = SortOrder.NEWEST,
    order: Order = ListOrder.UPLOADED,
    limit: Limit = DEFAULT_LIMIT,
    ids: OnlyIds = False,
    as_json: Json = False,
) -> None:
    """Search images by label, text and the other filters of `ls`.

    Example: `sightline search Dog Beach --not Person --text welcome`
    """
    ls(
        labels,
        without,
        min_confidence,
        text,
        status,
        album,
        since,
        until,
        taken_since,
        taken_until,
        month,
        sort,
        order,
        limit,
        ids,
        as_json,
    )


def timeline(as_json: Json = False) -> None:
    """Count images by month of capture, or else of upload.

    Example: `sightline ls --month 2026-11 --order taken`
    """

    async def work() -> None:
        async with open_client() as client:
            found = await client.timeline()
        if as_json:
            print_json(found.to_dict())
            return
        for each in found.months:
            OUT.print(f"{each.month}  {each.images:>7,}")
        ERR.print(format_count(found.images, "image"))

    run(work())


async def _print_images(
    found: AsyncIterator[ImageSummary], limit: int, ids: bool, as_json: bool
) -> None:
    """Print up to `limit` images as a table, ids or JSON."""
    images: list[ImageSummary] = []
    async for image in found:
        images.append(image)
        if as_json:
            print_json(image.to_dict())
        elif ids:
            OUT.print(image.id, markup=False)
        if len(images) == limit:
            break
    if ids or as_json:
        return
    if images:
        OUT.print(build_image_table(images, OUT.width))
    if not images:
        ERR.print("No images found.")
    elif len(images) == limit:
        ERR.print(f"[dim]Showing the first {limit}. Use --limit to show more.[/]")
