"""`make run`: run the whole stack on this machine until Ctrl-C."""

import signal
import threading
import time
from pathlib import Path
from types import FrameType

from rich.console import Console

from sightline_local.connection import Connection, remove_connection
from sightline_local.emulators import Cloud
from sightline_local.outputs import remove_outputs, write_outputs
from sightline_local.stack import Stack, StackError, consecutive_ports
from sightline_local.web.settings import BUILD_FOLDER

#: Interval between checks that every process is alive.
WATCH_SECONDS = 0.25


def run(first_port: int, folder: Path, console: Console, cloud: Cloud = "moto") -> None:
    """Start the stack, print its URLs and wait for a signal. Raises `StackError`."""
    stopped = threading.Event()

    def stop(_: int, __: FrameType | None) -> None:
        stopped.set()

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, stop)
    began = time.monotonic()
    with Stack(consecutive_ports(first_port), folder, cloud=cloud, web=BUILD_FOLDER) as stack:
        try:
            with console.status("Starting") as status:

                def on_ready(name: str) -> None:
                    console.print(f"[green]✓[/] {name}")
                    status.update("Starting the next process")
                    if stopped.is_set():
                        raise StackError("stopped before all processes had started")

                stack.start(on_ready)
            connection = Connection.from_stack(stack)
            connection.write(folder)
            write_outputs(stack, folder)
            _print_summary(console, connection, time.monotonic() - began, folder)
            _watch(stack, stopped)
            console.print("\nStopping…")
        finally:
            remove_connection(folder)
            remove_outputs(folder)
    console.print("All processes have stopped.")


def _watch(stack: Stack, stopped: threading.Event) -> None:
    while not stopped.wait(WATCH_SECONDS):
        if name := stack.find_exited():
            raise stack.describe_exit(name)


def _print_summary(console: Console, connection: Connection, seconds: float, folder: Path) -> None:
    console.print(
        f"""
[bold]Sightline is running[/] (healthy after {seconds:.1f} s)

  Web app      {connection.web or "not built, see above"}
  API          {connection.api}
  API docs     {connection.api}/docs
  Sign in      {connection.email} / {connection.password}
  Logs         {folder / "logs"}

In a second terminal:
  [bold]make demo[/]                   send a sample image
  [bold]make demo IMAGE=photo.jpg[/]   send your own
  [bold]make -s token[/]               print an access token for the API docs
  [bold]make models[/]                 download an object detector (42 MB, once)

All data is in memory and is lost when the stack stops. Press Ctrl-C to stop.
""",
        highlight=False,
    )
