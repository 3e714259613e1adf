"""`sightline ls` and `search`: one list, with options, and words as arguments of `search`."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

import typer

from sightline_cli.arguments import InAlbum, resolve_album
from sightline_cli.formatting import build_image_table, format_count
from sightline_cli.runner import ERR, OUT, Json, open_client, print_json, run
from sightline_cli.times import parse_time
from sightline_client import ArchivedFilter, ImageSummary, ListOrder, SortOrder, Status

#: The API's limit of images per page.
MAX_PAGE_SIZE = 100

DEFAULT_LIMIT = 30

#: West, south, east and north, in degrees.
Box = tuple[float, float, float, float]

InStatus = Annotated[Status | None, typer.Option("--status", help="Filter by status.")]
WithLabels = Annotated[
    list[str] | None,
    typer.Option("--label", metavar="LABEL", help="Filter by label. Repeatable."),
]
Words = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="WORD...",
        help="Words of the title, description, camera, lens, place, labels or text. The last one "
        "may be the start of a word.",
    ),
]
InBox = Annotated[
    str | None,
    typer.Option(
        "--bbox",
        metavar="W,S,E,N",
        help="Taken within this box: west, south, east and north in degrees.",
    ),
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
IsFavorite = Annotated[
    bool | None,
    typer.Option("--favorite/--no-favorite", help="Filter by favorites.", show_default=False),
]
InArchive = Annotated[
    ArchivedFilter | None,
    typer.Option(
        "--archived",
        help="Filter by archived images. Default: `any` for a search, else `false`.",
        show_default=False,
    ),
]
MinRating = Annotated[
    int | None,
    typer.Option("--min-rating", min=1, max=5, metavar="STARS", help="Minimum rating, in stars."),
]
Sort = Annotated[
    SortOrder | None,
    typer.Option(
        "--sort",
        help="List the newest or the oldest first; an album without --sort and --order has its own "
        "order.",
    ),
]
Order = Annotated[
    ListOrder | None,
    typer.Option(
        "--order",
        help="Order by the time of upload, or of capture and else of upload; or as the images of "
        "an album were arranged.",
    ),
]
Limit = Annotated[int, typer.Option("--limit", "-n", min=1, help="Maximum number of results.")]
OnlyIds = Annotated[bool, typer.Option("--ids", "-q", help="Print ids only, one per line.")]


@dataclass(frozen=True, slots=True)
class Selection:
    """Which images to list, and in which order; `album` is a title or an id."""

    labels: Sequence[str]
    without: Sequence[str]
    min_confidence: float | None
    text: Sequence[str]
    status: Status | None
    album: str | None
    bbox: Box | None
    since: datetime | None
    until: datetime | None
    taken_since: datetime | None
    taken_until: datetime | None
    sort: SortOrder | None
    month: str | None = None
    favorite: bool | None = None
    archived: ArchivedFilter | None = None
    min_rating: int | None = None
    order: ListOrder | None = None
    words: str | None = None


@dataclass(frozen=True, slots=True)
class Output:
    """How many images to print, and whether as ids or JSON."""

    limit: int
    ids: bool
    as_json: bool


def ls(
    label: WithLabels = None,
    without: WithoutLabels = None,
    min_confidence: MinConfidence = None,
    text: WithText = None,
    status: InStatus = None,
    album: InAlbum = None,
    bbox: InBox = None,
    since: Since = None,
    until: Until = None,
    taken_since: TakenSince = None,
    taken_until: TakenUntil = None,
    month: InMonth = None,
    favorite: IsFavorite = None,
    archived: InArchive = None,
    min_rating: MinRating = None,
    sort: Sort = None,
    order: Order = None,
    limit: Limit = DEFAULT_LIMIT,
    ids: OnlyIds = False,
    as_json: Json = False,
) -> None:
    """List images that match all filters.

    TIME is a date (`2026-07-01`, `2026-07-01T12:00:00`), or a time before now: `30m`, `12h`, `2d`,
    `3w`, `6mo`, `1y`.

    Example: `sightline ls --since 2d --not Person`
    """
    selection = Selection(
        labels=label or (),
        without=without or (),
        min_confidence=min_confidence,
        text=text or (),
        status=status,
        album=album,
        bbox=None if bbox is None else _parse_box(bbox),
        since=since,
        until=until,
        taken_since=taken_since,
        taken_until=taken_until,
        month=month,
        favorite=favorite,
        archived=archived,
        min_rating=min_rating,
        sort=sort,
        order=order,
    )
    run(_list(selection, Output(limit, ids, as_json)))


def search(
    words: Words = None,
    label: WithLabels = None,
    without: WithoutLabels = None,
    min_confidence: MinConfidence = None,
    text: WithText = None,
    status: InStatus = None,
    album: InAlbum = None,
    bbox: InBox = None,
    since: Since = None,
    until: Until = None,
    taken_since: TakenSince = None,
    taken_until: TakenUntil = None,
    month: InMonth = None,
    favorite: IsFavorite = None,
    archived: InArchive = None,
    min_rating: MinRating = None,
    sort: Sort = None,
    order: Order = None,
    limit: Limit = DEFAULT_LIMIT,
    ids: OnlyIds = False,
    as_json: Json = False,
) -> None:
    """Search images by words in any of their fields, and the filters of `ls`.

    Example: `sightline search lisbon nikon 2019 --label Dog --not Person`
    """
    selection = Selection(
        labels=label or (),
        without=without or (),
        min_confidence=min_confidence,
        text=text or (),
        status=status,
        album=album,
        bbox=None if bbox is None else _parse_box(bbox),
        since=since,
        until=until,
        taken_since=taken_since,
        taken_until=taken_until,
        month=month,
        favorite=favorite,
        archived=archived,
        min_rating=min_rating,
        sort=sort,
        order=order,
        words=" ".join(words or ()) or None,
    )
    run(_list(selection, Output(limit, ids, as_json)))


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


async def _list(selection: Selection, output: Output) -> None:
    async with open_client() as client:
        album = selection.album
        images = client.images(
            labels=selection.labels,
            without=selection.without,
            min_confidence=selection.min_confidence,
            text=selection.text,
            q=selection.words,
            status=selection.status,
            album=(await resolve_album(client, album)).id if album else None,
            bbox=selection.bbox,
            created_from=selection.since and selection.since.astimezone(),
            created_until=selection.until and selection.until.astimezone(),
            taken_from=selection.taken_since,
            taken_until=selection.taken_until,
            month=selection.month,
            favorite=selection.favorite,
            archived=selection.archived,
            rating_min=selection.min_rating,
            sort=selection.sort,
            order=selection.order,
            page_size=min(output.limit, MAX_PAGE_SIZE),
        )
        await _print_images(images, output)


def _parse_box(text: str) -> Box:
    """Raises `BadParameter` unless the text is four numbers."""
    try:
        west, south, east, north = map(float, text.split(","))
    except ValueError:
        raise typer.BadParameter("--bbox needs four numbers, as in -9.2,38.6,-9.0,38.8") from None
    return west, south, east, north


async def _print_images(found: AsyncIterator[ImageSummary], output: Output) -> None:
    """Print images as a table, ids or JSON."""
    images: list[ImageSummary] = []
    async for image in found:
        images.append(image)
        if output.as_json:
            print_json(image.to_dict())
        elif output.ids:
            OUT.print(image.id, markup=False)
        if len(images) == output.limit:
            break
    if output.ids or output.as_json:
        return
    if images:
        OUT.print(build_image_table(images, OUT.width))
    if not images:
        ERR.print("No images found.")
    elif len(images) == output.limit:
        ERR.print(f"[dim]Showing the first {output.limit}. Use --limit to show more.[/]")
