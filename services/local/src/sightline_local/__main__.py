"""Command line behind `make run` and `make demo`: `python -m sightline_local --help`."""

import argparse
import os
import sys
from pathlib import Path

from rich.console import Console
from rich.markup import escape

from sightline_local.compose import provision_from_environment, write_connection
from sightline_local.connection import FOLDER
from sightline_local.demo import find_token, run_demo
from sightline_local.emulators import CLOUDS
from sightline_local.environment import ignore_user_settings
from sightline_local.errors import StackError
from sightline_local.provisioning import VISIBILITY_TIMEOUT_SECONDS
from sightline_local.run import reset, run


def main() -> None:
    parser = argparse.ArgumentParser(prog="sightline_local", description="Run Sightline locally.")
    parser.add_argument(
        "--folder",
        type=Path,
        default=FOLDER,
        help="folder for data, logs and the connection file (default: %(default)s)",
    )
    commands = parser.add_subparsers(dest="command", required=True)
    running = commands.add_parser("run", help="run all of Sightline on this machine")
    running.add_argument(
        "--port",
        type=int,
        default=8000,
        help="port of the API; the other processes take the ports after it; 0 picks free ports "
        "(default: %(default)s)",
    )
    running.add_argument(
        "--cloud",
        choices=CLOUDS,
        default=CLOUDS[0],
        help="AWS emulator; moto keeps everything in memory only (default: %(default)s)",
    )
    running.add_argument(
        "--fresh", action="store_true", help="delete the photos and users of earlier runs first"
    )
    running.add_argument(
        "--traces",
        action="store_true",
        help="record traces of every request and image, and show them",
    )
    commands.add_parser("reset", help="delete the photos and users of earlier runs")
    demo = commands.add_parser("demo", help="send one image through the running stack")
    demo.add_argument("image", type=Path, nargs="?", help="image file (default: a drawn sample)")
    commands.add_parser("token", help="print an access token of the demo user")
    provisioning = commands.add_parser(
        "provision", help="create the AWS resources that the containers need"
    )
    provisioning.add_argument(
        "--visibility",
        type=int,
        default=VISIBILITY_TIMEOUT_SECONDS,
        help="visibility timeout of the queues, in seconds (default: %(default)s)",
    )
    connecting = commands.add_parser(
        "connection", help="write the connection file for a stack that runs in containers"
    )
    connecting.add_argument("--api", default="http://127.0.0.1:8000", help="(default: %(default)s)")
    connecting.add_argument(
        "--cognito", default="http://127.0.0.1:8001", help="(default: %(default)s)"
    )
    arguments = parser.parse_args()

    console = Console()
    if arguments.command != "provision":
        ignore_user_settings()
    try:
        match arguments.command:
            case "run":
                run(
                    arguments.port,
                    arguments.folder,
                    console,
                    arguments.cloud,
                    arguments.fresh,
                    arguments.traces,
                )
            case "reset":
                reset(arguments.folder, console)
            case "demo":
                run_demo(arguments.image, arguments.folder, console)
            case "token":
                print(find_token(arguments.folder))
            case "provision":
                resources = provision_from_environment(os.environ, arguments.visibility)
                console.print(resources, soft_wrap=True)
            case "connection":
                connection = write_connection(arguments.folder, arguments.api, arguments.cognito)
                console.print(f"`make demo` now uses {connection.api}", highlight=False)
    except (StackError, OSError) as error:
        Console(stderr=True).print(
            f"[red]sightline:[/] {escape(str(error))}", highlight=False, soft_wrap=True
        )
        sys.exit(1)


if __name__ == "__main__":
    main()
