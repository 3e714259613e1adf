"""`sightline rm`."""

from typing import Annotated

import typer

from sightline_cli.arguments import STDIN, ImageIds, find_images
from sightline_cli.runner import ERR, Exit, Json, fail, open_client, print_json, run

Sure = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")]


def rm(images: ImageIds, yes: Sure = False, as_json: Json = False) -> None:
    """Delete pictures for good: `sightline search Receipt --ids | sightline rm - --yes`."""

    if STDIN in images and not yes:
        raise typer.BadParameter("ids come from standard input, so nobody can be asked: add --yes")

    async def work() -> int:
        async with open_client() as client:
            ids = await find_images(client, images)
            what = "this picture" if len(ids) == 1 else f"these {len(ids):,} pictures"
            if ids and not yes:
                typer.confirm(f"Delete {what} for good?", abort=True, err=True)
            missing = set(await client.delete_all(ids))
        if as_json:
            for image_id in ids:
                print_json({"id": image_id, "deleted": image_id not in missing})
        else:
            ERR.print(f"deleted {len(ids) - len(missing):,}")
        if missing:
            fail(f"{len(missing)} of them were not there: {', '.join(sorted(missing)[:3])}")
            return Exit.NOT_FOUND
        return 0

    run(work())
