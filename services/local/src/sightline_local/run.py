"""`make run`: run the whole stack on this machine until Ctrl-C."""

import contextlib
import select
import shutil
import signal
import sys
import threading
import time
from pathlib import Path
from types import FrameType

from rich.console import Console

from sightline_local.connection import Connection, remove_connection
from sightline_local.emulators import CLOUDS, FREE_BYTES, Cloud
from sightline_local.errors import StackError
from sightline_local.outputs import outputs_path, remove_outputs, write_outputs
from sightline_local.purge_timer import PurgeTimer, purge_command
from sightline_local.recognition.model_catalog import Task, find_model
from sightline_local.recognition.settings import MODELS_FOLDER
from sightline_local.recovery import recover
from sightline_local.stack import Stack, consecutive_ports
from sightline_local.state_folder import StateFolder
from sightline_local.web.settings import BUILD_FOLDER

#: Interval between checks that every process is alive.
WATCH_SECONDS = 0.25

#: SIGHUP is sent when the terminal is closed, but only to the leader of its session. Where that is
#: `make`, which waits for this process, the terminal itself has to be watched.
STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def run(
    first_port: int,
    folder: Path,
    console: Console,
    cloud: Cloud = CLOUDS[0],
    fresh: bool = False,
    traces: bool = False,
) -> None:
    """Start the stack, print its URLs and wait for a signal. Raises `StackError`, `OSError`."""
    stopped = threading.Event()

    def stop(_: int, __: FrameType | None) -> None:
        stopped.set()

    for number in STOP_SIGNALS:
        # `nohup` has SIGHUP ignored; a shell does the same with SIGINT for a job in the background.
        if number != signal.SIGHUP or signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, stop)
    began = time.monotonic()
    with StateFolder(folder) as state:
        if fresh:
            state.reset()
        ports = consecutive_ports(first_port)
        with Stack(
            ports, folder, cloud=cloud, web=BUILD_FOLDER, state=state, traces=traces
        ) as stack:
            try:
                _start(stack, state, stopped, console)
                connection = Connection.from_stack(stack)
                connection.write(folder)
                _print_summary(console, connection, cloud, time.monotonic() - began, folder)
                _watch(stack, stopped, folder, console)
                _print(console, "\nStopping…")
                state.announce_stop()
            finally:
                remove_connection(folder)
                remove_outputs(folder)
        if cloud == "ministack" and state.is_unclean:
            raise StackError(
                f"the emulator could not save its state: the next start restores it, see "
                f"{stack.log('cloud')}"
            )
    _print(console, "All processes have stopped.")


def reset(folder: Path, console: Console) -> None:
    """Delete what earlier runs have kept. Raises `StackError` while one runs."""
    with StateFolder(folder) as state:
        deleted = state.reset()
    console.print("Deleted all photos and users." if deleted else "There is nothing to delete.")


def _start(stack: Stack, state: StateFolder, stopped: threading.Event, console: Console) -> None:
    unclean = stack.cloud == "ministack" and state.is_unclean
    with console.status("Starting") as status:

        def on_ready(name: str) -> None:
            console.print(f"[green]✓[/] {name}")
            status.update("Starting the next process")
            if stopped.is_set():
                raise StackError("stopped before all processes had started")

        stack.start_cloud(on_ready)
        write_outputs(stack, stack.folder)
        if unclean:
            # No service runs yet that could change what is repaired.
            console.print(recover(outputs_path(stack.folder)), highlight=False, soft_wrap=True)
        stack.start_services(on_ready)


def _watch(stack: Stack, stopped: threading.Event, folder: Path, console: Console) -> None:
    is_full = False
    purges = PurgeTimer(purge_command(outputs_path(folder)), stack.log("purge"))
    with contextlib.closing(purges):
        while not stopped.wait(WATCH_SECONDS) and not is_terminal_closed():
            if name := stack.find_exited():
                raise stack.describe_exit(name)
            purges.start_if_due()
            was_full, is_full = is_full, shutil.disk_usage(folder).free < FREE_BYTES
            if is_full and not was_full:
                limit = FREE_BYTES // 2**20
                _print(
                    console,
                    f"The disk has less than {limit} MB free: uploads fail until there is more.",
                )


def is_terminal_closed() -> bool:
    """Return whether standard output was a terminal that no longer exists."""
    output = sys.__stdout__
    if output is None or output.closed:
        return False
    poll = select.poll()
    poll.register(output.fileno(), 0)
    # A pipe without a reader reports POLLERR: `make run | head` goes on.
    return any(events & select.POLLHUP for _, events in poll.poll(0))


def _print(console: Console, text: str) -> None:
    """Print, also when the terminal has been closed: the processes have to be stopped anyway."""
    with contextlib.suppress(OSError, SystemExit):
        console.print(text, highlight=False, soft_wrap=True)


def _offer_models() -> str:
    """Return a line about the models to download, or nothing if they are installed."""
    if find_model(Task.OBJECTS, MODELS_FOLDER):
        return ""
    return "  [bold]make run MODELS=best[/]        find 80 kinds of objects, with boxes (42 MB)\n"


def _print_summary(
    console: Console, connection: Connection, cloud: Cloud, seconds: float, folder: Path
) -> None:
    if cloud == "ministack":
        kept = (
            f"Photos and users are kept in {folder}/state; `make reset` deletes them.\n"
            "Press Ctrl-C to stop."
        )
    else:
        kept = "All data is in memory and is lost when the stack stops. Press Ctrl-C to stop."
    web = connection.web or "not built, see above"
    traces = f"\n  Traces       {connection.traces}" if connection.traces else ""
    _print(
        console,
        f"""
[bold]Sightline is running[/] (healthy after {seconds:.1f} s)

  Open         {web}
  Sign in as   {connection.email}
  Password     {connection.password}
  Sent mail    {f"{connection.web}/mail" if connection.web else web}
  API          {connection.api}
  API docs     {connection.api}/docs
  Logs         {folder / "logs"}{traces}

Next, in a second terminal:
  [bold]make demo[/]                   send a sample image
  [bold]make demo IMAGE=photo.jpg[/]   send your own
  [bold]make -s token[/]               print an access token for the API docs
{_offer_models()}
{kept}
""",
    )
