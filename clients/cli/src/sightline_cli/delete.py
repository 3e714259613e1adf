"""`sightline rm`."""

from collections.abc import Collection
from typing import Annotated

import typer

from sightline_cli.arguments import STDIN, DryRun, ImageIds, resolve_images
from sightline_cli.formatting import format_count, format_image
from sightline_cli.runner import ERR, OUT, Exit, Json, open_client, print_error, print_json, run
from sightline_client import AsyncSightline
from sightline_client.errors import NotFound

SkipConfirmation = Annotated[bool, typer.Option("--yes", "-y", help="Delete without confirmation.")]


def rm(
    images: ImageIds,
    yes: SkipConfirmation = False,
    dry_run: DryRun = False,
    as_json: Json = False,
) -> None:
    """Delete images permanently.

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
                typer.confirm(
                    f"Delete {format_count(len(ids), 'image')} permanently?", abort=True, err=True
                )
            missing = set(await client.delete_many(ids))
        if as_json:
            for image_id in ids:
                print_json({"id": image_id, "deleted": image_id not in missing})
        else:
            ERR.print(f"Deleted {format_count(len(ids) - len(missing), 'image')}")
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
