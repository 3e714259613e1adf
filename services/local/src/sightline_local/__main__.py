"""The command behind `make run` and `make demo`: `python -m sightline_local --help`."""

import argparse
import sys
from pathlib import Path

from rich.console import Console

from sightline_local.card import FOLDER
from sightline_local.demo import demonstrate, find_token
from sightline_local.run import run
from sightline_local.stack import StackError


def main() -> None:
    parser = argparse.ArgumentParser(prog="sightline_local", description=__doc__)
    parser.add_argument(
        "--folder",
        type=Path,
        default=FOLDER,
        help="where logs and the running stack's card are kept (default: %(default)s)",
    )
    commands = parser.add_subparsers(dest="command", required=True)
    running = commands.add_parser("run", help="run all of Sightline on this machine")
    running.add_argument(
        "--port",
        type=int,
        default=8000,
        help="the API's port, the others follow it; 0 for any free ones (default: %(default)s)",
    )
    showing = commands.add_parser("demo", help="send one picture through what is running")
    showing.add_argument("picture", type=Path, nargs="?", help="a photograph of yours")
    commands.add_parser("token", help="print an access token of the demo user, for trying things")
    arguments = parser.parse_args()

    console = Console()
    try:
        if arguments.command == "run":
            run(arguments.port, arguments.folder, console)
        elif arguments.command == "demo":
            demonstrate(arguments.picture, arguments.folder, console)
        else:
            print(find_token(arguments.folder))
    except StackError as error:
        Console(stderr=True).print(f"[red]sightline:[/] {error}", highlight=False, soft_wrap=True)
        sys.exit(1)


if __name__ == "__main__":
    main()
