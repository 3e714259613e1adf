"""The operator's tool: `python -m sightline_ops --help`.

Nothing is changed without --apply. Ends with 0 where nothing is amiss (any more), 1 where something
is, 2 where the command is wrong, 3 where the stack cannot be reached.
"""

import argparse
import asyncio
import json
import sys
from contextlib import AsyncExitStack
from datetime import timedelta
from pathlib import Path
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError
from pydantic import ValidationError
from rich.console import Console
from rich.table import Table

from sightline.domain.ids import image_id_adapter, owner_adapter
from sightline.domain.images import PART_NAMES
from sightline.domain.object_keys import ImageKey
from sightline_ops.dead_letters import DeadMessage, list_dead, redrive
from sightline_ops.history import explain
from sightline_ops.reconcile import Finding, Reconciler
from sightline_ops.stack import Places, Stack, UnknownStack

WELL, AMISS, WRONG, AWAY = 0, 1, 2, 3

#: Where `make run` tells where everything is.
HERE = Path(".sightline/outputs.json")

#: Answers are for stdout, so that `--json | jq` works; what happens meanwhile is for stderr.
_answers = Console(highlight=False, soft_wrap=True)
_progress = Console(stderr=True, highlight=False, soft_wrap=True)


async def tell_dead(stack: Stack, given: argparse.Namespace) -> int:
    messages = await list_dead(stack.sqs, stack.places.dead(given.queue), given.limit)
    if given.json:
        _print_json([_describe_dead(message) for message in messages])
    elif messages:
        table = Table("set aside", "sent", "tells of")
        for message in messages:
            images = message.images
            told = (
                "[red]unreadable[/]: " + message.body[:60]
                if images is None
                else ", ".join(f"{key.owner} {key.image_id}" for key in images)
            )
            table.add_row(message.message_id, f"{message.sent_at:%Y-%m-%d %H:%M:%S}", told)
        _answers.print(table)
    if not given.json:
        _answers.print(f"{len(messages)} messages are set aside in {given.queue}")
    return AMISS if messages else WELL


async def redrive_dead(stack: Stack, given: argparse.Namespace) -> int:
    places = stack.places
    if not given.apply:
        code = await tell_dead(stack, given)
        _progress.print("nothing was sent: with --apply these go back to their queue")
        return code
    moved = 0
    messages = redrive(
        stack.sqs,
        places.dead(given.queue),
        places.queue(given.queue),
        given.rate,
        given.limit,
        given.unreadable,
    )
    with _progress.status("sending back") as status:
        async for message in messages:
            moved += 1
            status.update(f"sent back {moved}, {given.rate:g} a second")
            if given.json:
                _print_json(_describe_dead(message))
    left = await list_dead(stack.sqs, places.dead(given.queue), given.limit)
    _progress.print(f"{moved} messages sent back to {given.queue}; {len(left)} stay set aside")
    return AMISS if left else WELL


async def tell_image(stack: Stack, given: argparse.Namespace) -> int:
    found = await explain(stack, ImageKey(given.owner, given.image_id))
    if given.json:
        _print_json(found)
    else:
        _show_image(found)
    return WELL if found["status"] in {"ready", "failed", "awaiting_upload"} else AMISS


async def reconcile(stack: Stack, given: argparse.Namespace) -> int:
    reconciler = Reconciler(stack, timedelta(minutes=given.older_than))
    open_findings = mended = 0
    with _progress.status("looking") as status:
        async for finding in reconciler.find():
            done = given.apply and finding.can_be_mended and await reconciler.mend(finding)
            mended += done
            # What had mended itself in between is amiss no more either.
            open_findings += not given.apply or not finding.can_be_mended
            _tell_finding(finding, done, given)
            status.update(f"looked at {reconciler.seen}")
    _progress.print(
        f"looked at {reconciler.seen} objects and rows: {open_findings} amiss, {mended} mended"
    )
    if open_findings and not given.apply:
        _progress.print("nothing was changed: --apply mends them, each looked at once more before")
    return AMISS if open_findings else WELL


def _tell_finding(finding: Finding, done: bool, given: argparse.Namespace) -> None:
    if given.json:
        _print_json(
            {
                "kind": finding.kind,
                **finding.image._asdict(),
                "detail": finding.detail,
                "mended": done,
            }
        )
        return
    what = "[green]mended[/]" if done else "[yellow]found[/] "
    image = finding.image
    _answers.print(f"{what} {finding.kind}: {image.owner} {image.image_id} {finding.detail}")


def _show_image(found: dict[str, Any]) -> None:
    _answers.print(f"[bold]{found['image_id']}[/] of {found['owner']}: {found['status'] or 'gone'}")
    for event in found["events"]:
        _answers.print(f"  {event['at'][:19]}  {event['what']}")
    for name, part in found["parts"].items():
        _answers.print(f"  {name}: {part['state']}, revision {part['revision']}")
    original = found["original"]
    size = f"{original['bytes']:,} bytes" if original else "[red]not there[/]"
    _answers.print(f"  original: {size}; renditions: {len(found['renditions'])}")
    if found["row"]:
        _answers.print(f"  labels: {len(found['labels'])}; albums: {len(found['albums'])}")
    for sentence in found["advice"]:
        _answers.print(f"→ {sentence}")


def _describe_dead(message: DeadMessage) -> dict[str, Any]:
    images = message.images
    return {
        "message_id": message.message_id,
        "sent_at": message.sent_at.isoformat(),
        "images": images and [key._asdict() for key in images],
        "body": message.body,
    }


def _print_json(value: Any) -> None:
    print(json.dumps(value, ensure_ascii=False))


def _parse(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="sightline_ops",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "--stack",
        type=Path,
        default=HERE,
        help="what `terraform output -json` prints; else what `make run` leaves (%(default)s)",
    )
    parser.add_argument("--json", action="store_true", help="answer in JSON, for programs")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    dead = commands.add_parser("dead", help="look at what a queue has set aside, or send it back")
    what = dead.add_subparsers(dest="dead", required=True, metavar="list|redrive")
    listing = what.add_parser("list", help="show what was set aside; it stays there")
    sending = what.add_parser("redrive", help="send back what was set aside")
    for each in (listing, sending):
        each.add_argument("queue", choices=PART_NAMES)
        each.add_argument("--limit", type=_positive(int), default=1000, help="(%(default)s)")
    sending.add_argument("--apply", action="store_true", help="send them; else only show them")
    sending.add_argument(
        "--rate", type=_positive(float), default=5, help="messages a second (%(default)s)"
    )
    sending.add_argument(
        "--unreadable", action="store_true", help="also what nobody can read, which comes back"
    )
    image = commands.add_parser("image", help="explain one image: what happened, what to do")
    image.add_argument("owner", type=_checked(owner_adapter), help="the owner's Cognito sub")
    image.add_argument("image_id", type=_checked(image_id_adapter))
    checking = commands.add_parser("reconcile", help="compare S3 with the table, and mend")
    checking.add_argument("--apply", action="store_true", help="mend; else only report")
    checking.add_argument(
        "--older-than",
        type=float,
        default=60,
        metavar="MINUTES",
        help="leave alone what is younger: it may be under way (%(default)s)",
    )
    return parser.parse_args(arguments)


def _positive(kind: type[Any]) -> Any:
    def convert(text: str) -> Any:
        value = kind(text)
        if value <= 0:
            raise argparse.ArgumentTypeError("must be above 0")
        return value

    return convert


def _checked(adapter: Any) -> Any:
    def convert(text: str) -> str:
        try:
            return str(adapter.validate_python(text))
        except ValidationError:
            raise argparse.ArgumentTypeError(f"{text!r} cannot be one") from None

    return convert


async def _run(given: argparse.Namespace) -> int:
    async with AsyncExitStack() as exits:
        stack = await Stack.open(Places.read(given.stack), exits)
        match given.command:
            case "image":
                return await tell_image(stack, given)
            case "reconcile":
                return await reconcile(stack, given)
        return await (tell_dead if given.dead == "list" else redrive_dead)(stack, given)


def main(arguments: list[str] | None = None) -> None:
    given = _parse(arguments)
    try:
        code = asyncio.run(_run(given))
    except UnknownStack as error:
        _progress.print(f"[red]sightline_ops:[/] {error}")
        code = WRONG
    except (BotoCoreError, ClientError) as error:
        _progress.print(f"[red]sightline_ops:[/] the stack does not answer as it should: {error}")
        code = AWAY
    sys.exit(code)


if __name__ == "__main__":
    main()
