"""`make run`: everything on this machine until Ctrl-C."""

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

#: Seconds between looks at whether every process is still there.
WATCH_SECONDS = 0.25


def run(first_port: int, folder: Path, console: Console, cloud: Cloud = "moto") -> None:
    """Start, say where everything is, and stay until a signal. Raises `StackError`."""
    stopped = threading.Event()

    def stop(_: int, __: FrameType | None) -> None:
        stopped.set()

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, stop)
    began = time.monotonic()
    with Stack(consecutive_ports(first_port), folder, cloud=cloud, web=BUILD_FOLDER) as stack:
        try:
            with console.status("starting") as status:

                def on_ready(name: str) -> None:
                    console.print(f"[green]✓[/] {name}")
                    status.update("starting the next")
                    if stopped.is_set():
                        raise StackError("stopped before everything had started")

                stack.start(on_ready)
            connection = Connection.from_stack(stack)
            connection.write(folder)
            write_outputs(stack, folder)
            _print_summary(console, connection, time.monotonic() - began, folder)
            _watch(stack, stopped)
            console.print("\nstopping")
        finally:
            remove_connection(folder)
            remove_outputs(folder)
    console.print("everything is stopped")


def _watch(stack: Stack, stopped: threading.Event) -> None:
    while not stopped.wait(WATCH_SECONDS):
        if name := stack.find_exited():
            raise stack.describe_exit(name)


def _print_summary(console: Console, connection: Connection, seconds: float, folder: Path) -> None:
    console.print(
        f"""
[bold]Sightline is running[/] (healthy after {seconds:.1f} s)

  Open         {connection.web or "the web application has not been built: see above"}
  API          {connection.api}
  Try it out   {connection.api}/docs  (Authorize with what [bold]make -s token[/] prints)
  Demo user    {connection.email}  password  {connection.password}
  Logs         {folder / "logs"}

In a second terminal: [bold]make demo[/] or [bold]make demo PICTURE=photo.jpg[/]
Text in pictures is read, and labels say what can be computed; [bold]make models[/] fetches a
detector that knows things.
Everything is in memory and gone at the end. Ctrl-C stops it.
""",
        highlight=False,
    )
