"""Inspect and repair a Sightline stack.

Nothing is changed without --apply. The exit code is 0 if there are no problems (any more), 1 if
there are, 2 if the command is invalid, and 3 if a request to the stack failed.
"""

import argparse
import asyncio
import json
import sys
import time
from contextlib import AsyncExitStack
from datetime import datetime, timedelta
from enum import IntEnum
from pathlib import Path
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError
from pydantic import ValidationError
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from sightline.deletion import TRASH_DAYS
from sightline.domain.ids import image_id_adapter, owner_adapter
from sightline.domain.images import PART_NAMES
from sightline.domain.object_keys import ImageKey
from sightline.ports.dead_letters import DeadLetter
from sightline.ports.schema_migration import MigrationProgress
from sightline_ops.adopt import adopt, find_adoptable
from sightline_ops.dead_letters import is_readable, parse_images
from sightline_ops.image_report import build_image_report
from sightline_ops.mfa_reset import MfaReset
from sightline_ops.purge import Purger
from sightline_ops.rebuild import Rebuilder
from sightline_ops.reconcile import Finding, Reconciler
from sightline_ops.replay import find_replayable, replay
from sightline_ops.restore import TableBackups, rehearse
from sightline_ops.stack import DEFAULT_OUTPUTS, InvalidOutputs, Stack, StackOutputs


class ExitCode(IntEnum):
    OK = 0
    PROBLEMS_FOUND = 1
    INVALID_COMMAND = 2
    REQUEST_FAILED = 3


#: What is younger, in minutes, is in progress to the report that a purge ends with.
PURGE_RECONCILE_MINUTES = 60.0

SECONDS_PER_HOUR = 3_600

#: Steps of one purge by default: a run is bounded, and the next one continues.
PURGE_LIMIT = 10_000

#: Statuses of an image that need no attention.
SETTLED_STATUSES = {"ready", "failed", "awaiting_upload"}

#: Results go to stdout, so that `--json | jq` works; progress and errors go to stderr.
_stdout = Console(highlight=False, soft_wrap=True)
_stderr = Console(stderr=True, highlight=False, soft_wrap=True)


async def list_dead_letters(stack: Stack, options: argparse.Namespace) -> ExitCode:
    letters = await stack.dead_letters[options.queue].list_messages(options.limit)
    if options.json:
        _print_json([_describe_letter(letter) for letter in letters])
        return _exit_code(bool(letters))
    if letters:
        table = Table("message", "sent at", "images")
        for letter in letters:
            table.add_row(
                letter.message_id, f"{letter.sent_at:%Y-%m-%d %H:%M:%S}", _format_images(letter)
            )
        _stdout.print(table)
    _stdout.print(f"Messages in the dead-letter queue of {options.queue}: {len(letters)}")
    return _exit_code(bool(letters))


async def redrive_dead_letters(stack: Stack, options: argparse.Namespace) -> ExitCode:
    if not options.apply:
        code = await list_dead_letters(stack, options)
        _stderr.print("Nothing was changed. Move the messages to their queue with --apply")
        return code
    dead_letters = stack.dead_letters[options.queue]
    moved = 0
    with _stderr.status("Redriving") as status:
        async for letter in dead_letters.redrive(
            options.rate,
            options.limit,
            lambda letter: options.include_unreadable or is_readable(letter),
        ):
            moved += 1
            status.update(f"Redriven: {moved}, {options.rate:g} per second")
            if options.json:
                _print_json(_describe_letter(letter))
    left = await dead_letters.list_messages(options.limit)
    _stderr.print(f"Redriven to {options.queue}: {moved}. Left: {len(left)}")
    return _exit_code(bool(left))


async def show_image(stack: Stack, options: argparse.Namespace) -> ExitCode:
    report = await build_image_report(stack, ImageKey(options.owner, options.image_id))
    if options.json:
        _print_json(report)
    else:
        _print_image_report(report)
    return _exit_code(report["status"] not in SETTLED_STATUSES)


async def reconcile(stack: Stack, options: argparse.Namespace) -> ExitCode:
    reconciler = Reconciler(stack, timedelta(minutes=options.older_than))
    problems = repaired = 0
    with _stderr.status("Checking") as status:
        async for finding in reconciler.find():
            is_repaired = (
                options.apply and finding.is_repairable and await reconciler.repair(finding)
            )
            repaired += is_repaired
            # A finding that no longer applied when it was checked again is no problem either.
            problems += not options.apply or not finding.is_repairable
            _print_finding(finding, is_repaired, options)
            status.update(f"Checked: {reconciler.checked}")
    _stderr.print(
        f"Objects and rows checked: {reconciler.checked}. Problems: {problems}. "
        f"Repaired: {repaired}"
    )
    if problems and not options.apply:
        _stderr.print("Nothing was changed. Repair with --apply; each finding is checked again")
    return _exit_code(bool(problems))


async def migrate(stack: Stack, options: argparse.Namespace) -> ExitCode:
    progress = MigrationProgress()
    with _stderr.status("Migrating" if options.apply else "Checking") as status:
        async for progress in stack.tables.migration.migrate_all(apply=options.apply):
            status.update(f"Checked: {progress.checked}. Outdated: {progress.outdated}")
    if options.json:
        _print_json(progress._asdict())
    else:
        _stdout.print(
            f"Items checked: {progress.checked}. Of an earlier schema version: "
            f"{progress.outdated}. Migrated: {progress.migrated}"
        )
    if progress.outdated and not options.apply:
        _stderr.print(
            "Nothing was changed. Migrate with --apply, while the services run; if it is "
            "interrupted, run the same command again to resume"
        )
    return _exit_code(bool(progress.outdated) and not options.apply)


async def rebuild(_: Stack, options: argparse.Namespace) -> ExitCode:
    found = repaired = 0
    async with AsyncExitStack() as exits:
        rebuilder = await Rebuilder.open(StackOutputs.read(options.stack), exits)
        async for finding in rebuilder.find():
            found += 1
            is_repaired = bool(options.apply and await rebuilder.repair(finding))
            repaired += is_repaired
            if options.json:
                description = {"kind": finding.kind, "owner": finding.owner}
                _print_json({**description, "detail": finding.detail, "repaired": is_repaired})
            else:
                result = "[green]repaired[/]" if is_repaired else "[yellow]found[/]   "
                _stdout.print(f"{result} {finding.kind}: {escape(finding.detail)}")
    _stderr.print(f"Problems: {found}. Repaired: {repaired}")
    if found and not options.apply:
        _stderr.print("Nothing was changed. Repair with --apply")
    return _exit_code(found > repaired)


async def purge(stack: Stack, options: argparse.Namespace) -> ExitCode:
    """Purge the trash, then report what `reconcile` finds."""
    purger = Purger(stack, timedelta(days=options.days))
    found = done = 0
    with _stderr.status("Purging") as status:
        async for step in purger.find():
            found += 1
            is_done = bool(options.apply and await purger.do(step))
            done += is_done
            if options.json:
                _print_json({"kind": step.kind, **step.image.key._asdict(), "done": is_done})
            status.update(f"Found: {found}")
            if found == options.limit:
                break
    _stderr.print(f"Steps of the purge: {found}. Done: {done}")
    if found and not options.apply:
        _stderr.print("Nothing was changed. Purge the trash with --apply")
    options.apply, options.older_than = False, PURGE_RECONCILE_MINUTES
    code = await reconcile(stack, options)
    return _exit_code(code is not ExitCode.OK or found > done)


async def adopt_images(stack: Stack, options: argparse.Namespace) -> ExitCode:
    found = adopted = 0
    with _stderr.status("Searching") as status:
        async for image in find_adoptable(stack, options.region):
            found += 1
            is_adopted = bool(options.apply and await adopt(stack, image))
            adopted += is_adopted
            if options.json:
                _print_json({**image.key._asdict(), "adopted": is_adopted})
            status.update(f"Found: {found}")
    _stderr.print(f"Images found: {found}. New home {stack.region}: {adopted}")
    if found and not options.apply:
        _stderr.print("Nothing was changed. Adopt the images with --apply")
    return _exit_code(bool(found) and not options.apply)


async def _show_restore_window(options: argparse.Namespace) -> ExitCode:
    async with AsyncExitStack() as exits:
        backups = await TableBackups.open(StackOutputs.read(options.stack), exits)
        earliest, latest = await backups.window()
    if options.json:
        _print_json({"earliest": earliest.isoformat(), "latest": latest.isoformat()})
    else:
        _stdout.print(f"The table can be restored to any second from {earliest} to {latest}")
    return ExitCode.OK


async def rehearse_restore(stack: Stack, options: argparse.Namespace) -> ExitCode:
    if not options.apply:
        code = await _show_restore_window(options)
        _stderr.print("Nothing was changed. Restore to a new table with --apply")
        return code
    started = time.monotonic()
    async with AsyncExitStack() as exits:
        with _stderr.status("Restoring") as status:
            result = await rehearse(
                StackOutputs.read(options.stack),
                stack.originals,
                options.time,
                exits,
                keep=options.keep,
                report=status.update,
            )
    minutes = (time.monotonic() - started) / 60
    if options.json:
        _print_json({**result._asdict(), "minutes": round(minutes, 1)})
    else:
        _stdout.print(
            f"Restored to {result.table}. Images: {result.images}. Originals uploaded since: "
            f"{result.uploaded_since}. Older originals without a row: {result.orphaned}. "
            f"Minutes: {minutes:.1f}"
        )
    return _exit_code(bool(result.orphaned))


async def replay_uploads(stack: Stack, options: argparse.Namespace) -> ExitCode:
    found = await find_replayable(stack, options.since)
    replayed = 0
    for listed in found:
        is_replayed = bool(options.apply and await replay(stack, listed))
        replayed += is_replayed
        if options.json:
            _print_json({"key": listed.key, "replayed": is_replayed})
        else:
            _stdout.print(f"{'replayed' if is_replayed else 'found   '} {listed.key}")
    _stderr.print(f"Originals without a row: {len(found)}. Replayed: {replayed}")
    if found and not options.apply:
        _stderr.print("Nothing was changed. Process them with --apply")
    return _exit_code(bool(found) and not options.apply)


async def reset_mfa(_: Stack, options: argparse.Namespace) -> ExitCode:
    async with AsyncExitStack() as exits:
        mfa = await MfaReset.open(StackOutputs.read(options.stack), exits)
        enabled = await mfa.is_enabled(options.email)
        is_reset = bool(enabled and options.apply)
        if is_reset:
            await mfa.reset(options.email)
    if options.json:
        _print_json({"email": options.email, "enabled": enabled, "reset": is_reset})
    elif is_reset:
        _stdout.print(f"{escape(options.email)} needs no code any more, and was signed out")
    else:
        _stdout.print(f"{escape(options.email)} needs {'a' if enabled else 'no'} code to sign in")
    if enabled and not options.apply:
        _stderr.print("Nothing was changed. Reset it with --apply, after you verified the identity")
    return _exit_code(enabled and not is_reset)


def _exit_code(has_problems: bool) -> ExitCode:
    return ExitCode.PROBLEMS_FOUND if has_problems else ExitCode.OK


def _format_images(letter: DeadLetter) -> str:
    images = parse_images(letter)
    if images is None:
        return "[red]unreadable[/]: " + escape(letter.body[:60])
    return ", ".join(f"{key.owner} {key.image_id}" for key in images)


def _describe_letter(letter: DeadLetter) -> dict[str, Any]:
    images = parse_images(letter)
    return {
        "message_id": letter.message_id,
        "sent_at": letter.sent_at.isoformat(),
        "images": images and [key._asdict() for key in images],
        "body": letter.body,
    }


def _print_finding(finding: Finding, is_repaired: bool, options: argparse.Namespace) -> None:
    if options.json:
        _print_json(
            {
                "kind": finding.kind,
                **finding.image._asdict(),
                "detail": finding.detail,
                "repaired": is_repaired,
            }
        )
        return
    result = "[green]repaired[/]" if is_repaired else "[yellow]found[/]   "
    image = finding.image
    _stdout.print(f"{result} {finding.kind}: {image.owner} {image.image_id} {finding.detail}")


def _print_image_report(report: dict[str, Any]) -> None:
    status = report["status"] or "not found"
    _stdout.print(f"[bold]{report['image_id']}[/] of owner {report['owner']}: {status}")
    for event in report["events"]:
        _stdout.print(f"  {event['at'][:19]}  {event['event']}")
    for name, part in report["parts"].items():
        _stdout.print(f"  {name}: {part['state']}, revision {part['revision']}")
    original = report["original"]
    size = f"{original['bytes']:,} bytes" if original else "[red]not found[/]"
    _stdout.print(f"  original: {size}; renditions: {len(report['renditions'])}")
    if report["row"]:
        _stdout.print(f"  labels: {len(report['labels'])}; albums: {len(report['albums'])}")
    for sentence in report["advice"]:
        _stdout.print(f"→ {sentence}")


def _print_json(value: Any) -> None:
    print(json.dumps(value, ensure_ascii=False))


def _parse(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="sightline-ops",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "--stack",
        type=Path,
        metavar="FILE",
        help="output of `terraform output -json` (default: the variable SIGHTLINE_STACK_OUTPUTS, "
        f"or the file of `make run`, {DEFAULT_OUTPUTS})",
    )
    parser.add_argument("--json", action="store_true", help="print JSON")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    _add_dlq_commands(commands)
    image = commands.add_parser("image", help="show the events and data of one image, with advice")
    image.add_argument(
        "owner", type=_validated(owner_adapter), metavar="OWNER", help="the owner's Cognito sub"
    )
    image.add_argument(
        "image_id", type=_validated(image_id_adapter), metavar="IMAGE_ID", help="the image's id"
    )
    image.set_defaults(run=show_image)
    reconciling = commands.add_parser(
        "reconcile", help="compare S3 with the table; find and repair inconsistencies"
    )
    reconciling.add_argument(
        "--apply", action="store_true", help="repair the findings (default: only list them)"
    )
    reconciling.add_argument(
        "--older-than",
        type=float,
        default=60,
        metavar="MINUTES",
        help="ignore what is younger, because it may be in progress (default: %(default)s)",
    )
    reconciling.set_defaults(run=reconcile)
    purging = commands.add_parser(
        "purge", help="delete images from the trash, finish deletions, and report as reconcile does"
    )
    purging.add_argument(
        "--days",
        type=_positive(float),
        default=TRASH_DAYS,
        help="days for which the trash keeps an image (default: %(default)s)",
    )
    purging.add_argument(
        "--limit",
        type=_positive(int),
        default=PURGE_LIMIT,
        help="maximum number of images; run the same command again to continue "
        "(default: %(default)s)",
    )
    purging.add_argument(
        "--apply", action="store_true", help="delete the images (default: only count them)"
    )
    purging.add_argument(
        "--every",
        type=_positive(float),
        metavar="HOURS",
        help="run again after this time, until it is stopped (default: run once)",
    )
    purging.set_defaults(run=purge)
    migrating = commands.add_parser(
        "migrate", help="bring all items of the table to the current schema version"
    )
    migrating.add_argument(
        "--apply", action="store_true", help="migrate them (default: only count them)"
    )
    migrating.set_defaults(run=migrate)
    resetting = commands.add_parser(
        "reset-mfa", help="let a user who has lost the authenticator app sign in without a code"
    )
    resetting.add_argument("email", metavar="EMAIL", help="email address of the user")
    resetting.add_argument(
        "--apply", action="store_true", help="reset it (default: only show whether it is enabled)"
    )
    resetting.set_defaults(run=reset_mfa)
    _add_restore_commands(commands)
    _add_region_commands(commands)
    return parser.parse_args(arguments)


def _add_restore_commands(commands: Any) -> None:
    restoring = commands.add_parser(
        "restore", help="restore the table to a new table, compare it with S3, and delete it"
    )
    restoring.add_argument(
        "time", type=_timestamp, metavar="TIME", help="such as 2026-11-26T12:00:00Z"
    )
    restoring.add_argument(
        "--apply", action="store_true", help="restore (default: only show the possible times)"
    )
    restoring.add_argument("--keep", action="store_true", help="keep the restored table")
    restoring.set_defaults(run=rehearse_restore)
    replaying = commands.add_parser(
        "replay", help="process uploads again whose rows a restore has lost"
    )
    replaying.add_argument(
        "--since",
        type=_timestamp,
        required=True,
        metavar="TIME",
        help="the time that the table was restored to; older originals are ignored",
    )
    replaying.add_argument(
        "--apply", action="store_true", help="process them (default: only list them)"
    )
    replaying.set_defaults(run=replay_uploads)


def _add_region_commands(commands: Any) -> None:
    adopting = commands.add_parser(
        "adopt", help="process the images of another region here, after a failover or fail back"
    )
    homes = adopting.add_mutually_exclusive_group(required=True)
    homes.add_argument(
        "--from",
        dest="region",
        metavar="REGION",
        help="adopt the unfinished images of this region; its consumers must not run",
    )
    homes.add_argument(
        "--unset",
        dest="region",
        action="store_const",
        const=None,
        help="adopt the images without a home, before a second region is added",
    )
    adopting.add_argument(
        "--apply", action="store_true", help="adopt them (default: only count them)"
    )
    adopting.set_defaults(run=adopt_images)
    rebuilding = commands.add_parser(
        "rebuild", help="compare index and counts with the images, after the loss of a region"
    )
    rebuilding.add_argument(
        "--apply", action="store_true", help="repair the findings (default: only list them)"
    )
    rebuilding.set_defaults(run=rebuild)


def _timestamp(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not a time in ISO 8601") from None
    if moment.tzinfo is None:
        raise argparse.ArgumentTypeError(f"{text!r} has no time zone; append Z for UTC")
    return moment


def _add_dlq_commands(commands: Any) -> None:
    dlq = commands.add_parser("dlq", help="list or redrive the messages of a dead-letter queue")
    actions = dlq.add_subparsers(dest="action", required=True, metavar="ACTION")
    listing = actions.add_parser("list", help="list the messages; they stay in the queue")
    listing.set_defaults(run=list_dead_letters)
    redriving = actions.add_parser("redrive", help="move the messages to their source queue")
    redriving.set_defaults(run=redrive_dead_letters)
    for each in (listing, redriving):
        each.add_argument("queue", choices=PART_NAMES, help="the source queue")
        each.add_argument(
            "--limit",
            type=_positive(int),
            default=1000,
            help="maximum number of messages (default: %(default)s)",
        )
    redriving.add_argument(
        "--apply", action="store_true", help="move the messages (default: only list them)"
    )
    redriving.add_argument(
        "--rate",
        type=_positive(float),
        default=5,
        help="messages per second (default: %(default)s)",
    )
    redriving.add_argument(
        "--include-unreadable",
        action="store_true",
        help="also move unreadable messages; they will be dead-lettered again",
    )


def _positive(kind: type[Any]) -> Any:
    def convert(text: str) -> Any:
        value = kind(text)
        if value <= 0:
            raise argparse.ArgumentTypeError("must be greater than 0")
        return value

    return convert


def _validated(adapter: Any) -> Any:
    def convert(text: str) -> str:
        try:
            return str(adapter.validate_python(text))
        except ValidationError:
            raise argparse.ArgumentTypeError(f"{text!r} is not valid") from None

    return convert


async def _run(options: argparse.Namespace) -> ExitCode:
    async with AsyncExitStack() as exits:
        stack = await Stack.open(StackOutputs.read(options.stack), exits)
        code: ExitCode = await options.run(stack, options)
        return code


def main(arguments: list[str] | None = None) -> None:
    options = _parse(arguments)
    code = _run_command(options)
    while getattr(options, "every", None) is not None:
        time.sleep(options.every * SECONDS_PER_HOUR)
        # A command may change its options.
        options = _parse(arguments)
        code = _run_command(options)
    sys.exit(code)


def _run_command(options: argparse.Namespace) -> ExitCode:
    """Run the command; print why it failed."""
    try:
        return asyncio.run(_run(options))
    except InvalidOutputs as error:
        _stderr.print(f"[red]sightline-ops:[/] {error}")
        return ExitCode.INVALID_COMMAND
    except (BotoCoreError, ClientError) as error:
        _stderr.print(f"[red]sightline-ops:[/] a request to the stack failed: {error}")
        return ExitCode.REQUEST_FAILED


if __name__ == "__main__":
    main()
