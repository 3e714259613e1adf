"""`sightline rm`, `trash` and `restore`."""

from collections.abc import Collection
from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table

from sightline_cli.arguments import STDIN, DryRun, ImageIds, resolve_images
from sightline_cli.formatting import format_count, format_image
from sightline_cli.runner import ERR, OUT, Exit, Json, open_client, print_error, print_json, run
from sightline_client import AsyncSightline
from sightline_client.errors import NotFound

#: Images that `trash` lists by default.
DEFAULT_LIMIT = 50

MAX_PAGE_SIZE = 100

TrashedIds = Annotated[
    list[str],
    typer.Argument(
        metavar="ID...",
        help="Image ids. `-` reads ids from standard input.",
        show_default=False,
    ),
]

SkipConfirmation = Annotated[bool, typer.Option("--yes", "-y", help="Delete without confirmation.")]

Permanent = Annotated[
    bool,
    typer.Option("--permanent", help="Delete the images for good, also those in the trash."),
]


def rm(
    images: ImageIds,
    yes: SkipConfirmation = False,
    permanent: Permanent = False,
    dry_run: DryRun = False,
    as_json: Json = False,
) -> None:
    """Move images to the trash; `sightline restore` brings them back.

    Example: `sightline search Receipt --ids | sightline rm - --yes`
    """

    if STDIN in images and not (yes or dry_run):
        raise typer.BadParameter("cannot confirm while reading ids from standard input; add --yes")

    async def work() -> int:
        async with open_client() as client:
            ids = await resolve_images(client, images)
            if dry_run:
                return await _preview(client, ids, as_json)
            if ids and not yes:
                count = format_count(len(ids), "image")
                question = f"Delete {count} permanently?" if permanent else f"Delete {count}?"
                typer.confirm(question, abort=True, err=True)
            missing = set(await client.delete_many(ids, permanent=permanent))
        if as_json:
            for image_id in ids:
                print_json({"id": image_id, "deleted": image_id not in missing})
        else:
            action = "Deleted" if permanent else "Moved to the trash:"
            ERR.print(f"{action} {format_count(len(ids) - len(missing), 'image')}")
        return _report_missing(missing)

    run(work())


def trash(
    limit: Annotated[
        int, typer.Option("--limit", "-n", min=1, help="Maximum number of results.")
    ] = DEFAULT_LIMIT,
    ids: Annotated[bool, typer.Option("--ids", "-q", help="Print ids only, one per line.")] = False,
    as_json: Json = False,
) -> None:
    """List the images in the trash.

    Example: `sightline trash --ids | sightline rm - --permanent --yes`
    """

    async def work() -> None:
        table = Table(box=None, header_style="dim", pad_edge=False)
        for name in ("id", "title", "deleted for good after"):
            table.add_column(name)
        count = 0
        async with open_client() as client:
            async for each in client.trash(min(limit, MAX_PAGE_SIZE)):
                count += 1
                if as_json:
                    print_json(each.to_dict())
                elif ids:
                    OUT.print(each.image.id, markup=False)
                else:
                    title = escape(each.image.title or "")
                    table.add_row(each.image.id, title, f"{each.purged_at.astimezone():%Y-%m-%d}")
                if count == limit:
                    break
        if not (as_json or ids):
            if count:
                OUT.print(table)
            else:
                ERR.print("The trash is empty.")

    run(work())


def restore(images: TrashedIds, as_json: Json = False) -> None:
    """Restore images from the trash.

    Example: `sightline trash --ids | sightline restore -`
    """

    async def work() -> int:
        async with open_client() as client:
            ids = await resolve_images(client, images)
            missing = set(await client.restore_many(ids))
        if as_json:
            for image_id in ids:
                print_json({"id": image_id, "restored": image_id not in missing})
        else:
            ERR.print(f"Restored {format_count(len(ids) - len(missing), 'image')}")
        return _report_missing(missing)

    run(work())


async def _preview(client: AsyncSightline, ids: list[str], as_json: bool) -> int:
    """Print the images that would be deleted."""
    missing = set[str]()
    for image_id in ids:
        try:
            image = await client.image(image_id)
        except NotFound:
            missing.add(image_id)
            continue
        if as_json:
            print_json({"id": image_id, "deleted": False})
        else:
            OUT.print(f"would delete {format_image(image)}", soft_wrap=True)
    return _report_missing(missing)


def _report_missing(missing: Collection[str]) -> int:
    if not missing:
        return 0
    ids = ", ".join(sorted(missing)[:3])
    return print_error(
        f"{format_count(len(missing), 'image')} not found: {ids}", code=Exit.NOT_FOUND
    )
