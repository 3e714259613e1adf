"""How commands run: with a client, until they end or are stopped, and with which exit code.

0 done · 1 something failed · 2 wrong usage · 3 nobody is signed in · 4 not there
5 nothing answers · 6 it took too long · 130 stopped by Ctrl-C
"""

import asyncio
import hashlib
import json
import os
import sys
from collections.abc import Coroutine
from contextvars import ContextVar
from enum import IntEnum
from typing import Annotated, Any, NoReturn

import typer
from rich.console import Console
from rich.markup import escape

from sightline_client import AsyncSightline, FolderJournal, Retries, Session, SightlineError
from sightline_client.errors import (
    NotFound,
    NotSignedIn,
    SessionExpired,
    SignInRefused,
    StillProcessing,
    Unreachable,
)
from sightline_client.sessions import default_store, state_folder

#: Characters of a line where nobody's screen ends it.
PIPED = 160

#: Results go to the one, everything about them to the other, so that pipes hold results only.
OUT = Console(highlight=False, width=None if sys.stdout.isatty() else PIPED)
ERR = Console(stderr=True, highlight=False)

#: The sign-in that this command uses.
PROFILE: ContextVar[str] = ContextVar("profile", default="default")

Json = Annotated[bool, typer.Option("--json", help="Print JSON, for programs.")]


#: Whoever looks wants to know soon that nothing answers (about two seconds) ...
BRIEFLY = Retries(attempts=4)

#: ... and whoever has much to send wants it to go on (about half a minute).
PATIENTLY = Retries(attempts=8)


class Exit(IntEnum):
    """Exit codes that scripts can tell apart."""

    FAILED = 1
    SIGNED_OUT = 3
    NOT_FOUND = 4
    UNREACHABLE = 5
    TOO_LATE = 6
    STOPPED = 130


#: What each error ends with, and what to do about it.
ENDS: dict[type[SightlineError], tuple[Exit, str]] = {
    SessionExpired: (Exit.SIGNED_OUT, "sign in with `sightline login`"),
    NotSignedIn: (Exit.SIGNED_OUT, "sign in with `sightline login`"),
    SignInRefused: (Exit.SIGNED_OUT, "try `sightline login` again"),
    NotFound: (Exit.NOT_FOUND, "`sightline ls` lists what there is"),
    Unreachable: (Exit.UNREACHABLE, "is it running, and is the address right?"),
    StillProcessing: (Exit.TOO_LATE, "`sightline show` tells how far it is"),
}


def run(work: Coroutine[Any, Any, int | None]) -> NoReturn:
    """See the work through and exit. What goes wrong is one line, with what to do about it."""
    try:
        code = asyncio.run(work) or 0
    except SightlineError as error:
        code = explain(error)
    except OSError as error:
        code = fail(f"{error.filename or 'a file'}: {error.strerror}")
    except (KeyboardInterrupt, asyncio.CancelledError):
        code = fail("stopped", code=Exit.STOPPED)
    raise typer.Exit(code)


def explain(error: SightlineError) -> int:
    for kind, (code, advice) in ENDS.items():
        if isinstance(error, kind):
            return fail(f"{error}: {advice}", code=code)
    return fail(str(error))


def fail(message: str, code: Exit = Exit.FAILED) -> int:
    ERR.print(f"[red]sightline:[/] {escape(message)}", soft_wrap=True)
    return code


def open_client(retries: Retries = BRIEFLY) -> AsyncSightline:
    """As whoever is signed in: `SIGHTLINE_API` and `SIGHTLINE_TOKEN`, or what `login` has kept."""
    api, token = os.environ.get("SIGHTLINE_API"), os.environ.get("SIGHTLINE_TOKEN")
    if api and token:
        session, store = Session.of_token(api, token), None
    else:
        store = default_store()
        found = store.load(PROFILE.get())
        if found is None:
            raise SessionExpired("nobody is signed in")
        session = found
    # What was sent is remembered for each owner at each gateway.
    whose = hashlib.sha256(f"{session.api}\0{session.email}".encode()).hexdigest()[:16]
    journal = FolderJournal(state_folder() / "uploads" / whose)
    return AsyncSightline(session, store=store, journal=journal, retries=retries)


def print_json(value: object) -> None:
    """One JSON document on a line of its own."""
    OUT.print(json.dumps(value, ensure_ascii=False, default=str), markup=False, soft_wrap=True)
