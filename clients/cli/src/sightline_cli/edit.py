"""`sightline edit` and `reprocess`."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from enum import StrEnum
from typing import Annotated, Any

import typer
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeRemainingColumn,
)

from sightline_cli.arguments import DryRun, ImageIds, resolve_images
from sightline_cli.formatting import format_count, format_image
from sightline_cli.positions import parse_position
from sightline_cli.processing import wait_for_all
from sightline_cli.runner import (
    ERR,
    OUT,
    Exit,
    Json,
    combine_exit_codes,
    open_client,
    print_json,
    report_error,
    run,
)
from sightline_cli.times import parse_capture_time
from sightline_client import UNSET, AsyncSightline, Feature, ImageView
from sightline_client.errors import (
    Conflict,
    InvalidRequest,
    NotFound,
    PreconditionFailed,
    Problem,
)
from sightline_client.generated.models import ItemOutcome, ReprocessRequestPartsItem
from sightline_client.generated.types import Unset

#: Errors that concern one image, not the whole batch.
IMAGE_ERRORS = (NotFound, InvalidRequest, Conflict, PreconditionFailed)

#: Images of one request.
BATCH_SIZE = 100


class Rotation(StrEnum):
    """Degrees clockwise."""

    NONE = "0"
    QUARTER = "90"
    HALF = "180"
    THREE_QUARTERS = "270"


def edit(
    images: ImageIds,
    title: Annotated[
        str | None,
        typer.Option("--title", metavar="TEXT", help="New title. An empty text removes it."),
    ] = None,
    description: Annotated[
        str | None,
        typer.Option(metavar="TEXT", help="New description. An empty text removes it."),
    ] = None,
    add_label: Annotated[
        list[str] | None,
        typer.Option("--add-label", metavar="LABEL", help="Add this label. Repeatable."),
    ] = None,
    remove_label: Annotated[
        list[str] | None,
        typer.Option(
            "--remove-label", metavar="LABEL", help="Remove or hide this label. Repeatable."
        ),
    ] = None,
    taken: Annotated[
        str | None,
        typer.Option(
            "--taken",
            metavar="TIME",
            help="Correct the time of capture: `2021-07-03 14:05`, with `+02:00` if the offset "
            "from UTC is known, or a shift such as `+2h` or `-1d`. An empty text restores the "
            "time of the file.",
        ),
    ] = None,
    position: Annotated[
        str | None,
        typer.Option(
            "--position",
            metavar="LAT,LON|none|file",
            help="Correct the position: degrees north and east such as `38.7109,-9.1366`. `none` "
            "hides it, `file` restores that of the file.",
        ),
    ] = None,
    rotate: Annotated[
        Rotation | None,
        typer.Option(
            "--rotate",
            help="Rotate clockwise by these degrees from the orientation of the file. 0 restores "
            "it.",
        ),
    ] = None,
    favorite: Annotated[
        bool | None,
        typer.Option("--favorite/--no-favorite", help="Mark as a favorite.", show_default=False),
    ] = None,
    archive: Annotated[
        bool | None,
        typer.Option(
            "--archive/--unarchive",
            help="Move out of the timeline, or back into it. Searches and albums keep the image.",
            show_default=False,
        ),
    ] = None,
    rating: Annotated[
        int | None,
        typer.Option(min=0, max=5, metavar="STARS", help="Rate with 1 to 5 stars; 0 removes it."),
    ] = None,
    as_json: Json = False,
) -> None:
    """Change the texts, labels, time, position, rotation, rating or place in the archive.

    Up to 100 images are updated with each request.

    Example: `sightline search Beach --ids | sightline edit - --add-label Holiday --favorite`
    """
    taken_at = UNSET if taken is None else parse_capture_time(taken)
    shift = taken_at if isinstance(taken_at, timedelta) else None
    texts = {"title": _read_text(title), "description": _read_text(description)}
    fields: dict[str, Any] = {name: text for name, text in texts.items() if text is not UNSET}
    if shift is not None:
        fields["taken_at_shift"] = shift
    elif not isinstance(taken_at, Unset):
        fields["taken_at_override"] = taken_at
    if position is not None:
        fields["position_override"] = parse_position(position)
    if rotate is not None:
        fields["rotation"] = int(rotate.value)
    flags = {"favorite": favorite, "archived": archive, "rating": rating}
    fields |= {name: value for name, value in flags.items() if value is not None}
    labels = {"add_labels": add_label, "remove_labels": remove_label}
    fields |= {name: value for name, value in labels.items() if value}
    if not fields:
        raise typer.BadParameter(
            "provide --title, --description, --add-label, --remove-label, --taken, --position, "
            "--rotate, --favorite, --archive or --rating"
        )

    async def work() -> int:
        async with open_client() as client:
            ids = await resolve_images(client, images)
            outcomes = await _update_all(client, ids, fields)
            updated = [each.id for each in outcomes if not each.problem]
            if as_json:
                for image_id in updated:
                    print_json((await client.image(image_id)).to_dict())
            else:
                ERR.print(f"Updated {format_count(len(updated), 'image')}")
        return _report_failures(outcomes)

    run(work())


def reprocess(
    images: ImageIds,
    part: Annotated[
        list[ReprocessRequestPartsItem] | None,
        typer.Option(help="Part to process. Default: all. Repeatable."),
    ] = None,
    feature: Annotated[
        list[Feature] | None,
        typer.Option(help="Recognition feature to run. Default: as before. Repeatable."),
    ] = None,
    wait: Annotated[
        bool, typer.Option("--wait", "-w", help="Wait until processing has finished.")
    ] = False,
    dry_run: DryRun = False,
    as_json: Json = False,
) -> None:
    """Process images again, for example with other features or after an error.

    Recognition is charged again.

    Example: `sightline ls --status failed --ids | sightline reprocess -`
    """

    async def change(client: AsyncSightline, image_id: str) -> ImageView:
        if dry_run:
            return await client.image(image_id)
        return await client.reprocess(image_id, parts=part, features=feature)

    async def work() -> int:
        async with open_client() as client:
            ids = await resolve_images(client, images)
            verb = "would reprocess" if dry_run else "Reprocessing"
            changed, code = await _change_all(client, ids, change, verb, as_json)
            failed = 0
            if wait and not dry_run:
                failed = await wait_for_all(client, changed, as_json)
        return combine_exit_codes([code, Exit.FAILED if failed else 0])

    run(work())


async def _update_all(
    client: AsyncSightline, ids: list[str], fields: dict[str, Any]
) -> list[ItemOutcome]:
    """Update the images in requests of up to 100; return the outcome of each.

    Each request has an idempotency key, so that a retry does not shift a time twice.
    """
    columns = TextColumn("Updating"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn()
    outcomes: list[ItemOutcome] = []
    with Progress(*columns, console=ERR, transient=True) as progress:
        task = progress.add_task("", total=len(ids))
        for start in range(0, len(ids), BATCH_SIZE):
            outcomes += await client.update_many(ids[start : start + BATCH_SIZE], **fields)
            progress.update(task, completed=len(outcomes))
    return outcomes


def _report_failures(outcomes: list[ItemOutcome]) -> int:
    """Print why images were not updated; return the exit code."""
    codes = [
        report_error(Problem.from_body(each.problem, {}), subject=each.id)
        for each in outcomes
        if each.problem
    ]
    if codes:
        ERR.print(f"[red]{format_count(len(codes), 'image')} failed[/]")
    return combine_exit_codes(codes)


async def _change_all(
    client: AsyncSightline,
    ids: list[str],
    change: Callable[[AsyncSightline, str], Awaitable[ImageView]],
    verb: str,
    as_json: bool,
) -> tuple[list[str], int]:
    """Change the images; return the ids of those that were changed, and the exit code.

    An error of one image does not stop the others.
    """
    changed: list[str] = []
    codes: list[int] = []
    for image_id in ids:
        try:
            image = await change(client, image_id)
        except IMAGE_ERRORS as error:
            codes.append(report_error(error, subject=image_id))
            continue
        changed.append(image_id)
        if as_json:
            print_json(image.to_dict())
        else:
            OUT.print(f"{verb} {format_image(image)}", soft_wrap=True)
    if codes:
        ERR.print(f"[red]{format_count(len(codes), 'image')} failed[/]")
    return changed, combine_exit_codes(codes)


def _read_text(text: str | None) -> str | Unset | None:
    """Return None, which removes a text, for an empty one."""
    return UNSET if text is None else text or None
