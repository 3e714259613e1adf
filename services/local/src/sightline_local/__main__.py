"""The command behind `make run` and `make demo`: `python -m sightline_local --help`."""

import argparse
import os
import sys
from pathlib import Path

from rich.console import Console

from sightline_local.compose import provision_from_environment, write_connection
from sightline_local.connection import FOLDER
from sightline_local.demo import find_token, run_demo
from sightline_local.emulators import CLOUDS
from sightline_local.provisioning import VISIBILITY_TIMEOUT_SECONDS
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
    running.add_argument(
        "--cloud",
        choices=CLOUDS,
        default=CLOUDS[0],
        help="what answers as AWS; ministack bears a deep backlog (default: %(default)s)",
    )
    showing = commands.add_parser("demo", help="send one picture through what is running")
    showing.add_argument("picture", type=Path, nargs="?", help="a photograph of yours")
    commands.add_parser("token", help="print an access token of the demo user, for trying things")
    making = commands.add_parser("provision", help="make what the services need, in containers")
    making.add_argument(
        "--visibility",
        type=int,
        default=VISIBILITY_TIMEOUT_SECONDS,
        help="seconds for which the queues hide a received message (default: %(default)s)",
    )
    finding = commands.add_parser("card", help="let the demo find a stack that runs in containers")
    finding.add_argument("--api", default="http://127.0.0.1:8000", help="(default: %(default)s)")
    finding.add_argument(
        "--cognito", default="http://127.0.0.1:8001", help="(default: %(default)s)"
    )
    arguments = parser.parse_args()

    console = Console()
    try:
        match arguments.command:
            case "run":
                run(arguments.port, arguments.folder, console, arguments.cloud)
            case "demo":
                run_demo(arguments.image_path, arguments.folder, console)
            case "token":
                print(find_token(arguments.folder))
            case "provision":
                resources = provision_from_environment(os.environ, arguments.visibility)
                console.print(resources, soft_wrap=True)
            case "card":
                connection = write_connection(arguments.folder, arguments.api, arguments.cognito)
                console.print(f"`make demo` now talks to {connection.api}", highlight=False)
    except StackError as error:
        Console(stderr=True).print(f"[red]sightline:[/] {error}", highlight=False, soft_wrap=True)
        sys.exit(1)


if __name__ == "__main__":
    main()
