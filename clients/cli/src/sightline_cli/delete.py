"""`sightline rm`."""

from typing import Annotated

import typer

from sightline_cli.arguments import STDIN, ImageIds, resolve_images
from sightline_cli.formatting import format_count
from sightline_cli.runner import ERR, Exit, Json, open_client, print_error, print_json, run

SkipConfirmation = Annotated[bool, typer.Option("--yes", "-y", help="Delete without confirmation.")]


def rm(images: ImageIds, yes: SkipConfirmation = False, as_json: Json = False) -> None:
    """Delete images permanently.

    Example: `sightline search Receipt --ids | sightline rm - --yes`
    """

    if STDIN in images and not yes:
        raise typer.BadParameter("cannot confirm while reading ids from standard input; add --yes")

    async def work() -> int:
        async with open_client() as client:
            ids = await resolve_images(client, images)
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
        if missing:
            return print_error(
                f"{format_count(len(missing), 'image')} not found: "
                f"{', '.join(sorted(missing)[:3])}",
                code=Exit.NOT_FOUND,
            )
        return 0

    run(work())
