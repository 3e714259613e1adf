"""How commands run: the client, error reporting and exit codes.

0 success · 1 error (in a batch: at least one) · 2 usage error · 3 not signed in · 4 not found
5 server unreachable · 6 processing timeout · 129, 130, 143 stopped by SIGHUP, Ctrl-C, SIGTERM
"""

import asyncio
import contextlib
import hashlib
import json
import os
import signal
import sys
from collections.abc import Coroutine, Iterable
from contextvars import ContextVar
from enum import IntEnum
from typing import Annotated, Any, NoReturn

import typer
from rich.console import Console
from rich.markup import escape

from sightline_cli.access_token import parse_subject
from sightline_cli.formatting import format_path
from sightline_client import AsyncSightline, FolderJournal, RetryPolicy, Session, SightlineError
from sightline_client.errors import (
    InvalidConfiguration,
    MissingScope,
    NotFound,
    ProcessingTimeout,
    RenditionNotFound,
    SessionExpired,
    SignInRejected,
    Unauthorized,
    Unreachable,
)
from sightline_client.local_state import state_directory
from sightline_client.sessions import SessionStore, default_session_store

#: Line width where standard output is not a terminal.
PIPED_WIDTH = 160

#: Results go to standard output, messages to standard error, so that a pipe receives results only.
OUT = Console(highlight=False, width=None if sys.stdout.isatty() else PIPED_WIDTH)
ERR = Console(stderr=True, highlight=False)

#: The profile whose session this command uses.
PROFILE: ContextVar[str] = ContextVar("profile", default="default")

#: The API key that this command uses in place of a session.
API_KEY: ContextVar[str | None] = ContextVar("api_key", default=None)

Json = Annotated[bool, typer.Option("--json", help="Print JSON, one document per line.")]

#: Concurrent transfers, and the limit of `--concurrency`.
MAX_CONNECTIONS = 8
CONCURRENCY_LIMIT = 64


#: For interactive commands: report an unreachable server after about two seconds.
INTERACTIVE_RETRY = RetryPolicy(max_attempts=4)

#: For uploads and downloads: survive an outage of about half a minute.
TRANSFER_RETRY = RetryPolicy(max_attempts=8)


class Exit(IntEnum):
    """The exit codes."""

    FAILED = 1
    NOT_SIGNED_IN = 3
    NOT_FOUND = 4
    UNREACHABLE = 5
    TIMEOUT = 6
    HUNG_UP = 129
    INTERRUPTED = 130
    TERMINATED = 143


#: The signals that stop a command as Ctrl-C does, and its exit code then. Windows has no SIGHUP.
STOP_SIGNALS = {
    number: code
    for name, code in (("SIGTERM", Exit.TERMINATED), ("SIGHUP", Exit.HUNG_UP))
    if (number := getattr(signal, name, None)) is not None
}


class NameNotFound(SightlineError):
    """No image or album is meant by `last`, a title or an id; the message says how to find one."""


#: The exit code of each error, and how to fix it.
ERROR_HINTS: dict[type[SightlineError], tuple[Exit, str]] = {
    SessionExpired: (Exit.NOT_SIGNED_IN, "sign in with `sightline login`"),
    Unauthorized: (Exit.NOT_SIGNED_IN, "sign in with `sightline login`"),
    MissingScope: (
        Exit.FAILED,
        "create a key with more scopes by `sightline key create`, or sign in",
    ),
    SignInRejected: (Exit.NOT_SIGNED_IN, "run `sightline login` again"),
    NotFound: (Exit.NOT_FOUND, "list images with `sightline ls`"),
    RenditionNotFound: (Exit.NOT_FOUND, "wait for processing with `sightline show ID --wait`"),
    NameNotFound: (Exit.NOT_FOUND, ""),
    Unreachable: (Exit.UNREACHABLE, "check the URL and that the server is running"),
    ProcessingTimeout: (Exit.TIMEOUT, "check the status with `sightline show ID`"),
}


def run(work: Coroutine[Any, Any, int | None]) -> NoReturn:
    """Run a command to its end and exit. An error is one line that says how to fix it."""
    try:
        code = asyncio.run(_cancel_on_signals(work)) or 0
    except OSError as error:
        # Also `FileError`, the client's own.
        name = format_path(error.filename) if error.filename else "file error"
        code = print_error(f"{name}: {error.strerror or error}")
    except SightlineError as error:
        code = report_error(error)
    except (KeyboardInterrupt, asyncio.CancelledError):
        code = print_error("interrupted", code=Exit.INTERRUPTED)
    raise typer.Exit(code)


async def _cancel_on_signals(work: Coroutine[Any, Any, int | None]) -> int | None:
    """Await `work`, and cancel it on the first signal so that it cleans up; a second one kills.

    Return its exit code, or that of the signal. An ignored signal, as with `nohup`, stays ignored.
    """
    loop, task = asyncio.get_running_loop(), asyncio.current_task()
    received: list[Exit] = []

    def cancel(number: int, code: Exit) -> None:
        loop.remove_signal_handler(number)
        received.append(code)
        if task is not None:
            task.cancel()

    for number, code in STOP_SIGNALS.items():
        if signal.getsignal(number) is not signal.SIG_IGN:
            # Windows has no such handlers.
            with contextlib.suppress(NotImplementedError):
                loop.add_signal_handler(number, cancel, number, code)
    try:
        return await work
    except asyncio.CancelledError:
        if not received:
            raise
        return print_error("interrupted", code=received[0])


def report_error(error: SightlineError, subject: str = "") -> int:
    """Print the error of the subject with a hint; return its exit code."""
    message = f"{subject}: {error}" if subject else str(error)
    for kind, (code, hint) in ERROR_HINTS.items():
        if isinstance(error, kind):
            text = f"{message.rstrip('.')}; {hint}" if hint else message
            return print_error(text, code=code)
    return print_error(message)


def print_error(message: str, code: Exit = Exit.FAILED) -> int:
    """Print an error message; return the exit code."""
    ERR.print(f"[red]sightline:[/] {escape(message)}", soft_wrap=True)
    return code


def combine_exit_codes(codes: Iterable[int]) -> int:
    """Return the exit code of a batch: that of its errors if it is the same, else 1."""
    failed = {code for code in codes if code}
    return failed.pop() if len(failed) == 1 else (Exit.FAILED if failed else 0)


def open_client(
    retry: RetryPolicy = INTERACTIVE_RETRY, concurrency: int = MAX_CONNECTIONS
) -> AsyncSightline:
    """Return a client for the session, with `concurrency` transfers at a time.

    Raises `SessionExpired` if there is no session, `FileError`.
    """
    session, store = load_session()
    journal = FolderJournal(state_directory() / "uploads" / identify_owner(session))
    return AsyncSightline(
        session, store=store, journal=journal, retry=retry, max_connections=concurrency
    )


def load_session() -> tuple[Session, SessionStore | None]:
    """Return the session of the API key, of `SIGHTLINE_TOKEN`, or the stored one.

    Raises `SessionExpired`, and `InvalidConfiguration` for an API key without a URL.
    """
    api_url, api_key = os.environ.get("SIGHTLINE_API"), API_KEY.get()
    token = api_key or os.environ.get("SIGHTLINE_TOKEN")
    if api_url and token:
        return Session.from_token(api_url, token), None
    store = default_session_store()
    stored = store.load(PROFILE.get())
    if api_key:
        if stored is None:
            raise InvalidConfiguration("set SIGHTLINE_API to the URL of the API")
        return Session.from_token(stored.api_url, api_key), None
    if stored is None:
        raise SessionExpired("not signed in")
    return stored, store


def identify_owner(session: Session) -> str:
    """Return a file name for the state of this owner at this API."""
    access = session.tokens.access
    owner = session.email or parse_subject(access) or access
    return hashlib.sha256(f"{session.api_url}\0{owner}".encode()).hexdigest()[:16]


def print_json(value: object) -> None:
    """Print a JSON document on one line."""
    OUT.print(json.dumps(value, ensure_ascii=False, default=str), markup=False, soft_wrap=True)
